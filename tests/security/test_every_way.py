"""Whatever way somebody asks, there is a row (D1), an error shows nothing (D3), and no field is empty (D4)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from casemgmt.audit.export import fields
from casemgmt.audit.models import AccessEvent, LogEntry, PlatformEvent
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import organisation_by_slug
from dossiers.access import change_dossier
from dossiers.models import Dossier
from dossiers.recording.acts import Wording, add_entry
from dossiers.verbs import Verb
from tests.dossiers.pages import World

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
Asked = Callable[[World], Any]
NOBODY = "00000000-0000-4000-8000-000000000000"
# How it is asked, and what the rows of that request say: action, outcome, and whether they name the dossier.
WAYS: dict[str, tuple[Asked, list[tuple[str, str, bool]]]] = {
    "shown": (lambda w: w.worker.get(w.at()), [("read", "shown", True)]),
    "the head of it": (lambda w: w.worker.head(w.at()), [("read", "shown", True)]),
    "only if changed": (
        lambda w: w.worker.get(
            w.at(), headers={"If-None-Match": '"x"', "If-Modified-Since": "Sun, 22 Nov 2099 12:00:00 GMT"}
        ),
        [("read", "shown", True)],
    ),
    "a part of it": (lambda w: w.worker.get(w.at(), headers={"HX-Request": "true"}), [("read", "shown", True)]),
    "some bytes of it": (lambda w: w.worker.get(w.at(), headers={"Range": "bytes=0-9"}), [("read", "shown", True)]),
    "a further page": (lambda w: w.worker.get(w.at() + "?after=x"), [("read", "shown", True)]),
    "by a program": (
        lambda w: w.worker.get(w.at(), headers={"Accept": "application/json"}),
        [("read", "shown", True)],
    ),
    "refused": (lambda w: w.colleague.get(w.at()), [("read", "denied", True)]),
    "refused, the head of it": (lambda w: w.colleague.head(w.at()), [("read", "denied", True)]),
    "not by this role": (lambda w: w.worker.get(w.here("medewerkers/")), [("read", "denied", False)]),
    "never there": (lambda w: w.worker.get(w.here(f"dossiers/{NOBODY}/")), [("read", "unknown", False)]),
    "a list": (lambda w: w.worker.get(w.here("dossiers/")), [("read", "shown", False)]),
    "found": (lambda w: w.worker.post(w.here("zoeken/"), {"q": "Bakker"}), [("search", "shown", False)]),
    "searched and not found": (
        lambda w: w.worker.post(w.here("zoeken/"), {"q": "Niemand"}),
        [("search", "unknown", False)],
    ),
    "found, but not by them": (
        lambda w: w.colleague.post(w.here("zoeken/"), {"q": "Bakker"}),
        [("search", "unknown", False)],
    ),
    "changed, refused": (lambda w: w.colleague.post(w.at("vermelding/"), {"text": "x"}), [("read", "denied", True)]),
}


def test_however_it_is_asked_its_row_says_what_happened(world: World) -> None:
    for way, (ask, said) in WAYS.items():
        answer = ask(world)
        assert answer.status_code not in (304, 206), f"{way}: an answer from memory would leave no row"
        with organisation(world.place.id), transaction.atomic():
            rows = list(AccessEvent.objects.filter(request_id=answer["X-Request-Id"]))
        found = {(row.action, row.outcome, row.dossier_id == world.family.dossier_id) for row in rows}
        assert set(said) <= found, (way, found)
        assert {outcome for _action, outcome, _own in found} == {outcome for _action, outcome, _own in said}, way


def test_a_download_that_was_broken_off_was_read(world: World) -> None:
    """The row is there before the first byte leaves, so going away early hides nothing."""
    answer = world.worker.get(world.at())
    answer.close()
    with organisation(world.place.id), transaction.atomic():
        assert AccessEvent.objects.filter(request_id=answer["X-Request-Id"], outcome=Outcome.SHOWN).exists()


def test_an_error_page_and_the_rows_of_an_error_hold_nothing_of_the_dossier(world: World, monkeypatch) -> None:
    """A fault whose own text quotes the dossier: pages for people and for programs, and the trail, keep silent."""
    told = "MARKER-Yara told her teacher"

    def write(dossier: Dossier) -> None:
        words = Wording(told, source="Yara")
        add_entry(dossier, words, kind="fact", about=[world.family.yara], happened_on=clock.today(), **by)

    by = {"by": world.place.worker, "at": clock.now()}
    with organisation(world.place.id):
        change_dossier(world.place.worker, world.family.dossier_id, Verb.ADD, write, data="entry")
    assert told in world.worker.get(world.at()).content.decode()

    def quoting(*values: Any, **named: Any) -> None:
        raise RuntimeError(f"could not draw {told}")

    monkeypatch.setattr("dossiers.views.recording.page_or_block", quoting)
    for accept in ("text/html", "application/json"):
        answer = world.worker.get(world.at(), headers={"Accept": accept})
        assert answer.status_code == 500
        page = answer.content.decode()
        for word in ("MARKER", "Yara", "Bakker", "RuntimeError", "Traceback", "recording.py"):
            assert word not in page, word
        with organisation(world.place.id), transaction.atomic():
            rows = AccessEvent.objects.filter(request_id=answer["X-Request-Id"])
            # It was read, and then it went wrong: both are told.
            assert {row.outcome for row in rows} == {"shown", "failed"}
            assert not any("MARKER" in str(row.__dict__) or "Yara" in str(row.__dict__) for row in rows)


MANDATORY = ("id", "organisation_id", "at", "action", "outcome", "source", "request_id")
# Who acts for nobody in particular: time itself and the operator's commands.
WITHOUT_PERSON = {"job", "command"}


def test_every_row_says_who_when_what_how_it_ended_and_from_where(world: World) -> None:
    """The must-know fields of NEN 7513, for each way of asking and for what the acts of the world left."""
    for ask, _said in WAYS.values():
        ask(world)
    place = organisation_by_slug(world.place.slug)
    with organisation(world.place.id), transaction.atomic():
        rows, entries = list(AccessEvent.objects.all()), list(LogEntry.objects.all())
    assert {Action.READ, Action.SEARCH, Action.CHANGE, Action.CREATE} <= {row.action for row in rows}
    assert {*Outcome} - {Outcome.FAILED} <= {row.outcome for row in rows}
    for row in rows:
        empty = [name for name in MANDATORY if getattr(row, name) in (None, "")]
        assert not empty, (row.action, row.data, empty)
        assert row.data or row.object_id or row.dossier_id, "what was it about?"
        if row.source not in WITHOUT_PERSON:
            assert row.user_id and row.role and row.ip, (row.action, row.data)
        if row.outcome == Outcome.SHOWN and row.dossier_id:
            assert row.ground, "why was it allowed?"
        line = fields(row, place)
        needed = ("EventID", "EventActionCode", "EventDateTime", "eventTypeCode", "traceID", "users", "source")
        assert all(line[name] for name in needed) and line["EventOutcomeIndicator"] in (0, 4, 8)
        assert line["users"][0]["userID"] and line["EventDateTime"].endswith("+00:00")
    assert entries
    for entry in entries:
        assert entry.timestamp and entry.cid and entry.content_type_id and entry.object_pk and entry.object_repr == ""


def test_each_kind_of_event_has_its_code_and_its_indicator() -> None:
    for action in Action:
        for outcome in Outcome:
            row = AccessEvent(action=action, outcome=outcome, organisation_id=NOBODY)
            place = type("Place", (), {"slug": "huis"})()
            line = fields(row, place)
            assert line["EventActionCode"] in "CRUDE" and line["EventOutcomeIndicator"] in (0, 4, 8)


def test_a_place_that_is_not_there_and_one_that_is_not_mine_leave_the_same_row(world: World) -> None:
    for slug in ("bestaat-niet", "x" * 40):
        answer = world.worker.get(f"/o/{slug}/dossiers/")
        row = PlatformEvent.objects.get(request_id=answer["X-Request-Id"])
        assert (answer.status_code, row.outcome, row.data, row.user_id) == (
            404,
            "unknown",
            "organisation",
            world.place.worker.user_id,
        )
