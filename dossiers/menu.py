"""Where our pages stand in the main menu and in a dossier's own, and where search lives."""

from django.http import HttpRequest
from django.utils.translation import gettext_noop

from casemgmt.organisations.actors import Actor
from casemgmt.web import navigation
from casemgmt.web.context import provides
from casemgmt.web.routes import Needs, reverse
from dossiers.content import author_of
from dossiers.models import Dossier, Person, WorkingNote
from dossiers.sections import section

navigation.item(gettext_noop("My day"), "checklist", "dossiers:day", 10, key="m", not_of=("dossiers:search",))
navigation.item(
    gettext_noop("Dossiers"), "folders", "dossiers:list", 20, needs=Needs.capability("dossier.read"), key="d"
)


def _people(dossier: Dossier, actor: Actor) -> int:
    return Person.objects.filter(dossier=dossier).count()


def _own_notes(dossier: Dossier, actor: Actor) -> int:
    return WorkingNote.objects.filter(dossier=dossier, author_id=author_of(actor)).count()


section("timeline", gettext_noop("Timeline"), "dossiers:timeline", 10, "dossier.read")
section("people", gettext_noop("People"), "dossiers:people", 20, "dossier.read", _people)
section("notes", gettext_noop("My notes"), "dossiers:notes", 10, "note.keep", _own_notes, group=1)
section("looked", gettext_noop("Who looked here"), "dossiers:looked", 10, "dossier.read", group=2)
section("access", gettext_noop("Who works here"), "dossiers:access", 20, "dossier.change", group=2)


@provides("search_address")
def _search_address(request: HttpRequest | None) -> str | None:
    actor = getattr(request, "actor", None)
    if actor is None or not actor.may("search.use"):
        return None
    return reverse("dossiers:search", getattr(request, "organisation", None).slug)  # type: ignore[union-attr]
