"""`manage.py routes [--json]`: every address, who may open it, and whether it touches personal data.

Who may is read from the regulations that are shipped, not from a database; so the list can be made before
anything runs, and compared between two releases.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand

from casemgmt.policy.loader import load_profile, shipped_profiles
from casemgmt.web.routes import Needs, Route, declarations

WRITING = {"POST"}


@dataclass(frozen=True)
class Holder:
    """Somebody with one role and no other, as a need asks after them."""

    capabilities: frozenset[str] = frozenset()
    supervised: bool = False

    def may(self, capability: str) -> bool:
        """Whether the role gives the capability."""
        return capability in self.capabilities

    def only_supervised(self, capability: str) -> bool:
        """Whether it gives it under a supervisor."""
        return self.supervised and self.may(capability)


# By organisation and by role.
Holders = Mapping[str, Mapping[str, Holder]]


class Command(BaseCommand):
    """manage.py routes [--json]"""

    help = "List every address with its name, methods, roles and whether it touches personal data."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """People read a table, programs JSON."""
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them in the order of the URLconf."""
        given = holders()
        rows = [row(route, given) for route in declarations()]
        if options["json"]:
            self.stdout.write(json.dumps({"routes": rows}, indent=2, ensure_ascii=False))
            return
        for each in rows:
            self.stdout.write(f"{'/'.join(each['methods']):9} {each['path']:70} {each['needs']}")


def holders() -> Holders:
    """What each role may do, by organisation, as the newest shipped regulations say."""
    return {slug: dict(_of(load_profile(paths[-1]))) for slug, paths in sorted(shipped_profiles().items())}


def _of(profile: Any) -> Iterator[tuple[str, Holder]]:
    for key, role in profile.roles.table.items():
        yield key.value, Holder(frozenset(given.value for given in role.capabilities), role.needs_supervisor)


def row(route: Route, given: Holders) -> dict[str, Any]:
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


def roles_allowed(needs: Needs, of_role: Mapping[str, Holder]) -> list[str]:
    """The staff roles of one organisation that a page admits; the door of a dossier judges further."""
    return sorted(role for role, holder in of_role.items() if needs.allows(holder))


def _opens_portal(needs: Needs, pattern: str) -> bool:
    return pattern.startswith("mijn/") and (needs.is_public or "portal" in str(needs))
