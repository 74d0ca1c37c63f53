"""What the page of who looked leaves out: working notes, and what is younger than the house rule tells."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from casemgmt.audit.context import AuditContext, circumstances
from casemgmt.audit.models import AccessEvent
from casemgmt.base.organisation import organisation
from casemgmt.policy.loader import with_value
from casemgmt.policy.schema import Profile
from casemgmt.work.models import Task
from casemgmt.work.queries import task_for
from dossiers.models import WorkingNote
from portal import loading
from tests.client_requests.story import NOW, House, employ

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PAGES = ("", "wie-keek/")
DELAY = timedelta(days=14)


def pages_of(house: House, name: str) -> dict[str, str]:
    browser = house.client(name)
    return {rest: browser.get(house.portal_url(rest)).content.decode() for rest in PAGES}


@pytest.mark.rule("SH-2.5.6")
def test_that_somebody_of_staff_keeps_working_notes_is_told_to_no_client(house: House) -> None:
    house.give_portal("milou")
    noor = house.client("noor")
    kept = noor.post(house.inside("aantekeningen/"), {"row_id": uuid4(), "text": "MERK-NOTITIE"})
    assert kept.status_code == 303
    with organisation(house.id), transaction.atomic():
        note_id = WorkingNote.objects.values_list("id", flat=True).get()
    for rest in ("aantekeningen/", f"aantekeningen/{note_id}/"):
        assert noor.get(house.inside(rest)).status_code == 200
    with organisation(house.id), transaction.atomic(), circumstances(AuditContext(user_id=house.staff["noor"].id)):
        assert task_for(house.actor("noor"), Task.objects.values_list("id", flat=True).get(object_id=note_id))
        looked = AccessEvent.objects.filter(dossier_id=house.dossier_id, action="read", outcome="shown")
        assert set(looked.values_list("data", flat=True)) == {"notes", "task"}, "there is something to keep silent"
    for rest, text in pages_of(house, "milou").items():
        assert "Noor van Dalen" not in text and "MERK-NOTITIE" not in text, rest
    assert noor.get(house.inside()).status_code == 200
    for rest, text in pages_of(house, "milou").items():
        assert text.count("Noor van Dalen") == 1, rest


@pytest.fixture
def looked(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A colleague who looked on each day around the one that two weeks ago was, and one who saw a list since."""
    moments = {
        "anna": NOW - DELAY - timedelta(days=1),
        "bram": NOW - DELAY - timedelta(seconds=1),
        "cees": NOW - DELAY,
        "dora": NOW - DELAY + timedelta(days=1),
        "emma": NOW - DELAY + timedelta(days=1),
    }
    house.give_portal("milou")
    for name, moment in moments.items():
        employ(house, name, "caseworker")
        at(monkeypatch, moment)
        page = house.staff_url("dossiers/") if name == "emma" else house.inside()
        assert house.client(name).get(page).status_code == 200
    at(monkeypatch, NOW)
    return house


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("casemgmt.base.clock.now", lambda: moment)


def told(house: House) -> dict[str, set[str]]:
    """Who is named to the client, by page."""
    pages = pages_of(house, "milou")
    names = ("anna", "bram", "cees", "dora", "emma")
    return {rest: {name for name in names if f"{name.title()} van Dalen" in text} for rest, text in pages.items()}


def test_a_house_rule_that_puts_it_off_is_followed_on_both_sides_of_its_moment(
    looked: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = loading.profile_in_force

    def later(on: date) -> Profile:
        return with_value(real(on), "house_rules.log_view_delay", "14 days")

    with monkeypatch.context() as put_off:
        put_off.setattr(loading, "profile_in_force", later)
        assert told(looked) == {"": {"anna", "bram"}, "wie-keek/": {"anna", "bram"}}
        assert "14 dagen" in pages_of(looked, "milou")["wie-keek/"]
        at(put_off, NOW + timedelta(seconds=1))
        assert told(looked)["wie-keek/"] == {"anna", "bram", "cees"}
        at(put_off, NOW + timedelta(days=1, seconds=1))
        assert told(looked)["wie-keek/"] == {"anna", "bram", "cees", "dora", "emma"}


def test_without_such_a_rule_everybody_who_looked_is_named_at_once(looked: House) -> None:
    """The first page tells of the last three who read, and of no lists."""
    assert told(looked) == {"": {"bram", "cees", "dora"}, "wie-keek/": {"anna", "bram", "cees", "dora", "emma"}}
