"""Addresses of one's day, the dossiers and everything inside one."""

from typing import Any

from django.urls import URLPattern

from casemgmt.web.routes import Needs, page
from casemgmt.web.routes import View as AnyView
from dossiers.views import access, capacity, day, lists, notes, people, person, recording

READ = Needs.capability("dossier.read")
ADD = Needs.capability("dossier.add")
CHANGE = Needs.capability("dossier.change")
JUDGE = Needs.any_of("capacity.judge", "dossier.change")
NOTE = Needs.capability("note.keep")
GRANT = Needs.any_of("dossier.change", "authorisation.grant")
LOOK = Needs.any_of("dossier.read", "audit.read")
BOTH = ("GET", "POST")
ONE = "dossiers/<uuid:dossier_id>/"


def inside(
    path: str,
    view: AnyView,
    name: str,
    needs: Needs,
    methods: tuple[str, ...] = ("GET",),
    *,
    only_reads: bool = False,
) -> URLPattern:
    """A page inside a dossier."""
    given: dict[str, Any] = {"name": f"dossiers:{name}", "needs": needs, "methods": methods, "only_reads": only_reads}
    return page(ONE + path, view, touches="dossier", personal=True, **given)


urlpatterns: list[URLPattern] = [
    page("", day.day, name="dossiers:day", needs=Needs.staff(), personal=True),
    page("dag/<uuid:task_id>/", day.task, name="dossiers:task", needs=Needs.staff(), personal=True),
    page("dossiers/", lists.dossiers, name="dossiers:list", needs=READ, personal=True),
    page(
        "zoeken/",
        lists.find,
        name="dossiers:search",
        needs=Needs.capability("search.use"),
        methods=BOTH,
        personal=True,
        only_reads=True,
    ),
    page(
        "dossiers/nieuw/",
        lists.open_new,
        name="dossiers:open",
        needs=Needs.capability("dossier.open"),
        methods=BOTH,
        personal=True,
    ),
    inside("", recording.show, "timeline", READ),
    inside("vermelding/", recording.add, "add_entry", ADD, BOTH),
    inside("vermelding/concept/", recording.keep, "keep_draft", ADD, ("POST",)),
    inside("vermelding/concept/weg/", recording.forget, "forget_draft", ADD, ("POST",)),
    inside("vermelding/<uuid:entry_id>/", recording.reword, "reword", CHANGE, BOTH),
    inside("vermelding/<uuid:entry_id>/concept/", recording.keep_rewording, "keep_rewording", CHANGE, ("POST",)),
    inside("vermelding/<uuid:entry_id>/versies/", recording.versions, "versions", READ),
    inside("aantekeningen/", notes.notes, "notes", NOTE, BOTH),
    inside("aantekeningen/<uuid:note_id>/", notes.note, "note", NOTE),
    inside("aantekeningen/<uuid:note_id>/vernietigen/", notes.destroy, "destroy_note", NOTE, ("POST",)),
    inside("aantekeningen/<uuid:note_id>/later/", notes.postpone, "postpone_note", NOTE, ("POST",)),
    inside("personen/", people.people, "people", READ),
    inside("personen/nieuw/", person.add, "add_person", CHANGE, BOTH),
    inside("personen/<uuid:person_id>/", person.change, "change_person", CHANGE, BOTH),
    inside("personen/<uuid:person_id>/oordeel/", capacity.judge, "capacity", JUDGE, BOTH),
    inside("personen/<uuid:person_id>/adres/", people.reveal, "reveal_address", READ, ("POST",), only_reads=True),
    inside("personen/<uuid:person_id>/contact/", people.contact, "reveal_contact", READ, ("POST",), only_reads=True),
    inside("personen/<uuid:person_id>/bsn/", people.number, "reveal_bsn", CHANGE, ("POST",), only_reads=True),
    inside("toegang/", access.access, "access", GRANT, BOTH),
    inside("toegang/<uuid:assignment_id>/einde/", access.end, "end_access", GRANT, ("POST",)),
    inside("wie-keek/", access.who_looked, "looked", LOOK),
]
