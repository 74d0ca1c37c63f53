"""Fills the comparison's database from the same recipe, and signs its people in.

    python -m benchmarks.peer.prepare <dossiers>

Runs in a process of its own, for it is a Django project of its own. Prints the sessions as JSON.
"""

import json
import os
import sys
from typing import Any

from benchmarks.recipe import (
    SHARES,
    TEAMS,
    assignments_of,
    clients_of,
    family_name,
    opened_at,
    organisation_of,
    people,
    team_of,
    teams_of,
)


def main(dossiers: int) -> int:
    """Fill what is empty, and print a session for everybody."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peer.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    # The comparison has no migrations of its own: its tables are made as the models say.
    call_command("migrate", run_syncdb=True, verbosity=0)
    from benchmarks.peer.models import Dossier

    if not Dossier.objects.exists():
        users = _people(dossiers)
        _dossiers(dossiers)
        _grants(users, dossiers)
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze")
    print(json.dumps(_sessions()))
    return 0


def _people(dossiers: int) -> dict[tuple[str, int], int]:
    from django.contrib.auth.models import Group, User

    groups = [[Group.objects.create(name=f"{index}-{team}") for team in range(TEAMS)] for index in range(len(SHARES))]
    users = {}
    for kind, number, _id in people():
        user = User.objects.create(username=_username(kind, number), is_staff=True)
        user.groups.set([groups[0][team] for team in teams_of(kind, number)])
        users[kind, number] = user.pk
    return users


def _username(kind: str, number: int) -> str:
    return f"{kind}-{number}".replace(" ", "-")


def _dossiers(dossiers: int) -> None:
    lines = (
        f"{n}\t{organisation_of(n)}\t{team_of(n)}\tB-{n:08d}\t{family_name(n)}\t"
        f"{', '.join(called for _p, called, _b in clients_of(n))}\t{opened_at(n)}\n"
        for n in range(dossiers)
    )
    _copy("peer_dossier (id, organisation, team, number, name, clients, opened_at)", lines)


def _grants(users: dict[tuple[str, int], int], dossiers: int) -> None:
    from django.contrib.auth.models import Group, Permission

    right = Permission.objects.get(codename="view_dossier", content_type__app_label="peer")
    groups = dict(Group.objects.values_list("name", "pk"))
    what = "(permission_id, content_type_id, object_pk, {})"
    _copy(
        "guardian_groupobjectpermission " + what.format("group_id"),
        (
            f"{right.pk}\t{right.content_type_id}\t{n}\t{groups[f'{organisation_of(n)}-{team_of(n)}']}\n"
            for n in range(dossiers)
        ),
    )
    _copy(
        "guardian_userobjectpermission " + what.format("user_id"),
        (
            f"{right.pk}\t{right.content_type_id}\t{n}\t{user}\n"
            for (kind, number), user in users.items()
            for n in assignments_of(kind, number, dossiers)
        ),
    )


def _copy(where: str, lines: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(f"copy {where} from stdin") as copy:
        for line in lines:
            copy.write(line)


def _sessions() -> dict[str, str]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    found = {}
    for kind, number, _id in people():
        user = User.objects.get(username=_username(kind, number))
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        found[f"{kind}/{number}"] = str(session.session_key)
    return found


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
