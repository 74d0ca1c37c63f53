"""`manage.py routes [--json]`: every address, who may open it, and whether it touches personal data.

Who may is read from the regulations that are shipped, not from a database; so the list can be made before
anything runs, and compared between two releases.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand

from casemgmt.policy.loader import load_profile, shipped_profiles
from casemgmt.web.routes import Need, Needs, Route, declarations

Capabilities = Mapping[str, Mapping[str, frozenset[str]]]
WRITING = {"POST"}


class Command(BaseCommand):
    """manage.py routes [--json]"""

    help = "List every address with its name, methods, roles and whether it touches personal data."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """People read a table, programs JSON."""
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them in the order of the URLconf."""
        rows = [row(route, capabilities()) for route in declarations()]
        if options["json"]:
            self.stdout.write(json.dumps({"routes": rows}, indent=2, ensure_ascii=False))
            return
        for each in rows:
            self.stdout.write(f"{'/'.join(each['methods']):9} {each['path']:70} {each['needs']}")


def capabilities() -> Capabilities:
    """What each role may do, by organisation, as the newest shipped regulations say."""
    return {slug: dict(_of(load_profile(paths[-1]))) for slug, paths in sorted(shipped_profiles().items())}


def _of(profile: Any) -> Iterator[tuple[str, frozenset[str]]]:
    for key, role in profile.roles.table.items():
        yield key.value, frozenset(given.value for given in role.capabilities)


def row(route: Route, given: Capabilities) -> dict[str, Any]:
    """One address as a tester wants it; an address without a declaration has no methods and nobody's roles."""
    declared = route.declaration
    if declared is None:
        return {"name": route.name, "path": f"/{route.pattern}", "methods": [], "needs": "undeclared"}
    return {
        "name": declared.name,
        "path": f"/{route.pattern}",
        "methods": list(declared.methods),
        "needs": str(declared.needs),
        "roles": {slug: roles_allowed(declared.needs, of_role) for slug, of_role in given.items()},
        "portal": _opens_portal(declared.needs, route.pattern),
        "public": declared.needs.is_public,
        "object": declared.touches,
        # A form that comes back with its faults shows what it is about, so posting reads as well.
        "reads_personal_data": declared.personal,
        "writes_personal_data": declared.personal and not declared.only_reads and bool(WRITING & set(declared.methods)),
    }


def roles_allowed(needs: Needs, of_role: Mapping[str, Iterable[str]]) -> list[str]:
    """The staff roles of one organisation that a page admits; the door of a dossier judges further."""
    if needs.is_public or needs.kind in (Need.STAFF, Need.SIGNED_IN):
        return sorted(of_role)
    wanted = {option.name for option in needs.options or (needs,) if option.kind is Need.CAPABILITY}
    everybody = any(option.kind in (Need.STAFF, Need.SIGNED_IN) for option in needs.options)
    return sorted(role for role, given in of_role.items() if everybody or wanted & set(given))


def _opens_portal(needs: Needs, pattern: str) -> bool:
    return pattern.startswith("mijn/") and (needs.is_public or "portal" in str(needs))
