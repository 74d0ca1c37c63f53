"""Whoever meets a rule can read why: the sentence, where it stands, and what was taken into account."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from lxml import html

from tests.reasons import reasons
from tests.standing.test_routes import Page, ask, at, pages
from tests.standing.world import CLIENT, Site

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("casemgmt", "dossiers", "consent", "disclosures", "requests", "retention", "portal")


def without_facts(source: str) -> list[int]:
    """The lines that word a decision which cites something and names no fact it used."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "answer":
            cited, *facts = node.args[2:4] or [ast.Constant(None)]
            if facts and ast.unparse(facts[0]) == "()" and ast.unparse(cited) != "()":
                found.append(node.lineno)
    return found


def test_no_decision_cites_a_rule_without_saying_what_it_looked_at() -> None:
    """ "Used:" with nothing behind it explains nothing."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for line in without_facts(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_the_search_for_decisions_without_facts_finds_one() -> None:
    """A check that cannot fail checks nothing."""
    assert without_facts("answer(profile, {}, (rule,), ())") == [1]
    assert not without_facts("answer(profile, {'due': on}, (), ())")
    assert not without_facts("answer(profile, {}, (rule,), used(facts, 'kind'))")


# Record, disclose, ask, configure, let go: the pages on which somebody meets a rule.
OF_THE_DAY = (
    "dossiers:search",
    "dossiers:add_entry",
    "dossiers:versions",
    "dossiers:looked",
    "dossiers:access",
    "disclosures:page",
    "client_requests:new",
    "client_requests:page",
    "policy:simulation",
    "policy:submit",
    "policy:publish",
    "retention:keeping",
    "portal:letters",
)


def named(name: str) -> Page:
    """The page of that name."""
    return next(page for page in pages() if page.declaration.name == name)


def somebody(page: Page, site: Site) -> str:
    """Whoever may open the page here."""
    return next(role for role in sorted(site.users, key=lambda one: one != "caseworker") if page.admits(site, role))


@pytest.mark.parametrize("name", OF_THE_DAY)
@pytest.mark.parametrize("slug", ["sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen"])
def test_every_page_of_the_day_says_why(
    sites: dict[str, Site], monkeypatch: pytest.MonkeyPatch, slug: str, name: str
) -> None:
    """With the sentence, at least one article of the own regulation, and at least one fact."""
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)
    site, page = sites[slug], named(name)
    who = CLIENT if page.area == "portal" else somebody(page, site)
    answer = ask(site, who, "GET", at(page, site))
    assert answer.status_code == 200, (who, answer.headers)
    found = reasons(answer.content.decode())
    assert any(sentence and article and fact for sentence, article, fact in found), found


@pytest.mark.parametrize("slug", ["sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen"])
def test_every_question_of_the_entry_form_names_its_article(sites: dict[str, Site], slug: str) -> None:
    site, page = sites[slug], named("dossiers:add_entry")
    body = html.fromstring(ask(site, "caseworker", "GET", at(page, site)).content.decode())
    asked = body.xpath("//div[@class='field-why']")
    assert len(asked) >= 5
    for one in asked:
        (reason,) = reasons(html.tostring(one, encoding="unicode"))
        assert all(reason), reason
        assert one.xpath(".//summary"), "a summary is reached by the keyboard"


def test_who_is_kept_out_of_a_dossier_reads_what_was_looked_at(sites: dict[str, Site]) -> None:
    site = sites["sterk-huis"]
    answer = ask(site, "other team", "GET", f"/o/{site.slug}/dossiers/{site.dossiers['own']}/")
    assert answer.status_code == 403
    (reason,) = reasons(answer.content.decode())
    assert all(reason), reason
