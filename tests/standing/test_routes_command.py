"""`manage.py routes --json` tells testers and operators what the URLconf promises."""

import json
from functools import cache
from io import StringIO
from typing import Any

from django.core.management import call_command

from casemgmt.management.commands.routes import Holder, roles_allowed
from casemgmt.web.routes import Needs, declarations

FIELDS = {"name", "path", "methods", "needs", "roles", "portal", "public", "object"}
FIELDS |= {"reads_personal_data", "writes_personal_data"}


@cache
def listed() -> list[dict[str, Any]]:
    """Asked once, since it reads four regulations and every address."""
    out = StringIO()
    call_command("routes", "--json", stdout=out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())["routes"]
    return found


def test_every_address_is_listed_once_with_everything() -> None:
    rows = listed()
    assert len(rows) == len(list(declarations()))
    assert len({row["path"] for row in rows}) == len(rows)
    assert all(set(row) == FIELDS for row in rows if row["needs"] != "undeclared")


def test_the_roles_are_those_of_each_organisations_regulation() -> None:
    timeline = next(row for row in listed() if row["name"] == "dossiers:timeline")
    assert len(timeline["roles"]) == 4
    assert all("caseworker" in roles for roles in timeline["roles"].values())
    assert all("organisation_administrator" not in roles for roles in timeline["roles"].values())
    assert timeline["reads_personal_data"] and not timeline["writes_personal_data"]
    assert timeline["object"] == "dossier"


def test_needs_are_read_as_the_entrance_reads_them() -> None:
    given = {"a": Holder(frozenset({"x"})), "b": Holder(frozenset({"y"})), "c": Holder()}
    assert roles_allowed(Needs.capability("x"), given) == ["a"]
    assert roles_allowed(Needs.any_of("x", "y"), given) == ["a", "b"]
    assert roles_allowed(Needs.any_of("x", Needs.staff()), given) == ["a", "b", "c"]
    assert roles_allowed(Needs.staff(), given) == ["a", "b", "c"]
    assert roles_allowed(Needs.portal(), given) == []
    assert roles_allowed(Needs.public(), given) == ["a", "b", "c"]


def test_a_role_that_reads_only_under_a_supervisor_is_not_among_those_of_a_page_that_needs_more() -> None:
    given = {
        "reads": Holder(frozenset({"x", "read"})),
        "desk": Holder(frozenset({"x"})),
        "follows": Holder(frozenset({"x", "read"}), supervised=True),
    }
    assert roles_allowed(Needs.capability("x", alone="read"), given) == ["desk", "reads"]
    assert roles_allowed(Needs.capability("x"), given) == ["desk", "follows", "reads"]


def test_people_get_a_table() -> None:
    out = StringIO()
    call_command("routes", stdout=out)
    assert "/health/" in out.getvalue()
