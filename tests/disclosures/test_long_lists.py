"""However much came after it: what must still be done about a disclosure stays in sight, the oldest on top."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.vault.keys import load_keys
from disclosures.models import Disclosure
from disclosures.vocabulary import State
from tests.cast import MOMENT
from tests.disclosures.story import Case
from tests.disclosures.test_pages import base, browser, here, text
from tests.disclosures.test_waiting import put_off
from tests.portal.test_received import lines_told
from tests.walking import walk, ways

__all__ = ["here"]
pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

STEPS = r'href="/o/[^"]*/verstrekken/[0-9a-f-]{36}/([0-9a-f-]{36})/(?:goedkeuren/)?"'


@transaction.atomic
def many(case: Case, number: int, state: State, first: int = 1) -> list[str]:
    """So many disclosures of which each began a minute after the one before, as their story left them."""
    load_keys([case.dossier_id])
    asked = state == State.AWAITING_APPROVAL
    made = []
    for minute in range(first, first + number):
        at = MOMENT + timedelta(minutes=minute)
        row = Disclosure.objects.create(
            dossier_id=case.dossier_id,
            about_id=case.client,
            state=state,
            recipient_kind="gp",
            recipient={"name": f"dokter {minute}", "organisation": "Huisartsenpraktijk De Linde"},
            purpose="Om te beoordelen of behandeling nodig is.",
            answers={},
            proposed_by_id=case.place.worker.user_id,
            proposed_at=at,
            asked_by_id=case.place.worker.user_id if asked else None,
            asked_at=at if asked else None,
            content_hash="0" * 64 if asked else "",
            ended_at=at if state == State.WITHDRAWN else None,
        )
        made.append(str(row.id))
    return made


def the_list(case: Case) -> str:
    return f"/o/{case.place.slug}/verstrekken/"


def test_who_still_must_be_told_is_not_lost_behind_a_hundred_newer_disclosures_that_were_stopped(here: Case) -> None:
    untold = put_off(here)
    stopped = many(here, 101, State.WITHDRAWN)
    worker = browser(here.place.worker)
    assert str(untold.id) in re.findall(STEPS, text(worker.get(the_list(here))))
    found = walk(worker, the_list(here), STEPS)
    assert found.count(str(untold.id)) == 1
    assert [one for one in found if one != str(untold.id)] == stopped[::-1], "what ended: the newest first, each once"


def test_who_prepares_reaches_every_disclosure_that_still_runs_and_reads_the_oldest_first(here: Case) -> None:
    prepared = many(here, 60, State.DRAFT)
    asked = many(here, 60, State.AWAITING_APPROVAL, 61)
    many(here, 101, State.WITHDRAWN, 201)
    found = walk(browser(here.place.worker), the_list(here), STEPS)
    assert [one for one in found if one in prepared] == prepared
    assert [one for one in found if one in asked] == asked


def test_who_approves_reads_first_what_waits_longest_and_how_much_more_waits_and_reaches_it(here: Case) -> None:
    asked = many(here, 60, State.AWAITING_APPROVAL)
    manager = browser(here.place.manager)
    inbox = text(manager.get(f"/o/{here.place.slug}/goedkeuren/"))
    assert re.findall(STEPS, inbox) == asked[:50]
    assert "Op 60 besluiten van u wordt gewacht." in inbox
    assert f'href="{the_list(here)}"' in inbox[inbox.index("<main") :], "the rest is one click away"
    assert walk(manager, the_list(here), STEPS) == asked


def test_the_list_goes_on_at_the_same_place_when_its_last_one_was_decided_on_in_between(here: Case) -> None:
    asked = many(here, 60, State.AWAITING_APPROVAL)
    manager = browser(here.place.manager)
    (following,) = ways(text(manager.get(the_list(here))))
    with transaction.atomic():
        Disclosure.objects.filter(id=asked[49]).update(state=State.WITHDRAWN)
    assert re.findall(STEPS, text(manager.get(following))) == asked[50:]


def test_a_key_that_nobody_gave_out_begins_at_the_top(here: Case) -> None:
    (one,) = many(here, 1, State.DRAFT)
    worker = browser(here.place.worker)
    for key in ("x", "~", f"~{UUID(int=0)}", f"2026-01-01~{UUID(int=0)}", f"2026-13-01T00:00:00+00:00~{UUID(int=0)}"):
        for panel in ("preparing", "left", "nothing"):
            assert one in text(worker.get(the_list(here), {"toon": panel, "after": key})) or panel == "left", key


def test_the_register_of_a_dossier_can_be_read_to_its_first_line(here: Case) -> None:
    told = lines_told(here, 205)
    found = walk(browser(here.place.worker), f"{base(here)}/verstrekkingen/", STEPS)
    assert [one for one in found if one in told] == told[::-1]
