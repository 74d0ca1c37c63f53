"""Judging whether a client can weigh own interests: a small page of its own, for whoever holds that capability."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema.values import Cited
from casemgmt.web import forms
from casemgmt.web.render import render, see_other
from dossiers.access import change_dossier, open_dossier
from dossiers.forms import CapacityForm
from dossiers.frame import Frame, load_frame, regulation
from dossiers.models import Dossier
from dossiers.people.capacity import client_in, judge_capacity, way_to_judge
from dossiers.timeline import names_of
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of

PAGE = "dossiers/capacity.html"


@dataclass(frozen=True, slots=True)
class CapacityPage:
    """What is on record of a client, and the rule that names a judge (None where the regulation names none)."""

    person_id: UUID
    name: str
    capable: bool
    judged_at: datetime | None
    judged_by: str
    rule: Cited | None


def judge(request: HttpRequest, dossier_id: UUID, person_id: UUID) -> HttpResponse:
    """Record that a client cannot weigh own interests, or can again (GT-22.4)."""
    actor, at = actor_of(request), clock.now()
    on = clock.local_date(at)

    def load(dossier: Dossier) -> tuple[Frame, CapacityPage]:
        return load_frame(dossier, actor, on, "people"), _page(dossier, person_id, at)

    way = _way(actor, on)
    frame, page = open_dossier(actor, dossier_id, way, load, data="capacity")
    form = CapacityForm(
        request.POST if request.method == "POST" else None,
        # Where nobody judged, none is suggested.
        initial={} if page.capable else {"judgement": "incapable"},
    )
    if not form.is_bound:
        return render(request, PAGE, {"frame": frame, "page": page, "form": form})
    if not form.is_valid():
        return forms.invalid(request, PAGE, form, {"frame": frame, "page": page})
    capable = form.cleaned_data["judgement"] == "capable"
    change_dossier(
        actor,
        dossier_id,
        way,
        lambda d: judge_capacity(d, person_id, capable=capable, by=actor, at=at).id,
        data="capacity",
    )
    return see_other(request, "dossiers:people", dossier_id=dossier_id)


@reads
def _way(actor: Actor, on: date) -> Verb:
    return way_to_judge(actor, on)


def _page(dossier: Dossier, person_id: UUID, at: datetime) -> CapacityPage:
    person = client_in(dossier, person_id)
    by = next(iter(names_of([person.capable_judged_by_id]).values()), "")
    profile = regulation(clock.local_date(at))
    rule = profile.representation.judged_by if profile else None
    return CapacityPage(person.id, person.name, person.capable, person.capable_judged_at, by, rule)
