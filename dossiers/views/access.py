"""Who works with a dossier, adding and ending that, and who looked."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.organisations.actors import Actor
from casemgmt.policy.words import role_label
from casemgmt.web import charts, forms
from casemgmt.web.render import render, see_other
from dossiers.access import change_dossier, open_dossier
from dossiers.acts import NewAssignment, end_access, give_access
from dossiers.forms import AccessForm
from dossiers.frame import Frame, load_frame
from dossiers.looks import Looks, looks_at
from dossiers.models import Dossier
from dossiers.readers import Colleague, colleagues_of, may_be_added
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of, given

Loaded = tuple[Frame, tuple[Colleague, ...], list[tuple[UUID, str]]]


def access(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Who may open this dossier, and a form to add a colleague."""
    actor, on = actor_of(request), clock.today()
    frame, colleagues, others = _load(actor, dossier_id)
    values = {
        "frame": frame,
        "colleagues": colleagues,
        # Each role is looked up once, however many colleagues have it.
        "roles": {role: role_label(role, on) for role in {one.role for one in colleagues if one.ground == "team"}},
        "me": actor.user_id,
        "today": on,
    }
    if request.method == "GET":
        form = AccessForm(colleagues=others, initial={"starts_on": on})
        return render(request, "dossiers/access.html", values | {"form": form})
    form = AccessForm(request.POST, colleagues=others)
    if not form.is_valid():
        return forms.invalid(request, "dossiers/access.html", form, values)
    new = NewAssignment(
        user_id=UUID(form.cleaned_data["user"]),
        role_in_care=form.cleaned_data["role_in_care"],
        starts_on=form.cleaned_data["starts_on"],
        ends_on=form.cleaned_data["ends_on"],
        ground=form.cleaned_data["ground"],
    )
    change_dossier(
        actor,
        dossier_id,
        way(actor),
        lambda dossier: give_access(dossier, new, by=actor).id,
        data="access",
        action=Action.GRANT,
    )
    return see_other(request, "dossiers:access", dossier_id=dossier_id)


def end(request: HttpRequest, dossier_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Let a colleague's access end now."""
    actor, on = actor_of(request), clock.today()
    change_dossier(
        actor,
        dossier_id,
        way(actor),
        lambda dossier: end_access(dossier, assignment_id, on=on),
        data="access",
        action=Action.GRANT,
    )
    messages.success(request, _("The access has ended. The next click is already refused."))
    return see_other(request, "dossiers:access", dossier_id=dossier_id)


def who_looked(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Who looked when: a cell per day, and every event in a table."""
    actor, on = actor_of(request), clock.today()
    verb = Verb.READ_TRAIL if actor.may(Verb.READ_TRAIL) else Verb.READ

    def load(dossier: Dossier) -> tuple[Frame, Looks]:
        return load_frame(dossier, actor, on, "looked"), looks_at(dossier, actor, on, given(request, "after"))

    frame, looks = open_dossier(actor, dossier_id, verb, load, data="trail")
    chart = charts.calendar(looks.per_day, looks.first, looks.last, looks.refused_on)
    return render(request, "dossiers/looked.html", {"frame": frame, "looks": looks, "chart": chart})


def way(actor: Actor) -> Verb:
    """By which right somebody gives access: as the one who grants authorisations, else by working here."""
    return Verb.GRANT_ACCESS if actor.may(Verb.GRANT_ACCESS) else Verb.CHANGE


def _load(actor: Actor, dossier_id: UUID) -> Loaded:
    on = clock.today()

    def load(dossier: Dossier) -> Loaded:
        frame = load_frame(dossier, actor, on, "access")
        return frame, colleagues_of(dossier, on), may_be_added(dossier, on)

    return open_dossier(actor, dossier_id, way(actor), load, data="access")
