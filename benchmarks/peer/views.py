"""The list, and a bare view behind the same middleware."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from guardian.shortcuts import get_objects_for_user

from benchmarks.peer.models import Dossier, Look

ORGANISATION = 0


def mine(user: Any) -> Any:
    """The dossiers of the user's organisation that guardian lets them see."""
    there = Dossier.objects.filter(organisation=ORGANISATION)
    return get_objects_for_user(user, "peer.view_dossier", there, accept_global_perms=False)


@login_required
def dossiers(request: HttpRequest) -> HttpResponse:
    """The newest 25, and one row that they were seen, in one transaction."""
    with transaction.atomic():
        rows = list(mine(request.user).order_by("-opened_at", "-id")[:25])
        Look.objects.create(user_id=request.user.pk, what="worklist")
    return render(request, "peer/list.html", {"rows": rows})


def bare(request: HttpRequest) -> HttpResponse:
    """Nothing but who asks."""
    return HttpResponse("ok" if request.user.is_authenticated else "who?")
