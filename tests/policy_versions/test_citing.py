"""A document is explained by the version of the rules it was decided by, whatever holds on the day it is read."""

from datetime import date
from uuid import uuid4

import pytest

from casemgmt.policy import versions
from casemgmt.policy.citing import _cite_articles
from casemgmt.policy.versions import Held, profile_of, version_named
from tests.policy_versions.conftest import TODAY, Place, in_force, published

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_a_certificate_cites_the_version_it_names_and_not_the_one_of_another_day(inside: Place) -> None:
    first, second = in_force(), published(inside)
    old, new = profile_of(first), profile_of(second)
    articles = old.retention.classes["dossier"].articles
    for used, number in ((old, "versie 1"), (new, "versie 2")):
        for on in (date(2019, 11, 16), TODAY, date(2027, 6, 1)):
            said = _cite_articles(articles, used.version_id, on)
            assert said is not None and said.explanation
            assert said.version.startswith(number), (number, on)


def test_a_version_that_nobody_knows_explains_nothing(inside: Place) -> None:
    assert _cite_articles(["SH-4.2.1"], "sterk-huis_2017_000000000000", TODAY) is None


def test_of_two_versions_that_say_the_same_the_one_of_the_day_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said, other = "a" * 64, "b" * 64
    known = (
        Held(uuid4(), 1, date(2017, 1, 1), date(2027, 1, 1), said),
        Held(uuid4(), 2, date(2027, 1, 1), date(2028, 1, 1), other),
        Held(uuid4(), 3, date(2028, 1, 1), None, said),
    )
    monkeypatch.setattr(versions, "held_versions", lambda: known)
    for on, number in ((date(2027, 12, 31), 1), (date(2028, 1, 1), 3), (date(2020, 1, 1), 1), (None, 1)):
        named = version_named(f"sterk-huis_2017_{said[:12]}", on)
        assert named is not None and named.number == number, on
