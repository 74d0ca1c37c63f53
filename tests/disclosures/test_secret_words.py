"""A secret address that was typed into "what for" or "to whom" reaches neither the other parent nor the recipient."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from casemgmt.letters.models import Letter
from casemgmt.letters.queries import opened
from casemgmt.vault.keys import load_keys
from consent.models import Consent
from disclosures import handing
from disclosures.acts import setting
from disclosures.guarded import guard_for, guard_of_writer
from disclosures.letters import as_read_outside
from disclosures.models import Disclosure
from disclosures.package import package_of
from disclosures.register import received_by_others
from dossiers.models import Dossier
from dossiers.people.acts import NewPerson, add_person
from dossiers.people.vocabulary import PersonRole
from dossiers.verbs import Verb
from tests.cast import MOMENT, of
from tests.disclosures.story import (
    Case,
    approve,
    ask,
    born,
    choose,
    consent,
    digest,
    do,
    hand_over,
    propose,
)
from tests.disclosures.test_leaving import printed
from tests.disclosures.test_pages import base, browser, steps, text
from tests.disclosures.test_secret_address import known_of

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

HOME = "Verborgen laan 7, 5045 ZZ Tilburg"
TYPED = "Vervoer van en naar de Verborgenlaan 7, waar hij met Mira verblijft (06 12345678)."
REFUSED = "dat geheim is of kan zijn"


@pytest.fixture(autouse=True)
def second_factor(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    known_of(case, case.mother, address=HOME, phone="06-12345678", address_secret=True)


def form(case: Case, **changes: str) -> dict[str, str]:
    return {
        "row_id": str(uuid4()),
        "about": str(case.client),
        "recipient_kind": "gp",
        "organisation": "Huisartsenpraktijk De Linde, Tilburg",
        "name": "dokter Sikkema",
        "purpose": "Om te beoordelen of behandeling nodig is.",
        "requested": "no",
        **changes,
    }


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("purpose", TYPED),
        ("purpose", "Bel 0612345678."),
        ("purpose", "Mail mira@voorbeeld.nl."),
        ("organisation", "Verborgen-laan 7"),
        ("name", "Mira, 5045zz"),
    ],
)
def test_who_may_see_a_secret_address_is_told_beside_the_field_that_it_stands_there(case: Case, field: str, typed: str):
    worker, sent = browser(case.place.worker), form(case, **{field: typed})
    row = propose(case)
    for address in (f"{steps(case)}/nieuw/", f"{steps(case)}/{row.id}/ontvanger/"):
        answer = worker.post(address, sent)
        assert answer.status_code == 422
        assert REFUSED in text(answer) and f'id="id_{field}-error"' in text(answer)
        assert typed in text(answer)
    with transaction.atomic():
        load_keys([case.dossier_id])
        assert [one.purpose for one in Disclosure.objects.all()] == [row.purpose]


@pytest.mark.parametrize(
    ("field", "typed", "answered"),
    [
        ("recipient", "Taxi Verborgenlaan 7", 422),
        ("recipient", "Mira, 0612345678", 422),
        ("what_for", "Vervoer van en naar de Verborgenlaan.", 422),
        ("recipient", "Basisschool Verborgenlaan, Dorpsweg", 303),
    ],
)
def test_a_yes_outside_a_disclosure_holds_no_secret_address_either(case: Case, field: str, typed: str, answered: int):
    sent = {"row_id": str(uuid4()), "about": str(case.client), "purpose": "disclosure", "person": str(case.client)}
    sent |= {"recipient_kind": "gp", "recipient": "Huisarts Sikkema", "what_for": "Samen kijken naar het slapen."}
    sent |= {"state": "given", "form": "oral", "given_on": "22-11-2026", "told": "purpose", "note": "", field: typed}
    answer = browser(case.place.worker).post(f"{base(case)}/toestemming/vastleggen/", sent)
    assert answer.status_code == answered
    if answered == 422:
        assert REFUSED in text(answer) and f'id="id_{field}-error"' in text(answer) and typed in text(answer)
    with transaction.atomic():
        assert Consent.objects.exists() == (answered == 303)


def test_an_open_address_and_the_town_of_a_school_may_be_typed(case: Case):
    worker = browser(case.place.worker)
    typed = "Vervoer van de Dorpsweg 4 naar school in Tilburg, om 8.15 uur."
    assert worker.post(f"{steps(case)}/nieuw/", form(case, purpose=typed)).status_code == 303


def test_a_writer_who_may_not_see_it_and_one_who_types_a_reporters_address_learn_nothing(
    case: Case, monkeypatch: pytest.MonkeyPatch
):
    def make(dossier: Dossier) -> UUID:
        new = NewPerson(PersonRole.REPORTER, "Ria Melder", born(50), address="Meldlaan 2", address_secret=True)
        return UUID(str(add_person(dossier, new).id))

    do(case, Verb.ADD, make)

    def told(dossier: Dossier) -> list[bool]:
        guard = guard_of_writer(dossier, case.place.worker)
        return [guard.holds("Verborgen laan 7"), guard.holds("Meldlaan 2")]

    assert do(case, Verb.PREPARE_DISCLOSURE, told) == [True, False]
    monkeypatch.setattr("disclosures.guarded.can", lambda actor, verb, dossier: verb != Verb.READ)
    assert do(case, Verb.PREPARE_DISCLOSURE, told) == [False, False]


def father(case: Case) -> UUID:
    """Kees has custody too, and no secret address."""

    def make(dossier: Dossier) -> UUID:
        new = NewPerson("parent", "Kees Bakker", born(40), of(case.client), address="Dorpsweg 4, 5012 AB Tilburg")
        return UUID(str(add_person(dossier, new).id))

    made: UUID = do(case, Verb.ADD, make)
    return made


def gone(case: Case, *people: UUID, **changes: Any) -> Disclosure:
    """Handed over with words that no form would keep, as from before there was one that refuses them."""
    row = choose(case, propose(case, **changes))
    for person in (case.client, case.mother, *people):
        consent(case, person, row, recipient=f"{changes['organisation']}, dokter Sikkema")
    approve(case, ask(case, row))
    assert not isinstance(hand_over(case, row), handing.Stopped)
    return row


def test_what_was_kept_all_the_same_reaches_neither_the_other_parent_nor_the_recipient(case: Case):
    kees = father(case)
    row = gone(case, kees, purpose=TYPED, organisation="Taxi Verborgen-laan 7")
    with transaction.atomic():
        load_keys([case.dossier_id])
        letters = {one.to_person_id: str(one.body) for one in Letter.objects.filter(kind="disclosure_notice")}
    assert set(letters) == {case.client, case.mother, kees}
    for reader in (case.client, kees):
        told = letters[reader] + str(received_by_others(case.dossier_id, case.client, reader_id=reader))
        assert "Vervoer van en naar de [weggelaten]" in told and "Taxi [weggelaten]" in told
        assert "laan" not in told and "12345678" not in told
    own = letters[case.mother] + str(received_by_others(case.dossier_id, case.client, reader_id=case.mother))
    assert own.count("Verborgenlaan 7") == 2 and own.count("06 12345678") == 2
    paper = printed(case, row)
    assert "Verborgen" not in paper and "12345678" not in paper and "Vervoervanennaarde[weggelaten]" in paper


def test_an_address_in_the_purpose_that_becomes_secret_after_the_approval_stops_the_hand_over(case: Case):
    kees = father(case)
    row = choose(case, propose(case, purpose="Vervoer van en naar de Dorpsweg 4."))
    for person in (case.client, case.mother, kees):
        consent(case, person, row)
    before = approve(case, ask(case, row)).content_hash
    assert digest(case, row) == before
    known_of(case, kees, address_secret=True)
    assert digest(case, row) != before
    stopped = hand_over(case, row)
    assert isinstance(stopped, handing.Stopped) and "een adres geheim, en dat werd het" in stopped.sentence


def test_who_approves_sees_the_purpose_as_it_goes(case: Case):
    row = choose(case, propose(case, purpose=TYPED))
    for person in (case.client, case.mother):
        consent(case, person, row)
    ask(case, row)
    page = text(browser(case.place.manager).get(f"{steps(case)}/{row.id}/goedkeuren/"))
    assert "Vervoer van en naar de [weggelaten]" in page and "Verborgenlaan" not in page


def reporter(case: Case, name: str, address: str) -> UUID:
    """Who reported; nobody ticked that the address is secret."""

    def make(dossier: Dossier) -> UUID:
        return UUID(str(add_person(dossier, NewPerson(PersonRole.REPORTER, name, born(50), address=address)).id))

    made: UUID = do(case, Verb.ADD, make)
    return made


def test_who_reported_is_named_to_nobody_else_and_the_form_does_not_tell_who_it_is(case: Case):
    kees, gerda = father(case), reporter(case, "Gerda Bakker-Wouters", "Kaagstraat 5, 5017 AA Tilburg")
    what_for = "Zorgen van Gerda Wouters (Kaagstraat 5) over Yara Bakker."
    worker = browser(case.place.worker)
    assert worker.post(f"{steps(case)}/nieuw/", form(case, purpose=what_for)).status_code == 303
    row = gone(case, kees, purpose=what_for, organisation="Praktijk De Linde")
    with transaction.atomic():
        load_keys([case.dossier_id])
        letters = {one.to_person_id: str(one.body) for one in Letter.objects.filter(kind="disclosure_notice")}
    for reader in (case.client, case.mother, kees):
        told = letters[reader] + str(received_by_others(case.dossier_id, case.client, reader_id=reader))
        assert told.count("over Yara Bakker") == 2
        assert not [one for one in ("Gerda", "Wouters", "Kaagstraat") if one in told]
    assert "Gerda Wouters (Kaagstraat 5)" in str(received_by_others(case.dossier_id, case.client, reader_id=gerda))
    paper = printed(case, row)
    assert "overYaraBakker" in paper and not [one for one in ("Gerda", "Wouters", "Kaagstraat") if one in paper]


@pytest.mark.parametrize(("kind", "name"), [("gp", "Gerda Bakker-Wouters"), ("reporter", "mevrouw G. Wouters")])
def test_who_reported_and_receives_it_finds_their_own_name_on_the_paper_and_no_other_who_reported(
    case: Case, kind: str, name: str
):
    reporter(case, "Gerda Bakker-Wouters", "Kaagstraat 5, 5017 AA Tilburg")
    reporter(case, "Ria Melder", "Meldlaan 2, 5017 AA Tilburg")
    what_for = "Bericht aan Gerda Wouters (Kaagstraat 5), die met Ria Melder meldde."

    def went(name: str) -> tuple[dict[str, str], str]:
        row = propose(case, recipient_kind=kind, name=name, organisation="", purpose=what_for)
        with transaction.atomic():
            load_keys([case.dossier_id])
            fresh, dossier = Disclosure.objects.get(id=row.id), Dossier.objects.get(id=case.dossier_id)
            _profile, around = setting(dossier, fresh, MOMENT)
            package = package_of(fresh, around)
        return dict(package.recipient), package.purpose

    recipient, purpose = went(name)
    assert recipient["name"] == name and "Gerda Wouters" in purpose
    assert not [one for one in ("Kaagstraat", "Ria", "Melder") if one in purpose]
    another = "dokter Sikkema namens Gerda Wouters"
    recipient, purpose = went(another)
    assert "Wouters" not in purpose, "it goes to somebody else"
    gap = "dokter Sikkema namens [weggelaten] [weggelaten]"
    assert recipient["name"] == (another if kind == "gp" else gap), "to whom it goes tells of nobody that they reported"


@transaction.atomic
def told_outside(case: Case, reader: UUID) -> list[str]:
    """What somebody reads of a disclosure: their letter as it was written, the same in the portal, and the register."""
    load_keys([case.dossier_id])
    letter = Letter.objects.get(kind="disclosure_notice", to_person_id=reader)
    found = opened(case.dossier_id, letter.id)
    assert found is not None
    register = received_by_others(case.dossier_id, case.client, reader_id=reader)
    return [str(found.wording), str(as_read_outside(found, reader)), str(register)]


@pytest.mark.parametrize("reported", [True, False])
def test_who_received_it_is_named_as_it_was_told_whether_or_not_that_is_who_reported(case: Case, reported: bool):
    """A gap at a name that the parent was told when they said yes would tell who reported."""
    kees = father(case)
    if reported:
        reporter(case, "Truus Overweg", "Meldlaan 2, 5017 AA Tilburg")
    school = {"organisation": "Basisschool De Wegwijzer", "name": "Truus Overweg, Meldlaan 2"}
    row = choose(case, propose(case, **school))
    for person in (case.client, case.mother, kees):
        consent(case, person, row, recipient="Basisschool De Wegwijzer, Truus Overweg, Meldlaan 2")
    approve(case, ask(case, row))
    assert not isinstance(hand_over(case, row), handing.Stopped)
    for reader in (case.client, case.mother, kees):
        for told in told_outside(case, reader):
            assert school["name"] in told and school["organisation"] in told and "[weggelaten]" not in told
    assert "TruusOverweg" in printed(case, row)


@pytest.mark.parametrize("name", ["Truus Overweg", "Piet Klaassen", "mevrouw O."])
def test_who_received_it_as_a_reporter_is_called_the_same_to_everybody_outside(case: Case, name: str):
    truus = reporter(case, "Truus Overweg", "Meldlaan 2, 5017 AA Tilburg")
    organisation = "" if name.startswith("mevrouw") else "Buurthuis De Wegwijzer"
    row = choose(case, propose(case, recipient_kind="reporter", name=name, organisation=organisation))
    for person in (case.client, case.mother):
        consent(case, person, row, recipient_kind="reporter", recipient=f"{organisation}, {name}".strip(", "))
    approve(case, ask(case, row))
    assert not isinstance(hand_over(case, row), handing.Stopped)
    for reader in (case.client, case.mother):
        for told in told_outside(case, reader):
            assert "Degene die meldde" in told and "[weggelaten]" not in told
            assert name not in told and "Wegwijzer" not in told
    with transaction.atomic():
        assert name not in str(received_by_others(case.dossier_id, case.client, reader_id=truus))
        load_keys([case.dossier_id])
        found = opened(case.dossier_id, Letter.objects.get(kind="disclosure_notice", to_person_id=case.mother).id)
        assert found is not None
        blocks = (replace(one, text=one.text.replace("Degene die meldde", name)) for one in found.wording.blocks)
        older = replace(found, wording=replace(found.wording, blocks=tuple(blocks)))
        assert name in str(older.wording) and as_read_outside(older, case.mother) == found.wording


def test_a_family_name_that_others_in_the_dossier_bear_openly_stays_unless_it_is_the_same_person(case: Case):
    known_of(case, case.brother, name="Sem van Dalen")
    for name in ("Gerda van Dalen", "Truus Overweg"):
        reporter(case, name, "Kaagstraat 5")

    def told(dossier: Dossier) -> str:
        return guard_for(dossier.id).words("Van Gerda, over Sem van Dalen en Truus Overweg.")

    gone_out = do(case, Verb.PREPARE_DISCLOSURE, told)
    assert gone_out == "Van [weggelaten], over Sem van Dalen en [weggelaten] [weggelaten]."


@pytest.mark.parametrize("called", ["Basisschool Lindehof", "Kinderdagverblijf De Linde-hof"])
def test_an_organisation_that_is_called_after_a_secret_street_may_be_named_and_is_named_to_everybody(
    case: Case, called: str
):
    known_of(case, case.mother, address="Lindehof 12, 5038 AB Tilburg")
    worker, name = browser(case.place.worker), {"organisation": called}
    assert worker.post(f"{steps(case)}/nieuw/", form(case, **name)).status_code == 303
    row = gone(case, organisation=called)
    with transaction.atomic():
        load_keys([case.dossier_id])
        letters = [str(one.body) for one in Letter.objects.filter(kind="disclosure_notice", to_person_id=case.client)]
        told = str(received_by_others(case.dossier_id, case.client, reader_id=case.client))
    assert letters and all(called in one for one in (*letters, told))
    assert called.replace(" ", "") in printed(case, row)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("organisation", f"Basisschool {one}") for one in ("Lindehof 12", "Lindehof, 5038 AB", "Lindehof, Tilburg")),
        ("organisation", "Opvang te Tilburg (Lindehof)"),
        ("organisation", "Lindehof nummer 12"),
        ("name", "Juf van de Lindehof"),
        ("purpose", "Vervoer van de Lindehof naar school."),
    ],
)
def test_a_secret_street_is_refused_with_a_number_postcode_or_town_and_wherever_it_names_no_organisation(
    case: Case, field: str, typed: str
):
    known_of(case, case.mother, address="Lindehof 12, 5038 AB Tilburg")
    answer = browser(case.place.worker).post(f"{steps(case)}/nieuw/", form(case, **{field: typed}))
    assert answer.status_code == 422 and f'id="id_{field}-error"' in text(answer)


@pytest.mark.parametrize(
    ("organisation", "name"),
    [("Lindehof", "12"), ("12", "Lindehof"), ("Opvang Lindehof", "nummer 12"), ("Lindehof", "mevrouw Kok, Tilburg")],
)
def test_a_secret_address_spread_over_the_organisation_and_the_name_is_refused_and_reaches_nobody(
    case: Case, organisation: str, name: str
):
    known_of(case, case.mother, address="Lindehof 12, 5038 AB Tilburg")
    sent = form(case, organisation=organisation, name=name)
    answer = browser(case.place.worker).post(f"{steps(case)}/nieuw/", sent)
    assert answer.status_code == 422 and 'id="id_name-error"' in text(answer)
    with transaction.atomic():
        load_keys([case.dossier_id])
        kept = guard_for(case.dossier_id).recipient({"organisation": organisation, "name": name}, "gp")
    assert "Lindehof" not in "".join(kept.values()) and "12" not in "".join(kept.values())


def test_a_school_that_is_called_after_a_secret_street_may_be_named_with_who_works_there(case: Case):
    known_of(case, case.mother, address="Lindehof 12, 5038 AB Tilburg")
    sent = form(case, organisation="Basisschool Lindehof", name="meester De Wit")
    assert browser(case.place.worker).post(f"{steps(case)}/nieuw/", sent).status_code == 303


def test_who_asks_and_who_approves_are_told_to_read_to_whom_and_what_for_where_an_address_is_secret(case: Case):
    """No program finds every way in which somebody writes where they live: not "Verborgen lanen, zeven"."""
    warned = "Lees ook aan wie het gaat en waarvoor"
    hint = "Vervoer van de Verborgen lanen, zeven."
    row = choose(case, propose(case, purpose=hint, organisation="Taxi Verborgenlaan 7"))
    for person in (case.client, case.mother):
        consent(case, person, row, recipient="Taxi Verborgenlaan 7, dokter Sikkema")
    asking = part(browser(case.place.worker).get(f"{steps(case)}/{row.id}/?stap=approval"), "said")
    assert warned in asking and hint in asking and "Taxi [weggelaten], dokter Sikkema" in asking
    ask(case, row)
    deciding = part(browser(case.place.manager).get(f"{steps(case)}/{row.id}/goedkeuren/"), "said")
    assert warned in deciding and hint in deciding and "Taxi [weggelaten], dokter Sikkema" in deciding
    known_of(case, case.mother, address_secret=False)
    assert warned not in text(browser(case.place.manager).get(f"{steps(case)}/{row.id}/goedkeuren/"))


def part(answer: Any, name: str) -> str:
    """The words of one part of a page."""
    return text(answer).partition(f'id="{name}"')[2].partition("</dl>")[0]
