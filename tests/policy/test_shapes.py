"""A regulation that was published once can always be read, whatever the schema has become since."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from casemgmt.policy import shapes, toml_text
from casemgmt.policy.loader import ProfileError, newest_shipped, parse_profile, shipped_profiles
from casemgmt.policy.schema.profile import hash_of
from casemgmt.policy.versions import body_of, parse_body

from . import shape

# As they were stored before working notes lost their setting. A body is added when a step is, and none ever goes.
BODIES = sorted((Path(__file__).parent / "bodies").glob("*.json"))
ADVICE = (
    "The shape of stored regulations changed. What is published already is never rewritten, and the release before "
    "this one reads what this one writes while both run (CONTRIBUTING, “Regulations that are stored”). Add a step to "
    "casemgmt/policy/shapes.py, with a body of before it in tests/policy/bodies, then record the shape anew: "
    "python -m tests.policy.shape > tests/policy/shape.txt\n"
)


@pytest.fixture(params=BODIES, ids=[path.stem for path in BODIES])
def stored(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return path.read_text(encoding="utf-8")


def test_there_is_an_older_body_of_every_shipped_regulation() -> None:
    assert {json.loads(path.read_text(encoding="utf-8"))["meta"]["slug"] for path in BODIES} == set(shipped_profiles())


def test_a_body_of_an_earlier_shape_is_read_and_keeps_the_version_it_was_published_as(stored: str) -> None:
    profile = parse_body(stored)
    assert profile.access.notes_author_only.sentence == json.loads(stored)["access"]["notes_author_only"]["sentence"]
    assert profile.version_id.endswith(f"_{hash_of(json.loads(stored))[:12]}")
    assert profile.content_hash != hash_of(json.loads(stored))


def test_a_change_made_in_a_regulation_of_an_earlier_shape_is_stored_as_today(stored: str) -> None:
    again = parse_body(body_of(parse_body(stored)))
    assert again.content() == parse_body(stored).content()
    assert again.version_id.endswith(f"_{again.content_hash[:12]}")


def test_a_file_that_an_earlier_release_wrote_is_read(stored: str) -> None:
    assert parse_profile(toml_text.write(json.loads(stored))).content() == parse_body(stored).content()


def test_each_step_does_something_once_and_leaves_what_it_was_given(stored: str) -> None:
    before = json.loads(stored)
    given: shapes.Body = copy.deepcopy(before)
    for step in shapes.STEPS:
        assert step.name and step.reason
        after = step.change(given)
        assert after is not given, f"no body here is from before “{step.name}”"
        assert step.change(after) is after
        given = after
    assert given == shapes.of_today(before) and before == json.loads(stored)


@pytest.mark.parametrize("slug", sorted(shipped_profiles()))
def test_no_step_touches_a_body_of_today(slug: str) -> None:
    body = json.loads(body_of(newest_shipped(slug)))
    assert shapes.of_today(body) is body
    assert parse_body(body_of(newest_shipped(slug))) == newest_shipped(slug)


@pytest.mark.parametrize("wrong", [{}, {"access": 1}, {"access": {"notes_author_only": []}}, {"access": {}}])
def test_what_is_no_regulation_is_left_to_the_schema(wrong: dict[str, Any]) -> None:
    assert shapes.of_today(wrong) is wrong
    with pytest.raises(ProfileError):
        parse_profile(toml_text.write(wrong))


def test_a_house_that_let_others_read_working_notes_promises_that_no_more() -> None:
    body = json.loads(BODIES[1].read_text(encoding="utf-8"))
    assert body["meta"]["slug"] == "gebiedsteam-opsterland"
    body["access"]["notes_author_only"] |= {"value": False, "sentence": "Collega's lezen werkaantekeningen mee."}
    profile = parse_body(json.dumps(body))
    assert "alleen voor de schrijver" in profile.access.notes_author_only.sentence
    assert profile.version_id.endswith(hash_of(body)[:12])


def test_the_shape_of_regulations_is_the_recorded_one() -> None:
    recorded = shape.RECORD.read_text(encoding="utf-8").splitlines()
    gone = [f"- {line}" for line in recorded if line not in set(shape.lines())]
    new = [f"+ {line}" for line in shape.lines() if line not in set(recorded)]
    assert not gone + new, ADVICE + "\n".join(gone + new)


def test_the_record_says_what_each_key_holds_and_whether_it_must_be_there() -> None:
    told = shape.lines()
    assert "Access.notes_author_only!: Cited" in told
    assert "HouseRules.draft_kept: Valued[Term] or nothing" in told
    assert "Requests.kinds!: table of Request by RequestKind" in told
    assert any(line.startswith("Capability is ") for line in told)
