"""A yes counts for what it was said to (recipient, purpose and content); a no holds for whoever is meant."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from consent.models import Consent
from disclosures import acts, handing
from disclosures.judging import Needed
from disclosures.models import Disclosure, DisclosureItem
from disclosures.vocabulary import State
from dossiers.models import Person
from dossiers.recording.acts import Wording, add_entry, reword_entry
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.disclosures.story import (
    ABOUT_BROTHER,
    ON,
    OPENED,
    WHAT_FOR,
    Case,
    approve,
    ask,
    born,
    choose,
    consent,
    do,
    hand_over,
    make_case,
    proposal,
    propose,
)
from tests.disclosures.test_grounds import answer
from tests.disclosures.test_older_yes import judged
from tests.disclosures.test_pages import base, browser, said_yes, steps, text, told_from
from tests.policy.test_disclosure_grounds import yes_to

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

ALL_FOUR = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")
RESEARCH = "research.VT-16.1.a"
LEIDEN = {"recipient_kind": "researcher", "recipient": "Universiteit Leiden"}


@pytest.fixture
def opsterland(monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """Where the content is told first and consent is on paper; the client is grown up and consents alone."""
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    made = make_case("gebiedsteam-opsterland", born(30))
    with organisation(made.place.id):
        yield made


@pytest.fixture
def sterk_huis() -> Iterator[Case]:
    made = make_case("sterk-huis", born(17))
    with organisation(made.place.id):
        yield made


@pytest.fixture
def veilig_thuis(monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    made = make_case("veilig-thuis-hm", born(30))
    with organisation(made.place.id):
        yield made


def told_yes(case: Case, *entries: Any) -> Disclosure:
    """A disclosure of which these entries were told, and to which the client said yes after that."""
    row = choose(case, propose(case), *entries)
    consent(case, case.client, row)
    return row


def client(case: Case, row: Disclosure) -> Needed:
    (found,) = (one for one in judged(case, row).needed if one.person.id == case.client)
    return found


def change(case: Case, row: Disclosure, **changes: Any) -> None:
    other, by = proposal(case, id=row.id, **changes), case.place.worker
    do(case, Verb.PREPARE_DISCLOSURE, lambda d: acts.change_proposal(d, row.id, other, by=by, at=MOMENT))


def black(case: Case, row: Disclosure, *starts: int, source: bool = False) -> None:
    by = case.place.worker
    with transaction.atomic():
        item = DisclosureItem.objects.get(disclosure=row).id
    do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.black_out(d, row.id, item, starts, source=source, by=by, at=MOMENT),
    )


def goes_no_more(case: Case, row: Disclosure, why: str) -> None:
    """The yes no longer counts, the page says why, and approval cannot be asked."""
    line = client(case, row)
    assert not line.counts and any(why in one for one in line.lacks), line.lacks
    assert "22 november 2026" in text(browser(case.place.worker).get(f"{steps(case)}/{row.id}/?stap=consent"))
    assert why in text(browser(case.place.worker).get(f"{steps(case)}/{row.id}/?stap=consent"))
    with pytest.raises(Conflict):
        ask(case, row)


@pytest.mark.rule("GT-14.2", "GT-14.x")
def test_a_yes_to_one_purpose_is_no_yes_to_another(opsterland: Case):
    row = told_yes(opsterland)
    assert client(opsterland, row).counts
    change(opsterland, row, purpose="Wetenschappelijk onderzoek, en een lijst voor de wijkagent.")
    goes_no_more(opsterland, row, "het doel is veranderd sinds het ja van")
    assert "GT-14.x" in judged(opsterland, row).may.articles
    consent(opsterland, opsterland.client, row)
    assert ask(opsterland, row).state == State.AWAITING_APPROVAL


def test_other_capitals_and_spaces_are_the_same_purpose(opsterland: Case):
    row = told_yes(opsterland)
    change(opsterland, row, purpose=f"  {WHAT_FOR.upper()} ")
    assert client(opsterland, row).counts


@pytest.mark.rule("GT-14.x")
def test_a_no_stands_when_the_yes_of_after_it_was_to_something_else(opsterland: Case):
    row = choose(opsterland, propose(opsterland))
    consent(opsterland, opsterland.client, row, state="refused")
    consent(opsterland, opsterland.client, row, at=MOMENT + timedelta(minutes=5))
    assert client(opsterland, row).counts
    change(opsterland, row, purpose="Heel iets anders.")
    assert client(opsterland, row).refused
    goes_no_more(opsterland, row, "het doel is veranderd sinds het ja van")
    assert "een later ja telt niet" in text(browser(opsterland.place.worker).get(f"{steps(opsterland)}/{row.id}/"))


@pytest.mark.rule("GT-14.2", "GT-14.x")
def test_a_yes_to_one_piece_is_no_yes_to_one_more(opsterland: Case):
    row = told_yes(opsterland)
    approve(opsterland, ask(opsterland, row))
    choose(opsterland, row, opsterland.plain, opsterland.mixed)
    assert isinstance(hand_over(opsterland, row), handing.Stopped)
    goes_no_more(opsterland, row, "er zou meer meegaan dan is verteld")
    choose(opsterland, row, opsterland.plain)
    assert client(opsterland, row).counts, "what was told, and no more"


@pytest.mark.rule("GT-14.2")
def test_what_was_told_black_stays_black_and_more_black_takes_nothing_away(opsterland: Case):
    row = choose(opsterland, propose(opsterland), opsterland.mixed)
    black(opsterland, row, 0)
    consent(opsterland, opsterland.client, row)
    black(opsterland, row, 0, len("Yara slaapt slecht en piekert. "))
    assert client(opsterland, row).counts, "less goes than was told"
    black(opsterland, row)
    goes_no_more(opsterland, row, "er zou meer meegaan dan is verteld")


@pytest.mark.rule("GT-14.2", "GT-14.x")
def test_a_yes_kept_before_such_a_day_was_refused_is_no_yes_to_what_was_only_written_down_after_it(opsterland: Case):
    row = told_yes(opsterland)
    with transaction.atomic():
        Consent.objects.update(given_on=ON - timedelta(days=1))
    line = client(opsterland, row)
    assert not line.counts and "niet vooraf verteld: wat er precies wordt gegeven" in line.lacks, line.lacks
    assert "een deel van wat zou meegaan is pas opgeschreven na het ja van 21 november 2026" in line.lacks
    with pytest.raises(Conflict):
        ask(opsterland, row)
    with transaction.atomic():
        Consent.objects.update(given_on=ON)
    assert client(opsterland, row).counts, "the day itself: it can have been told later that day"


@pytest.mark.rule("GT-14.2")
@pytest.mark.parametrize("how", ["source", "wording", "number"])
def test_more_of_the_same_piece_is_asked_anew(opsterland: Case, how: str):
    row = told_yes(opsterland, opsterland.mixed)
    by = opsterland.place.worker
    if how == "source":
        black(opsterland, row, source=True)
    elif how == "wording":
        worse = Wording(f"{ABOUT_BROTHER} Hij dreigde met een mes.")
        do(
            opsterland,
            Verb.ADD,
            lambda d: reword_entry(d, opsterland.mixed, worse, seen_version=1, why="aangevuld", by=by, at=MOMENT),
        )
        assert client(opsterland, row).counts, "the wording that was told still goes"
        with transaction.atomic():
            item = DisclosureItem.objects.get(disclosure=row).id
        do(opsterland, Verb.PREPARE_DISCLOSURE, lambda d: acts.refresh_item(d, row.id, item, by=by, at=MOMENT))
    else:  # it was black by itself while it was the number of somebody in the dossier

        def another(dossier: Any) -> None:
            sem = Person.objects.get(id=opsterland.brother, dossier=dossier)
            sem.phone = "06-87654321"
            sem.save()

        do(opsterland, Verb.CHANGE, another)
    goes_no_more(opsterland, row, "er zou meer meegaan dan is verteld")


@pytest.mark.rule("GT-14.2")
def test_a_yes_told_from_a_page_that_is_old_by_now_is_kept_after_another_look(opsterland: Case):
    row = choose(opsterland, propose(opsterland))
    worker, here = browser(opsterland.place.worker), f"{steps(opsterland)}/{row.id}/toestemming/{opsterland.client}/"
    old = told_from(worker.get(here))
    choose(opsterland, row, opsterland.plain, opsterland.mixed)
    today = {"given_on": str(ON)}
    refused = worker.post(here, said_yes() | old | today)
    assert refused.status_code == 422 and "veranderd sinds u deze pagina opende" in text(refused)
    assert client(opsterland, row).answer is None
    assert worker.post(here, said_yes() | old | today | {"state": "refused"}).status_code == 303, "a no is a no"
    assert worker.post(here, said_yes() | told_from(refused) | today).status_code == 303
    assert client(opsterland, row).counts


@pytest.mark.rule("GT-14.x", "SH-1.3-toest", "VT-1.m", "BT-toestemming-7")
@pytest.mark.parametrize("slug", ALL_FOUR)
def test_another_recipient_is_asked_anew_and_the_page_says_why(slug: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    case = make_case(slug, born(30))
    with organisation(case.place.id):
        row = told_yes(case)
        assert client(case, row).counts
        change(case, row, organisation="Huisartsenpraktijk Het Plein", name="dokter Post")
        goes_no_more(case, row, "de ontvanger is veranderd sinds het ja van")


@pytest.mark.rule("SH-1.3-toest", "VT-1.m")
@pytest.mark.parametrize("slug", ["sterk-huis", "veilig-thuis-hm"])
def test_a_standing_yes_counts_for_its_recipient_and_purpose_and_for_no_other(slug: str):
    case = make_case(slug, born(30))
    with organisation(case.place.id):
        row = propose(case)
        consent(case, case.client, None)
        assert client(case, row).counts
        choose(case, row)
        assert client(case, row).counts, "these regulations do not ask what exactly is given"
        change(case, row, purpose="Heel iets anders.")
        line = client(case, row)
        assert not line.counts and WHAT_FOR in line.lacks[0]
        assert not judged(case, row).allowed


@pytest.mark.rule("SH-1.3-toest", "VT-1.m")
@pytest.mark.parametrize("slug", ["sterk-huis", "veilig-thuis-hm", "buurteams-nijmegen"])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"what_for": None}, "what_for"),
        ({"informed_of": frozenset({"purpose", "recipient", "content"})}, "told"),
        ({"given_on": date(2016, 2, 1)}, "given_on"),
    ],
)
def test_no_yes_outside_a_disclosure_to_nothing_in_particular(slug: str, changes: dict[str, Any], field: str):
    case = make_case(slug, born(30))
    with organisation(case.place.id):
        with pytest.raises(Conflict) as refused:
            consent(case, case.client, None, **changes)
        assert refused.value.field == field
        assert consent(case, case.client, None, **{**changes, "state": "refused"}), "a no may be as wide as it is said"


@pytest.mark.rule("SH-1.3-toest", "GT-14.2")
@pytest.mark.parametrize("slug", ALL_FOUR)
def test_nobody_said_yes_to_giving_what_is_in_a_dossier_before_it_was_there(slug: str):
    case = make_case(slug, born(30))
    with organisation(case.place.id):
        row = choose(case, propose(case))
        with pytest.raises(Conflict) as refused:
            consent(case, case.client, row, given_on=OPENED.date() - timedelta(days=1))
        begun = "22 november 2026" if slug == "buurteams-nijmegen" else "23 september 2026"
        assert refused.value.field == "given_on" and begun in refused.value.sentence


@pytest.mark.rule("GT-14.2")
def test_where_the_content_must_be_told_a_yes_is_written_down_at_the_disclosure_alone(opsterland: Case):
    worker, page = browser(opsterland.place.worker), f"{base(opsterland)}/toestemming/"
    assert "Een ja schrijft u op bij de verstrekking" in text(worker.get(page))
    said = said_yes() | {"about": str(opsterland.client), "purpose": "disclosure", "person": str(opsterland.client)}
    said |= {"recipient_kind": "gp", "recipient": "Huisarts", "what_for": "Vrijwilligerswerk."}
    refused = worker.post(f"{page}vastleggen/", said)
    assert refused.status_code == 422 and "begin die, kies wat u geeft" in text(refused)
    assert "Vrijwilligerswerk." in text(refused), "nothing typed is lost"
    said |= {"state": "refused", "row_id": str(uuid4())}
    assert worker.post(f"{page}vastleggen/", said).status_code == 303
    with transaction.atomic():
        assert [row.state for row in Consent.objects.all()] == ["refused"]


@pytest.mark.rule("GT-14.2", "GT-14.x", "SH-1.3-toest")
@pytest.mark.parametrize("slug", ["sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland"])
@pytest.mark.parametrize("what", ["recorded", "reworded"])
def test_nobody_was_told_of_a_piece_before_it_was_written(slug: str, what: str):
    case = make_case(slug, born(30))
    with organisation(case.place.id):
        by, text, before = case.place.worker, Wording("Yara slaapt slecht."), ON - timedelta(days=1)
        old, fine = (
            do(
                case,
                Verb.ADD,
                lambda d: add_entry(d, text, kind="fact", about=[case.client], happened_on=before, by=by, at=OPENED).id,
            )
            for _each in range(2)
        )
        first = choose(case, propose(case), fine)
        consent(case, case.client, first, given_on=before)
        assert client(case, first).counts, "what was there by then can have been told"
        if what == "reworded":
            new = Wording("Yara slaapt slecht. Haar moeder ook.")
            do(case, Verb.ADD, lambda d: reword_entry(d, old, new, seen_version=1, why="meer", by=by, at=MOMENT))
        row = choose(case, propose(case), old, *([case.plain] if what == "recorded" else []))
        with pytest.raises(Conflict) as refused:
            consent(case, case.client, row, given_on=before)
        assert refused.value.field == "given_on"
        assert "pas op 22 november 2026 opgeschreven" in refused.value.sentence
        untold = frozenset({"purpose", "recipient"})
        assert consent(case, case.mother, row, given_on=before, informed_of=untold), "nobody says that it was told"
        assert consent(case, case.mother, row, given_on=before, state="refused"), "a no is a no"
        consent(case, case.client, row, given_on=ON)
        assert client(case, row).counts, "on the day itself it can have been told"


@pytest.mark.rule("BT-toestemming-7")
def test_where_consent_is_asked_anew_each_time_a_standing_yes_says_so():
    case = make_case("buurteams-nijmegen", born(30))
    with organisation(case.place.id):
        row = propose(case)
        consent(case, case.client, None)
        (why,) = client(case, row).lacks
        assert "voor een andere verstrekking" in why and not judged(case, row).allowed


@pytest.mark.rule("SH-1.3-toest")
def test_of_who_was_not_told_the_content_only_recipient_and_purpose_are_held(sterk_huis: Case):
    row = choose(sterk_huis, propose(sterk_huis))
    consent(sterk_huis, sterk_huis.client, row, informed_of=frozenset({"purpose", "recipient"}))
    choose(sterk_huis, row, sterk_huis.plain, sterk_huis.mixed)
    assert client(sterk_huis, row).counts


def researched(case: Case, **changes: Any) -> Disclosure:
    """A disclosure to a researcher on the ground without consent, every condition answered as it should be."""
    row = propose(case, recipient_kind="researcher", **changes)
    return answer(case, row, RESEARCH, yes_to("veilig-thuis-hm", RESEARCH))


@pytest.mark.rule("VT-16.2")
@pytest.mark.parametrize(
    ("organisation_name", "name"),
    [("Universiteit Leiden", "dr. Smit"), ("universiteit  leiden", ""), ("Universiteit Tilburg", "prof. De Wit")],
)
def test_an_objection_to_a_university_holds_for_whoever_works_there_and_for_its_kind(
    veilig_thuis: Case, organisation_name: str, name: str
):
    before = researched(veilig_thuis, organisation=organisation_name, name=name)
    assert judged(veilig_thuis, before).allowed, "nobody objected yet"
    consent(veilig_thuis, veilig_thuis.client, None, state="refused", **LEIDEN)
    found = judged(veilig_thuis, before)
    assert not found.allowed and client(veilig_thuis, before).refused
    after = researched(veilig_thuis, organisation=organisation_name, name=name)
    assert not judged(veilig_thuis, after).allowed
    page = text(browser(veilig_thuis.place.worker).get(f"{steps(veilig_thuis)}/{after.id}/?stap=consent"))
    assert ("gezegd over" in page) is (organisation_name != "universiteit  leiden")


@pytest.mark.rule("VT-16.2")
def test_an_objection_in_one_disclosure_holds_in_the_next_until_a_yes_there(veilig_thuis: Case):
    first = propose(veilig_thuis, recipient_kind="researcher", organisation="Universiteit Leiden", name="")
    consent(veilig_thuis, veilig_thuis.client, first, state="refused", **LEIDEN)
    second = researched(veilig_thuis, organisation="Universiteit Leiden", name="dr. Smit")
    assert not judged(veilig_thuis, second).allowed
    choose(veilig_thuis, second)
    named = LEIDEN | {"recipient": "Universiteit Leiden, dr. Smit"}
    consent(veilig_thuis, veilig_thuis.client, second, at=MOMENT + timedelta(minutes=5), **named)
    assert client(veilig_thuis, second).counts and judged(veilig_thuis, second).allowed


@pytest.mark.rule("GT-14.1", "SH-1.3-toest", "VT-1.m", "BT-toestemming-x")
@pytest.mark.parametrize("slug", ALL_FOUR)
def test_a_no_in_another_disclosure_to_the_same_recipient_takes_an_older_yes_away_until_a_yes_after_it(slug: str):
    case = make_case(slug, born(30))
    with organisation(case.place.id):
        row = told_yes(case)
        approve(case, ask(case, row))
        other = propose(case, purpose="Om een vergoeding te regelen.")
        consent(case, case.client, other, at=MOMENT + timedelta(minutes=5), state="refused")
        assert client(case, row).refused and not judged(case, row).allowed
        assert isinstance(hand_over(case, row), handing.Stopped)
        consent(case, case.client, row, at=MOMENT + timedelta(minutes=10))
        assert client(case, row).counts and client(case, other).refused
        approve(case, ask(case, row))
        assert hand_over(case, row).state in {State.HANDED_OVER, State.INFORMED}


@pytest.mark.rule("VT-1.m", "VT-16.2")
def test_a_yes_is_strict_where_a_no_is_not(veilig_thuis: Case):
    row = propose(veilig_thuis, recipient_kind="researcher", organisation="Universiteit Leiden", name="dr. Smit")
    consent(veilig_thuis, veilig_thuis.client, None, **LEIDEN)
    assert client(veilig_thuis, row).answer is None and not judged(veilig_thuis, row).allowed


@pytest.mark.rule("VT-16.2")
def test_a_no_to_another_kind_of_recipient_says_nothing_here(veilig_thuis: Case):
    row = researched(veilig_thuis, organisation="Universiteit Leiden", name="dr. Smit")
    consent(veilig_thuis, veilig_thuis.client, None, state="refused")
    assert judged(veilig_thuis, row).allowed


@pytest.mark.rule("VT-16.2", "VT-1.m")
@pytest.mark.parametrize("no_to", ["Universiteit Leiden", "Dr. Smit"])
def test_a_no_to_the_organisation_or_the_person_takes_an_older_yes_to_both_away(veilig_thuis: Case, no_to: str):
    row = propose(veilig_thuis, recipient_kind="researcher", organisation="Universiteit Leiden", name="dr. Smit")
    named = LEIDEN | {"recipient": "Universiteit Leiden, dr. Smit"}
    consent(veilig_thuis, veilig_thuis.client, None, **named)
    assert client(veilig_thuis, row).counts
    later = MOMENT + timedelta(minutes=5)
    consent(
        veilig_thuis, veilig_thuis.client, None, at=later, state="refused", recipient_kind="school", recipient=no_to
    )
    assert client(veilig_thuis, row).refused and not judged(veilig_thuis, row).allowed


@pytest.mark.rule("SH-1.3-toest")
def test_a_yes_of_which_nobody_wrote_down_what_it_was_for_counts_for_nothing(sterk_huis: Case):
    row = propose(sterk_huis)
    kept = consent(sterk_huis, sterk_huis.client, row)
    with transaction.atomic():  # as it was kept before the purpose was
        load_keys([sterk_huis.dossier_id])
        old = Consent.objects.get(id=kept)
        old.what_for = old.pieces = None
        old.save()
    line = client(sterk_huis, row)
    assert not line.counts and "niet opgeschreven waarvoor" in line.lacks[0]
    assert not judged(sterk_huis, row).allowed
