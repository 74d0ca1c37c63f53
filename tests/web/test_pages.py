"""Standing rules for every template, and what each error page says."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import RequestDataTooBig
from django.utils import translation

from casemgmt.base.errors import Conflict, NotThere, Refused, Unavailable
from casemgmt.policy.decision import Decision
from casemgmt.web import errors, icons
from casemgmt.web.render import page_or_block, render_block
from tests.web.pages import gallery_page, sample_request

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATUSES = (400, 403, 404, 405, 409, 413, 422, 423, 429, 500, 503)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_inline_style_or_script(template: Path) -> None:
    if template.is_relative_to(ROOT / "templates/letters"):
        return  # letters become PDF; no browser and no policy is involved
    source = template.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", source, flags=re.DOTALL)
    assert not re.search(r"<style|\sstyle\s*=", text)
    # A block of JSON is data: no browser runs it and no policy refuses it.
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"\shx-[a-z]", text), "write data-hx-…"
    assert "|safe" not in source.replace(" ", "") or "gallery" in template.parts


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_icon_that_is_named_exists(template: Path) -> None:
    named = re.findall(r"icon(?:_name)?(?:\(|\s*=\s*)\"([a-z0-9-]+)\"", template.read_text(encoding="utf-8"))
    assert set(named) <= icons.names()


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_error_page_says_what_happened_what_was_kept_and_what_to_do(status: int, language: str) -> None:
    with translation.override(language):
        texts = errors.said(status)
        answer = errors.answer(sample_request(), status)
    page = answer.content.decode()
    assert answer.status_code == status
    assert f'lang="{language}"' in page
    for text in (texts.title, texts.happened, texts.kept, texts.todo):
        assert text and text.replace("'", "&#39;") in page


def test_a_program_gets_the_error_as_json() -> None:
    answer = errors.handler404(sample_request(HTTP_ACCEPT="application/json"))
    assert set(json.loads(answer.content)["error"]) == {"status", "title", "detail", "fields"}


def test_not_found_is_the_same_for_a_stranger_and_for_what_does_not_exist() -> None:
    pages = {
        errors.handler404(sample_request(slug=slug), exception).content
        for slug in ("sterk-huis", "veilig-thuis-hm")
        for exception in (Exception("dossier 12 of Sem"), NotThere(), None)
    }
    assert len({re.sub(rb'value="[^"]+"', b"", page) for page in pages}) == 1


def test_what_is_too_large_is_said_to_be_so() -> None:
    assert errors.handler400(sample_request(), RequestDataTooBig()).status_code == 413


def test_the_ways_to_say_no_become_their_pages() -> None:
    answer = errors.for_exception(sample_request(), Conflict("Karin was u net voor."))
    assert answer is not None and answer.status_code == 409 and "Karin was u net voor." in answer.content.decode()
    # Whether anybody was quicker only the sentence knows: most of these are a step that is not next.
    assert "Dit kan nu niet" in answer.content.decode()
    unavailable = errors.for_exception(sample_request(), Unavailable())
    assert unavailable is not None and unavailable.headers["Retry-After"] == "60"
    assert errors.for_exception(sample_request(), ValueError("x")) is None


@pytest.mark.parametrize("refusal", [Refused, lambda decision: Conflict(decision.explanation, decision)])
def test_a_rule_that_says_no_is_not_somebody_who_was_quicker(refusal: Callable[[Decision], Exception]) -> None:
    decision = Decision(outcome={}, articles=("SH-3.7.7",), explanation="Uitstel kan niet.", facts=(), version="1")
    answer = errors.for_exception(sample_request(), refusal(decision))
    assert answer is not None and answer.status_code == 409
    page = answer.content.decode()
    assert "De regels laten dit nu niet toe" in page and "Uitstel kan niet." in page
    assert "net voor" not in page
    for_a_program = errors.for_exception(sample_request(HTTP_ACCEPT="application/json"), refusal(decision))
    assert for_a_program is not None and "De regels laten dit nu niet toe" in for_a_program.content.decode()


def test_an_error_page_that_fails_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "environment", lambda: 1 / 0)
    answer = errors.handler500(sample_request())
    assert answer.status_code == 500
    assert "Er ging iets mis" in answer.content.decode()


def test_htmx_gets_the_block_and_everybody_else_the_page() -> None:
    asked = sample_request(HTTP_HX_REQUEST="true")
    context = {"said": errors.said(404), "status": 404, "detail": "", "decision": None}
    block = page_or_block(asked, "errors/404.html", "content", context).content.decode()
    whole = page_or_block(sample_request(), "errors/404.html", "content", context)
    assert block.strip().startswith("<article")
    assert whole.content.decode().startswith("<!doctype html>")
    assert whole.headers["Vary"] == "HX-Request"
    assert render_block(asked, "errors/404.html", "content", context).content.decode() == block


def test_the_portal_tab_names_neither_organisation_nor_subject() -> None:
    page = gallery_page("portal")
    assert re.search(r"<title>([^<]*)</title>", page)[1] in ("Mijn omgeving", "My page")  # type: ignore[index]
    assert "data-quick-exit" in page


@pytest.mark.parametrize("name", ["staff", "dossier", "portal"])
def test_no_id_is_used_twice_in_the_gallery(name: str) -> None:
    found = re.findall(r'\sid="([^"]+)"', gallery_page(name))
    assert len(found) == len(set(found)), sorted({one for one in found if found.count(one) > 1})


def test_a_block_of_a_page_finds_the_macros_that_the_page_imports() -> None:
    from casemgmt.web.gallery import samples

    block = render_block(sample_request(), "gallery/staff.html", "content", samples()).content.decode()
    assert 'class="entry entry--fact"' in block
    assert "<html" not in block


def test_every_template_compiles_and_every_macro_it_imports_exists() -> None:
    from casemgmt.web.render import environment

    missing: list[str] = []
    for template in TEMPLATES:
        name = str(template.relative_to(ROOT / "templates"))
        environment().get_template(name)
        for source, macros in re.findall(
            r"{%-? from [\"']([^\"']+)[\"'] import (.+?)(?: with(?:out)? context)? -?%}", template.read_text("utf-8")
        ):
            text = (ROOT / "templates" / source).read_text("utf-8")
            known = set(re.findall(r"{%-?\s*macro (\w+)", text)) | set(re.findall(r"{%-?\s*set (\w+)", text))
            missing += [
                f"{name}: {macro}" for macro in (part.split()[0] for part in macros.split(",")) if macro not in known
            ]
    assert missing == []


def test_a_pane_inside_a_split_can_be_answered_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from jinja2 import DictLoader

    from casemgmt.web import render as renderer

    page = (
        '{% extends "layouts/staff.html" %}{% from "components/lists.html" import split, pane_head %}'
        '{% block content %}{% call(part) split() %}{% if part == "list" %}lijst{% else %}'
        "{% block pane %}{{ pane_head(title) }}{% endblock %}{% endif %}{% endcall %}{% endblock %}"
    )
    engine = renderer.environment()
    sources = {"page.html": page}
    for template in TEMPLATES:
        sources[str(template.relative_to(ROOT / "templates"))] = template.read_text(encoding="utf-8")
    monkeypatch.setattr(renderer, "environment", lambda: engine.overlay(loader=DictLoader(sources), cache_size=0))
    block = page_or_block(sample_request(HTTP_HX_REQUEST="true"), "page.html", "pane", {"title": "Vraag Yara"})
    whole = page_or_block(sample_request(), "page.html", "pane", {"title": "Vraag Yara"}).content.decode()
    assert "Vraag Yara" in block.content.decode() and "lijst" not in block.content.decode()
    assert "lijst" in whole and whole.count("Vraag Yara") == 1
