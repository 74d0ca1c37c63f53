"""The pages of the rules, as people with and without the right meet them; all work without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from importlib import import_module
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.audit.models import AccessEvent
from casemgmt.base import jobs
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation
from casemgmt.policy import acts, loader
from casemgmt.policy.models import PolicyVersion, State
from casemgmt.policy.readable import anchor, sections

from .conftest import KEPT, NOW, Place, drafted, in_force, published, row, submitted, worked_through

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    # Who imports `confirmed` by name for the first time now would keep the stand-in for the tests after these.
    import_module("casemgmt.urls")
    monkeypatch.setattr("casemgmt.base.clock.now", lambda: NOW)
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)


@pytest.fixture
def draft(house: Place) -> UUID:
    with organisation(house.id):
        return drafted(house)


@pytest.fixture
def waiting(house: Place) -> UUID:
    with organisation(house.id):
        return submitted(house)


def of(draft_id: UUID, rest: str = "") -> str:
    return f"concept/{draft_id}/{rest}"


READ = ("", "onderdeel/retention/", "versies/", "versies/1/", "versies/1/onderdeel/requests/", "versies/1/bestand/")
GETS: tuple[tuple[str, str], ...] = (
    ("", "joris"),
    ("onderdeel/retention/", "joris"),
    ("onderdeel/house_rules/", "joris"),
    ("doorrekenen/", "joris"),
    ("indienen/", "joris"),
    ("publiceren/", "hanneke"),
)
POSTS = ("terug/", "doorrekenen/", "indienen/", "publiceren/", "intrekken/", "weggooien/")


@pytest.mark.parametrize("rest", READ)
def test_everybody_on_the_staff_reads_the_rules(house: Place, rest: str) -> None:
    assert house.client("wim").get(house.url(rest)).status_code == 200


@pytest.mark.parametrize(("rest", "who"), GETS)
def test_the_pages_of_a_draft_open_for_who_works_on_it(house: Place, draft: UUID, rest: str, who: str) -> None:
    assert house.client(who).get(house.url(of(draft, rest))).status_code == 200


@pytest.mark.parametrize(("rest", "_who"), GETS)
def test_a_colleague_without_the_right_gets_403(house: Place, draft: UUID, rest: str, _who: str) -> None:
    assert house.client("wim").get(house.url(of(draft, rest))).status_code == 403


@pytest.mark.parametrize("rest", POSTS)
def test_a_colleague_without_the_right_changes_nothing(house: Place, draft: UUID, rest: str) -> None:
    assert house.client("wim").post(house.url(of(draft, rest))).status_code == 403
    with organisation(house.id):
        assert row(draft).state == State.DRAFT


@pytest.mark.parametrize(("rest", "who"), GETS)
def test_another_organisations_draft_is_not_there(house: Place, other: Place, draft: UUID, rest: str, who: str) -> None:
    who = {"hanneke": "publisher"}.get(who, who)
    if who == "publisher":
        from .conftest import employ

        employ(other, "publisher", "internal_controller")
    found = other.client(who).get(other.url(of(draft, rest))).status_code
    assert found == other.client(who).get(other.url(of(uuid4(), rest))).status_code == 404


def test_a_stranger_meets_the_same_404(house: Place, other: Place, draft: UUID) -> None:
    stranger = other.client("joris")
    for rest in ("", of(draft), "versies/1/"):
        assert stranger.get(house.url(rest)).status_code == 404


def test_without_signing_in_only_the_public_page_opens(house: Place, draft: UUID) -> None:
    assert Client().get(house.url()).status_code == 302
    assert Client().get(house.url(of(draft))).status_code == 302
    answer = Client().get("/o/sterk-huis/reglement/")
    assert answer.status_code == 200
    assert Client().get("/o/nergens/reglement/").status_code == 404


@pytest.mark.parametrize("rest", ["", "versies/", "onderdeel/consent/", "versies/1/"])
def test_reading_takes_no_post(house: Place, rest: str) -> None:
    assert house.client("joris").post(house.url(rest)).status_code == 405


@pytest.mark.parametrize("rest", ["terug/", "intrekken/", "weggooien/"])
def test_acting_takes_no_get(house: Place, draft: UUID, rest: str) -> None:
    assert house.client("joris").get(house.url(of(draft, rest))).status_code == 405


@pytest.mark.parametrize(
    "rest", ["onderdeel/niets/", "versies/99/", "versies/1/onderdeel/niets/", "concept/niets/", "versies/99/bestand/"]
)
def test_what_does_not_exist_is_404(house: Place, rest: str) -> None:
    assert house.client("joris").get(house.url(rest)).status_code == 404


def test_an_organisation_without_published_rules_says_so_calmly(db: None) -> None:
    Organisation.objects.create(slug="leeg", name="Leeg", kind="test", abbreviation="L")
    answer = Client().get("/o/leeg/reglement/")
    assert answer.status_code == 404
    assert "De regels staan hier nog niet" in answer.content.decode()


def test_a_role_that_may_not_meets_an_answer_and_no_fault_in_the_log(
    house: Place, draft: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    wim = house.client("wim")
    wim.raise_request_exception = True
    with caplog.at_level("ERROR"):
        answer = wim.get(house.url(of(draft)))
    assert answer.status_code == 403 and not caplog.records
    assert "hoort niet bij uw rol" in answer.content.decode()
    with organisation(house.id), transaction.atomic():
        events = AccessEvent.objects.filter(outcome="denied", ground="role", data="policy:draft")
        assert events.count() == 1


def test_the_public_page_shows_rules_and_no_thresholds(house: Place) -> None:
    page = Client().get("/o/sterk-huis/reglement/").content.decode()
    assert "vijftien jaar" in page
    assert "SH-4.2.1" in page
    for secret in ("Aanmeldpogingen", "Alarm bij veel lezen", "regels publiceren"):
        assert secret not in page


@pytest.mark.rule("VT-22.2")
def test_the_regulation_of_veilig_thuis_is_there_for_clients(other: Place) -> None:
    from .conftest import settle

    settle("veilig-thuis-hm")
    assert "31 oktober 2016" in Client().get("/o/veilig-thuis-hm/reglement/").content.decode()


def test_every_rule_of_a_regulation_can_be_read(house: Place) -> None:
    wim = house.client("wim")
    for section in sections(loader.newest_shipped("sterk-huis")):
        page = wim.get(house.url(f"onderdeel/{section.key}/")).content.decode()
        for group in section.groups:
            for rule in group.rules:
                assert f'id="{rule.anchor}"' in page


def test_the_file_of_a_version_reads_back(house: Place) -> None:
    text = house.client("wim").get(house.url("versies/1/bestand/"))
    assert loader.parse_profile(text.content.decode()) == loader.newest_shipped("sterk-huis")
    assert text["Content-Disposition"].startswith("attachment")


def test_from_draft_to_publication_by_two_people(house: Place) -> None:
    joris, hanneke = house.client("joris"), house.client("hanneke")
    begun = joris.post(house.url("versies/1/concept/"))
    assert begun.status_code == 303
    page = begun["Location"]
    saved = joris.post(page + "onderdeel/retention/", _answers(joris, page + "onderdeel/retention/") | {KEPT: "20"})
    assert saved.status_code == 303
    assert "20 jaar" in joris.get(page).content.decode()
    looked = page + "onderdeel/retention/"
    assert joris.post(looked, _answers(joris, looked) | _right_as_they_are(joris, looked)).status_code == 303
    assert joris.post(page + "doorrekenen/").status_code == 303
    assert "data-hx-get" in joris.get(page + "doorrekenen/").content.decode()
    with organisation(house.id):
        jobs.run_due()
    assert joris.get(page + "doorrekenen/", headers={"HX-Request": "true"}).content.startswith(b"<section")
    told = {"from_date": "01-01-2027", "why": "De wet is veranderd."}
    assert joris.post(page + "indienen/", told).status_code == 303
    refused = joris.get(page + "publiceren/")
    assert refused.status_code == 403
    assert "Hanneke" in joris.get(page).content.decode()
    early = hanneke.post(page + "publiceren/", {"confirm": "2"})
    assert early.status_code == 422 and "eerste dag" in early.content.decode()
    with organisation(house.id):
        jobs.run_due()
    assert "geteld voor 1 januari 2027" in hanneke.get(page + "publiceren/").content.decode()
    assert hanneke.post(page + "publiceren/", {"confirm": "3"}).status_code == 422
    done = hanneke.post(page + "publiceren/", {"confirm": "2"})
    assert (done.status_code, done["Location"]) == (303, house.url("versies/"))
    timeline = hanneke.get(house.url("versies/")).content.decode()
    assert "De wet is veranderd." in timeline
    assert "20 jaar" in timeline
    assert "Version 2" in timeline or "Versie 2" in timeline


def test_who_had_a_hand_in_it_reads_why_they_cannot_publish(house: Place, waiting: UUID) -> None:
    from .conftest import employ

    employ(house, "piet", "director")
    with organisation(house.id), transaction.atomic():
        from casemgmt.policy.models import PolicyChange

        PolicyChange.objects.create(
            version_id=waiting, path="x", old="1", new="2", by_id=house.people["piet"].id, at=NOW
        )
    piet = house.client("piet")
    page = piet.get(house.url(of(waiting, "publiceren/")))
    assert page.status_code == 200
    assert 'name="confirm"' not in page.content.decode()
    assert "Hanneke" in page.content.decode()
    assert piet.post(house.url(of(waiting, "publiceren/")), {"confirm": "2"}).status_code == 403
    with organisation(house.id), transaction.atomic():
        assert AccessEvent.objects.filter(object_id=waiting, ground="publish", outcome="denied").exists()
        assert PolicyVersion.objects.get(id=waiting).state == State.SUBMITTED


def test_publishing_asks_who_you_are_once_more(house: Place, waiting: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: False)
    answer = house.client("hanneke").post(house.url(of(waiting, "publiceren/")), {"confirm": "2"})
    assert answer.status_code == 422 and 'name="confirm-password"' in answer.content.decode()
    with organisation(house.id):
        assert row(waiting).state == State.SUBMITTED


def test_a_value_out_of_bounds_stands_beside_its_field(house: Place, draft: UUID) -> None:
    joris, page = house.client("joris"), house.url(of(draft, "onderdeel/house_rules/"))
    answers = _answers(joris, page) | {"house_rules.cooling_off": "31", "house_rules.staff_idle_minutes": "0"}
    answer = joris.post(page, answers)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "2 dagen tot en met 30 dagen" in text
    assert 'value="31"' in text
    assert 'href="#id_house_rules.cooling_off"' in text


@pytest.mark.parametrize("typed", ["", "x", "-1", "1e9", "99999999999999999999", "\x00", "4.5"])
def test_nonsense_in_a_term_is_an_error_at_the_field(house: Place, draft: UUID, typed: str) -> None:
    joris, page = house.client("joris"), house.url(of(draft, "onderdeel/retention/"))
    assert joris.post(page, _answers(joris, page) | {KEPT: typed}).status_code == 422


def test_a_form_sent_unchanged_changes_nothing(house: Place, draft: UUID) -> None:
    joris = house.client("joris")
    with organisation(house.id):
        before = row(draft).body_hash
    for key in ("meta", "words", "access", "representation", "consent", "disclosure", "requests",
                "retention", "house_rules"):  # fmt: skip
        page = house.url(of(draft, f"onderdeel/{key}/"))
        assert joris.post(page, _answers(joris, page)).status_code == 303, key
    with organisation(house.id):
        assert row(draft).body_hash == before


def test_a_part_in_which_nothing_can_be_changed_is_not_offered(house: Place, draft: UUID) -> None:
    joris = house.client("joris")
    offered = joris.get(house.url(of(draft))).content.decode()
    assert "onderdeel/retention/" in offered and "onderdeel/recording/" not in offered
    assert joris.get(house.url(of(draft, "onderdeel/recording/"))).status_code == 404


def test_lists_amounts_and_choices_are_typed_as_people_write_them(house: Place, draft: UUID) -> None:
    joris, page = house.client("joris"), house.url(of(draft, "onderdeel/house_rules/"))
    answers = _answers(joris, page) | {
        "house_rules.deadline_reminders": "10, 5, 1",
        "house_rules.unlikely_share_percent": "1,5",
        "house_rules.disclosure_approval": "no",
    }
    assert joris.post(page, answers).status_code == 303
    with organisation(house.id):
        held = loader.Profile.model_validate_json(row(draft).body).house_rules
    assert held.deadline_reminders.value == (10, 5, 1)
    assert str(held.unlikely_share_percent.value) == "1.5"
    assert held.disclosure_approval.value is False


def test_a_house_rule_that_nothing_acts_on_yet_says_so_and_is_not_in_the_form(house: Place, draft: UUID) -> None:
    joris = house.client("joris")
    shown = _rule(joris.get(house.url("onderdeel/house_rules/")).content.decode(), "house_rules.emergency_hours")
    assert "Noodtoegang duurt" in shown and "nog niet in gebruik" in shown
    used = _rule(joris.get(house.url("onderdeel/house_rules/")).content.decode(), "house_rules.staff_idle_minutes")
    assert "20 minuten" in used and "nog niet in gebruik" not in used
    page = house.url(of(draft, "onderdeel/house_rules/"))
    answers = _answers(joris, page)
    assert "house_rules.staff_idle_minutes" in answers and "house_rules.emergency_hours" not in answers
    assert joris.post(page, answers | {"house_rules.emergency_hours": "48"}).status_code == 303
    with organisation(house.id):
        held = loader.Profile.model_validate_json(row(draft).body).house_rules
    assert held.emergency_hours.value == 24


def _rule(text: str, path: str) -> str:
    """What a page says in the line of one rule."""
    return text.split(f'id="{anchor(path)}"')[1].split('class="article rule')[0]


def test_house_rules_are_changed_in_the_groups_in_which_they_are_read(house: Place, draft: UUID) -> None:
    joris = house.client("joris")

    def heads(rest: str) -> list[str]:
        return re.findall(r'<h2 id="[^"]*" lang="nl">([^<]*)</h2>', joris.get(house.url(rest)).content.decode())

    read, changed = heads("onderdeel/house_rules/"), heads(of(draft, "onderdeel/house_rules/"))
    assert len(changed) > 3 and changed == [head for head in read if head in changed]


def test_a_value_can_be_given_back_what_it_was(house: Place, draft: UUID) -> None:
    joris = house.client("joris")
    assert joris.post(house.url(of(draft, "terug/")), {"path": KEPT}).status_code == 303
    assert "20 jaar" not in joris.get(house.url(of(draft))).content.decode()
    assert joris.post(house.url(of(draft, "terug/")), {"path": "no.such"}).status_code == 404


def test_the_day_in_the_past_asks_for_its_reason_on_the_page(house: Place, draft: UUID) -> None:
    with organisation(house.id):
        worked_through(house, draft)
    answer = house.client("joris").post(
        house.url(of(draft, "indienen/")), {"from_date": "01-01-2026", "why": "Wet", "why_past": ""}
    )
    assert answer.status_code == 422
    assert 'id="id_why_past-error"' in answer.content.decode()


def test_a_version_is_sent_back_with_an_answer(house: Place, waiting: UUID) -> None:
    hanneke = house.client("hanneke")
    told = {"answer": "Eerst de cliëntenraad."}
    assert hanneke.post(house.url(of(waiting, "intrekken/")), told).status_code == 303
    assert "Eerst de cliëntenraad." in house.client("joris").get(house.url(of(waiting))).content.decode()
    again = hanneke.post(house.url(of(waiting, "intrekken/")), told)
    assert again.status_code == 409


def test_a_draft_is_thrown_away(house: Place, draft: UUID) -> None:
    joris = house.client("joris")
    assert joris.post(house.url(of(draft, "weggooien/"))).status_code == 303
    assert joris.get(house.url(of(draft))).status_code == 404
    assert joris.get(house.url()).status_code == 200


def test_a_planned_version_is_announced_where_the_rules_stand(house: Place) -> None:
    with organisation(house.id):
        published(house)
    page = house.client("wim").get(house.url()).content.decode()
    assert "1 januari 2027" in page
    assert house.client("wim").get(house.url("versies/2/")).status_code == 200


def test_who_cannot_weigh_has_a_drawing_of_its_own(house: Place) -> None:
    wim = house.client("wim")
    can, cannot = (wim.get(house.url(), {"afwegen": said}).content for said in ("ja", "nee"))
    assert b"een mens beslist" in cannot
    assert can != cannot


def test_pages_are_not_kept_by_caches(house: Place) -> None:
    assert "no-store" in house.client("wim").get(house.url())["Cache-Control"]


@pytest.mark.parametrize("rest", ["", "versies/", "onderdeel/requests/"])
def test_the_number_of_queries_does_not_grow_with_the_rules(
    house: Place, rest: str, django_assert_max_num_queries: Callable[..., object]
) -> None:
    wim = house.client("wim")
    wim.get(house.url(rest))
    with django_assert_max_num_queries(40):
        wim.get(house.url(rest))


def _answers(client: Client, page: str) -> dict[str, object]:
    """What the form on a page holds, as a browser would send it."""
    text = client.get(page).content.decode()
    body = text[text.index('class="form form--wide"') :]
    answers: dict[str, object] = {}
    for tag in re.findall(r"<input [^>]*>", body):
        found = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        if found.get("type") in ("radio", "checkbox"):
            if " checked" in tag:
                known = answers.setdefault(found["name"], [])
                assert isinstance(known, list)
                known.append(found["value"])
        elif found.get("name") and found["name"] not in ("csrfmiddlewaretoken", "next"):
            answers[found["name"]] = _plain(found.get("value", ""))
    for name, inner in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', body, re.S):
        answers[name] = _plain(inner)
    for name, inner in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        answers[name] = chosen[1] if chosen else ""
    return answers


def _right_as_they_are(client: Client, page: str) -> dict[str, object]:
    """The boxes of all sentences on a page that still tell of an old value, ticked."""
    return dict.fromkeys(re.findall(r'name="([^"]+\.sentence:right)"', client.get(page).content.decode()), "on")


def _plain(text: str) -> str:
    return text.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")


def test_a_sentence_that_still_tells_of_the_old_term_is_pointed_out_and_can_be_changed(
    house: Place, draft: UUID
) -> None:
    joris, page = house.client("joris"), house.url(of(draft, "onderdeel/retention/"))
    said = "vijftien jaar vanaf de afsluiting"
    assert "notice--warn" in joris.get(house.url(of(draft))).content.decode()
    above = KEPT.rpartition(".")[0]
    told = {f"{KEPT}.sentence": "Wij bewaren het dossier twintig jaar.", f"{above}.sentence": "Dat is lang."}
    answers = _answers(joris, page) | told
    assert joris.post(page, answers).status_code == 303
    text = joris.get(house.url(of(draft))).content.decode()
    assert "notice--warn" not in text
    assert "Wij bewaren het dossier twintig jaar." in text
    joris.post(house.url(of(draft, "terug/")), {"path": f"{KEPT}.sentence"})
    assert said in joris.get(page).content.decode()
    assert "20 jaar" not in joris.get(house.url(of(draft))).content.decode()


@pytest.mark.parametrize("told", ["", "x", "y" * 601])
def test_a_sentence_too_short_or_too_long_is_an_error_at_its_field(house: Place, draft: UUID, told: str) -> None:
    joris, page = house.client("joris"), house.url(of(draft, "onderdeel/retention/"))
    assert joris.post(page, _answers(joris, page) | {f"{KEPT}.sentence": told}).status_code == 422


def test_a_sentence_that_is_right_as_it_is_is_ticked_and_shown_to_who_publishes(house: Place, draft: UUID) -> None:
    joris, page = house.client("joris"), house.url(of(draft, "onderdeel/retention/"))
    ticked = _right_as_they_are(joris, page)
    assert len(ticked) == 2
    with organisation(house.id):
        acts.simulate(version_id=draft, by=house.actor("joris"), at=NOW)
        jobs.run_due()
    told = {"from_date": "01-01-2027", "why": "Wet"}
    refused = joris.post(house.url(of(draft, "indienen/")), told)
    assert refused.status_code == 422 and "oude waarde" in refused.content.decode()
    assert joris.post(page, _answers(joris, page) | ticked).status_code == 303
    assert not _right_as_they_are(joris, page)
    assert joris.post(house.url(of(draft, "indienen/")), told).status_code == 303
    shown = house.client("hanneke").get(house.url(of(draft, "publiceren/"))).content.decode()
    assert "Deze zinnen bleven zoals ze waren" in shown


def test_a_version_that_a_planned_one_ends_says_so_before_it_is_published(house: Place) -> None:
    joris, hanneke = house.client("joris"), house.client("hanneke")
    with organisation(house.id):
        first = in_force()
        published(house, date(2027, 1, 1))
        soon = acts.start_draft(based_on=first, by=house.actor("joris"), at=NOW)
        values = {KEPT: "20 years", "house_rules.cooling_off": "9 days"}
        acts.change_values(version_id=soon, values=values, by=house.actor("joris"), at=NOW)
        worked_through(house, soon)
    offered = _told_of_next(joris.get(house.url(of(soon, "indienen/"))).content.decode())
    assert joris.post(house.url(of(soon, "indienen/")), {"from_date": "01-12-2026", "why": "Nu"}).status_code == 303
    with organisation(house.id):
        jobs.run_due()
    page = house.url(of(soon, "publiceren/"))
    for text in (offered, _told_of_next(hanneke.get(page).content.decode())):
        assert "31 december 2026" in text and "versie 2" in text
        # The planned version has the twenty years too; the nine days are what is lost.
        assert "edenktijd" in text and "ewaren" not in text
    for ticked in ({}, {"takes_over": "1"}, {"takes_over": "x"}):
        refused = hanneke.post(page, {"confirm": "3"} | ticked)
        assert refused.status_code == 422 and "takes_over" in refused.content.decode()
    assert hanneke.post(page, {"confirm": "3", "takes_over": "2"}).status_code == 303
    with organisation(house.id):
        assert row(soon).until_date == date(2027, 1, 1)


def _told_of_next(text: str) -> str:
    """What a page says of the version that takes over."""
    return text.split('data-testid="takes-over"')[1].split("</div></div>")[0]
