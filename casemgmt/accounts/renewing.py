"""What accounts have locked with the master key, during a change of that key: sealed again, or counted until it lapses.

Secrets of authenticators are sealed again. The hash of an invitation's code cannot be made again without the code,
so an open invitation keeps the previous key in use until it is accepted, sent again or out of date.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.db import transaction

from casemgmt.accounts import codes
from casemgmt.accounts.models import PortalInvitation, StaffInvitation
from casemgmt.accounts.secrets import resealed

# What allauth seals of an authenticator: the secret of an app, the seed of recovery codes.
_SEALED = ("secret", "seed")
STEP = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One step through the authenticators; ``last`` is where the next begins, None after the end."""

    last: int | None
    renewed: int
    shut: int


def renew_secrets(after: int = 0) -> Step:
    """Seal the next authenticators' secrets under the present master key; ``shut`` counts what no key of ours opens."""
    renewed = shut = 0
    with transaction.atomic():
        rows = list(Authenticator.objects.select_for_update().filter(pk__gt=after).order_by("pk")[:STEP])
        for row in rows:
            try:
                data = _renewed(row.data)
            except (InvalidTag, ValueError):
                shut += 1
                continue
            if data != row.data:
                row.data = data
                row.save(update_fields=["data"])
                renewed += 1
    return Step(rows[-1].pk if rows else None, renewed, shut)


def secrets_left() -> int:
    """How many authenticators are not yet under the present master key, and cannot do without another."""
    with transaction.atomic():
        return sum(_is_left(data) for data in Authenticator.objects.values_list("data", flat=True).iterator())


def invitations_left(at: datetime) -> int:
    """How many invitations that are open at ``at`` have a code that only the previous master key knows."""
    with transaction.atomic():
        kept = [
            hashed
            for model in (PortalInvitation, StaffInvitation)
            for hashed in model.objects.filter(used_at__isnull=True, expires_at__gt=at)
            .exclude(code_hash="")
            .values_list("code_hash", flat=True)
        ]
    return sum(not codes.is_present(hashed) for hashed in kept)


def _renewed(data: dict[str, Any]) -> dict[str, Any]:
    found = dict(data)
    for name in _SEALED:
        if name in data and (sealed := resealed(base64.b64decode(data[name]))) is not None:
            found[name] = base64.b64encode(sealed).decode()
    return found


def _is_left(data: dict[str, Any]) -> bool:
    try:
        return _renewed(data) != data
    except (InvalidTag, ValueError):
        return True
