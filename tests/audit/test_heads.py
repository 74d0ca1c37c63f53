"""A published head is held against the organisation of its id, and nothing that was published is passed over."""

import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections, transaction

from casemgmt.organisations.models import Organisation
from tests.audit.conftest import Place, Tamper, look

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
Rows = list[dict[str, Any]]


def heads() -> Rows:
    out = io.StringIO()
    call_command("audit_head", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def old(rows: Rows) -> Rows:
    """As the release before published them."""
    return [{key: value for key, value in row.items() if key != "id"} for row in rows if row["organisation"]]


def verdict(tmp_path: Path, rows: Rows, *words: str) -> tuple[int, Rows]:
    (file := tmp_path / "heads.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out, code = io.StringIO(), 0
    try:
        call_command("audit_verify", "--json", "--head", str(file), *words, stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return code, [line for line in lines if not line["ok"]]


def emptied(tamper: Tamper) -> None:
    """Everything of the first organisation's trail is gone: inside the database all agrees."""
    for table in ("accessevent", "auditlink", "audithead"):
        tamper(f"delete from audit_{table}")


def renamed(place: Place) -> None:
    """As the application's own role may do."""
    with transaction.atomic():
        Organisation.objects.filter(id=place.id).update(slug="heel-anders")


def test_another_slug_hides_no_cut(places: list[Place], tamper: Tamper, tmp_path: Path) -> None:
    look(places[0], 5)
    published = heads()
    assert [row["id"] for row in published] == [str(places[0].id), str(places[1].id), None]
    renamed(places[0])
    assert verdict(tmp_path, published) == (0, []), "a new name alone is nothing wrong"
    emptied(tamper)
    code, (line,) = verdict(tmp_path, published)
    assert (code, line["organisation"], line["problem"]["wrong"]) == (1, "heel-anders", "cut")


def test_a_head_of_an_earlier_release_is_read_by_its_slug_and_of_a_slug_that_is_gone_it_is_wrong(
    places: list[Place], tmp_path: Path
) -> None:
    look(places[0], 5)
    published = heads()
    assert verdict(tmp_path, old(published)) == (0, [])
    renamed(places[0])
    code, (line,) = verdict(tmp_path, old(published))
    assert (code, line["organisation"], line["problem"]["wrong"]) == (1, "sterk-huis", "nobodys")
    assert verdict(tmp_path, old(published), "--organisation", "veilig-thuis-hm") == (0, [])
    assert verdict(tmp_path, old(published) + published) == (0, []), "a later line tells which organisation it was"


def test_an_organisation_that_was_removed_is_named_with_its_longest_head(places: list[Place], tmp_path: Path) -> None:
    published = heads()
    gone = [{**published[0], "organisation": "weg", "id": str(uuid4()), "seq": seq, "hash": "00"} for seq in (3, 9, 4)]
    gone = [{**row, "id": gone[0]["id"]} for row in gone]
    code, (line,) = verdict(tmp_path, published + gone)
    assert (code, line["organisation"], line["problem"]["wrong"]) == (1, "weg", "nobodys")
    assert (line["problem"]["row_id"], line["problem"]["seq"]) == (gone[0]["id"], 9)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("audit_verify", head=str(tmp_path / "heads.jsonl"), stdout=out)
    assert "weg: WRONG. This head was published of an organisation that is not there" in out.getvalue()


def test_another_organisation_under_the_same_slug_takes_no_heads_over(places: list[Place], tmp_path: Path) -> None:
    look(places[0], 2)
    published = heads()
    renamed(places[0])
    Organisation.objects.create(slug="sterk-huis", name="Ander", kind="test", abbreviation="A")
    assert verdict(tmp_path, published) == (0, [])
    assert verdict(tmp_path, [{**published[0], "id": str(uuid4())}])[1][0]["problem"]["wrong"] == "nobodys"


@pytest.mark.parametrize(
    "row", [{"seq": 1, "hash": ""}, {"organisation": None, "id": str(uuid4()), "seq": 1, "hash": ""}, [], "x"]
)
def test_a_line_that_is_no_head_is_refused(place: Place, tmp_path: Path, row: Any) -> None:
    with pytest.raises(CommandError, match="does not hold heads"):
        verdict(tmp_path, [row])
    connections["default"].close()
