"""Who may do what with a disclosure: the profile's roles and nobody else, never one's own; each no is one row."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.audit.models import AccessEvent
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Membership, Organisation, Unit
from casemgmt.policy.loader import newest_shipped
from casemgmt.work.models import Task
from disclosures import acts
from disclosures.models import Disclosure, DisclosureRegisterRow
from disclosures.vocabulary import State
from dossiers.verbs import Verb
from tests.cast import MOMENT, make_actor
from tests.disclosures.story import Case, agreed, approve, do, make_case, propose
from tests.disclosures.test_pages import browser, steps, text

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")
PREPARING = (
    "ontvanger",
    "voorwaarden",
    "stukken",
    "goedkeuring-vragen",
    "voorleggen",
    "stoppen",
    "afdrukken",
    "overhandigen",
    "inlichten",
    "later",
    "afronden",
)
DECIDING = ("goedkeuren", "niet-goedkeuren", "antwoord", "later-besluit")
SECRETS = ("Yara", "El Idrissi", "Huisartsenpraktijk", "Sikkema", "beoordelen", "piekert")


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


@pytest.fixture
def here() -> Iterator[Case]:
    made = make_case("sterk-huis")
    with organisation(made.place.id):
        yield made


@transaction.atomic
def refusals() -> list[tuple[str, str]]:
    """Every no in the trail, oldest first: what it was about and the ground."""
    rows = AccessEvent.objects.filter(outcome__in=["denied", "unknown"]).order_by("at")
    return list(rows.values_list("outcome", "ground"))


@transaction.atomic
def member(case: Case, role: str, name: str) -> Actor:
    """Somebody with this role in the team of the dossier."""
    place, unit = Organisation.objects.get(id=case.place.id), Unit.objects.get(id=case.place.unit_id)
    return make_actor(place, unit, role, frozenset(), name)


@transaction.atomic
def make_manager(actor: Actor, case: Case) -> None:
    """Let somebody decide in this team beside what they do already."""
    Membership.objects.create(user_id=actor.user_id, unit_id=case.place.unit_id, role="manager", starts_on="2020-01-01")


@transaction.atomic
def as_it_stands(row: Disclosure) -> dict[str, Any]:
    return Disclosure.objects.values().get(id=row.id)


def refused_once(client: Client, address: str, form: dict[str, Any] | None = None) -> tuple[int, tuple[str, str]]:
    """Try it: the status, and the one row that the no left; the answer tells nothing of the disclosure."""
    before = len(refusals())
    answer = client.post(address, form or {})
    for secret in SECRETS:
        assert secret not in text(answer), (address, secret)
    rows = refusals()[before:]
    assert len(rows) == 1, (address, rows)
    return answer.status_code, rows[0]


@pytest.mark.parametrize("slug", SLUGS)
def test_each_role_does_what_the_profile_gives_it_and_every_other_try_is_one_row(slug: str):
    case = make_case(slug)
    with organisation(case.place.id):
        row = agreed(case)
        was = as_it_stands(row)
        for key, role in newest_shipped(slug).roles.table.items():
            client, one = browser(member(case, key.value, f"{key.value} Test")), f"{steps(case)}/{row.id}/"
            prepares = "disclosure.prepare" in role.capabilities
            decides = "disclosure.approve" in role.capabilities
            for action in (*(() if prepares else PREPARING), *(() if decides else DECIDING)):
                status, (outcome, _ground) = refused_once(client, f"{one}{action}/")
                assert (status, outcome) == (403, "denied"), (key, action)
            assert client.get(one).status_code == (200 if prepares else 403), key
            assert client.get(f"{one}goedkeuren/").status_code == (200 if decides else 403), key
        assert as_it_stands(row) == was


@pytest.mark.parametrize("action", [*PREPARING, *DECIDING])
def test_of_the_team_next_door_and_of_a_dossier_that_is_not_there_every_try_is_one_row(here: Case, action: str):
    row = agreed(here)
    next_door = browser(here.place.colleague)
    if action in DECIDING:
        with transaction.atomic():
            place, unit = Organisation.objects.get(id=here.place.id), Unit.objects.get(id=here.place.other_unit_id)
            next_door = browser(make_actor(place, unit, "manager", frozenset(), "Joris Elders"))
    one = f"{steps(here)}/{row.id}/{action}/"
    assert refused_once(next_door, one) == (403, ("denied", "no-assignment"))
    status, (outcome, _ground) = refused_once(next_door, one.replace(str(here.dossier_id), str(uuid4())))
    assert (status, outcome) == (404, "unknown")


@pytest.mark.parametrize("action", DECIDING)
def test_a_disclosure_of_another_dossier_is_not_there_for_who_decides(here: Case, action: str):
    agreed(here)
    status, (outcome, _ground) = refused_once(
        browser(here.place.manager),
        f"{steps(here)}/{uuid4()}/{action}/",
        {"why": "x", "seen": "x", "until": "1-1-2030"},
    )
    assert (status, outcome) == (404, "unknown")


def test_nobody_approves_or_refuses_what_they_proposed_and_each_try_is_one_row(here: Case):
    make_manager(here.place.worker, here)
    row = agreed(here)
    mine, one = browser(here.place.worker), f"{steps(here)}/{row.id}"
    same = (403, ("denied", "same-person"))
    assert refused_once(mine, f"{one}/goedkeuren/", {"seen": row.content_hash}) == same
    assert refused_once(mine, f"{one}/niet-goedkeuren/", {"why": "Toch niet."}) == same
    assert as_it_stands(row)["state"] == State.AWAITING_APPROVAL
    page = text(mine.get(f"{one}/goedkeuren/"))
    assert "niet-goedkeuren" not in page and 'name="seen"' not in page


def test_nobody_answers_their_own_question(here: Case):
    make_manager(here.place.worker, here)
    row = propose(here)
    do(
        here,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.escalate(d, row.id, "Moeder is onvindbaar.", by=here.place.worker, at=MOMENT),
    )
    mine, one = browser(here.place.worker), f"{steps(here)}/{row.id}"
    assert refused_once(mine, f"{one}/antwoord/", {"why": "Geef maar."}) == (403, ("denied", "same-person"))
    assert "antwoord/" not in text(mine.get(f"{one}/goedkeuren/"))
    with transaction.atomic():
        assert Task.objects.filter(object_id=row.id, kind="disclosures.question", state="open").count() == 1
    other = browser(here.place.manager)
    assert "antwoord/" in text(other.get(f"{one}/goedkeuren/"))
    assert other.post(f"{one}/antwoord/", {"why": "Vraag eerst de voogd."}).status_code == 303


def test_who_asked_for_approval_of_anothers_proposal_does_not_approve_it_either(here: Case):
    with transaction.atomic():
        second = member(here, "caseworker", "Mila Tweede")
    make_manager(second, here)
    row = agreed(here)
    asker = browser(second)
    one = f"{steps(here)}/{row.id}"
    assert asker.post(f"{one}/stukken/", {"entry": [str(here.plain)]}).status_code == 303
    assert asker.post(f"{one}/goedkeuring-vragen/").status_code == 303
    seen = as_it_stands(row)["content_hash"]
    assert refused_once(asker, f"{one}/goedkeuren/", {"seen": seen}) == (403, ("denied", "same-person"))


def test_what_was_not_seen_is_not_approved_and_the_try_is_one_row(here: Case):
    row = agreed(here)
    manager, one = browser(here.place.manager), f"{steps(here)}/{row.id}/goedkeuren/"
    for seen in ("", "0" * 64, "x" * 5000):
        assert refused_once(manager, one, {"seen": seen}) == (409, ("denied", "conflict"))
    assert as_it_stands(row)["state"] == State.AWAITING_APPROVAL


def test_what_was_approved_by_another_does_not_leave_before_its_print_and_the_try_is_one_row(here: Case):
    row = agreed(here)
    approve(here, row, printed=False)
    address = f"{steps(here)}/{row.id}/overhandigen/"
    tried = refused_once(browser(here.place.worker), address, {"how": "in_person", "when": "now"})
    assert tried == (409, ("denied", "conflict"))
    with transaction.atomic():
        assert not DisclosureRegisterRow.objects.exists()


def test_an_approval_and_its_refusal_stand_in_the_trail_with_who_did_it(here: Case):
    row = agreed(here)
    manager = browser(here.place.manager)
    assert manager.post(f"{steps(here)}/{row.id}/goedkeuren/", {"seen": row.content_hash}).status_code == 303
    with transaction.atomic():
        event = AccessEvent.objects.get(data="disclosure-approved", object_id=row.id)
    assert (event.user_id, event.outcome) == (here.place.manager.user_id, "done")
