"""Somebody opens a dossier with the code of this checkout, on whatever schema the databases have.

python -m tests.services.opening EMAIL NUMBER
"""

from __future__ import annotations

import sys

import django


def main(email: str, number: str) -> None:
    """Open it in the first team of this colleague of staff; raises whatever is in the way."""
    from django.db import transaction

    from casemgmt.accounts.models import User
    from casemgmt.base import clock
    from casemgmt.base.organisation import organisation
    from casemgmt.organisations.actors import actor_for
    from casemgmt.organisations.models import Membership, Organisation
    from dossiers.acts import NewDossier, create_dossier

    user = User.objects.get(email=email)
    place = Organisation.objects.get(slug=email.partition("@")[2].partition(".")[0])
    with organisation(place.id):
        with transaction.atomic():
            unit = Membership.objects.filter(user_id=user.id).values_list("unit_id", flat=True)[0]
        new = NewDossier(number=number, name="Een nieuw gezin", unit_id=unit)
        create_dossier(new, by=actor_for(user, clock.today()), at=clock.now())


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
