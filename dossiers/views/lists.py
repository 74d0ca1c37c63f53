"""The worklist, search, and opening a dossier."""

from django.http import HttpRequest, HttpResponse

from casemgmt.base import clock
from casemgmt.base.errors import Conflict
from casemgmt.web import forms
from casemgmt.web.render import is_partial, render, render_block, see_other
from dossiers.acts import MAY_OPEN
from dossiers.content import SavedBefore
from dossiers.forms import OpenForm, SearchForm
from dossiers.opening import open_with_client, suggested_number, units_for
from dossiers.search import SearchResult, search
from dossiers.views.asked import actor_of, given, place_of, refused
from dossiers.worklist import worklist


def dossiers(request: HttpRequest) -> HttpResponse:
    """The dossiers one works with, newest first."""
    after = given(request, "after")
    values = {"list": worklist(actor_of(request), after), "form": SearchForm(), "first": not after}
    return render(request, "dossiers/list.html", values)


def find(request: HttpRequest) -> HttpResponse:
    """Find dossiers by name, number or BSN; the palette gets rows, everybody else a page.

    Only what is posted is searched for: an address with a name or a BSN in it ends up in logs and histories.
    """
    form = SearchForm(request.POST if request.method == "POST" else None)
    result: SearchResult | None = None
    if form.is_bound and form.is_valid():
        result = search(actor_of(request), form.cleaned_data["q"], clock.today())
    if is_partial(request):
        return render_block(request, "dossiers/search.html", "rows", {"result": result, "form": form})
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "dossiers/search.html", {"result": result, "form": form}, status=status)


def open_new(request: HttpRequest) -> HttpResponse:
    """Open a dossier with its first client."""
    actor, place = actor_of(request), place_of(request)
    units = units_for(actor.units_where(MAY_OPEN))
    if request.method == "GET":
        number = suggested_number(place.abbreviation, clock.today())
        form = OpenForm(units=units, initial={"number": number})
        return render(request, "dossiers/open.html", {"form": form})
    form = OpenForm(request.POST, units=units)
    if form.is_valid():
        try:
            dossier_id = open_with_client(form.cleaned_data, by=actor, at=clock.now())
        except SavedBefore as before:
            return refused(request, "dossiers/open.html", form, before)
        except Conflict as taken:
            form.add_error("number", taken.sentence)
        else:
            return see_other(request, "dossiers:timeline", dossier_id=dossier_id)
    return forms.invalid(request, "dossiers/open.html", form)
