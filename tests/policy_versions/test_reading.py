"""A profile as something to read: nothing is left out, and no key of the code reaches a reader."""

from __future__ import annotations

import re

import pytest

from casemgmt.policy import drawing, sentences
from casemgmt.policy.catalogue import field_catalogue
from casemgmt.policy.loader import newest_shipped, with_value
from casemgmt.policy.readable import sections, shown_raw

SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_value_that_can_be_changed_can_be_read(slug: str) -> None:
    profile = newest_shipped(slug)
    paths = {rule.path for section in sections(profile) for group in section.groups for rule in group.rules}
    assert {field.path for field in field_catalogue(profile)} <= paths


@pytest.mark.parametrize("slug", SLUGS)
def test_rules_have_one_place_each(slug: str) -> None:
    anchors = [r.anchor for s in sections(newest_shipped(slug)) for g in s.groups for r in g.rules]
    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize("slug", SLUGS)
def test_no_key_of_the_code_is_shown_as_a_value(slug: str) -> None:
    for section in sections(newest_shipped(slug)):
        for group in section.groups:
            for rule in group.rules:
                told = [rule.title, rule.value, *(value for _label, value in rule.details)]
                assert not [one for one in told if re.search(r"[a-z]_[a-z]", one)], rule.path


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("capable", [True, False])
def test_the_drawing_of_ages_has_its_numbers_as_a_table(slug: str, capable: bool) -> None:
    made = drawing.ages(newest_shipped(slug), capable=capable)
    assert made.rows
    assert all(len(row) == len(made.columns) for row in made.rows)
    assert "style=" not in made.svg


def test_the_drawing_of_what_moves_escapes_its_titles() -> None:
    made = drawing.moved([{"title": "<b>", "moved": 1, "due_at_once": 0, "total": 0}])
    assert "<b>" not in made.svg
    assert made.rows == (("<b>", "1", "0", "0"),)


@pytest.mark.parametrize(
    ("raw", "said"),
    [("4 weeks", "4 weken"), (True, "ja"), (None, "geen"), ([], "geen"), ([14, 7], "14, 7"), ("x", "x"), ({}, "…")],
)
def test_raw_values_are_said_in_dutch(raw: object, said: str) -> None:
    assert shown_raw(raw) == said


def test_a_changed_term_makes_its_sentence_and_the_one_above_it_untrue() -> None:
    base = newest_shipped("sterk-huis")
    longer = with_value(base, "retention.classes.dossier.term", "20 years")
    assert {one.path for one in sentences.stale(base, longer)} == {
        "retention.classes.dossier.term",
        "retention.classes.dossier",
    }
    assert sentences.stale(base, base) == ()
    for path in ("retention.classes.dossier.term", "retention.classes.dossier"):
        longer = sentences.with_sentence(longer, path, "Wij bewaren dit twintig jaar.")
    assert sentences.stale(base, longer) == ()


def test_yes_that_becomes_no_needs_another_sentence() -> None:
    base = newest_shipped("sterk-huis")
    path = next(f.path for f in field_catalogue(base) if f.type == "yes_no" and f.path.startswith("requests"))
    turned = with_value(base, path, not next(f.value for f in field_catalogue(base) if f.path == path))
    assert path in {one.path for one in sentences.stale(base, turned)}


@pytest.mark.parametrize("path", ["words.client", "no.such", "meta.slug"])
def test_only_a_rule_has_a_sentence_to_change(path: str) -> None:
    with pytest.raises(KeyError):
        sentences.with_sentence(newest_shipped("sterk-huis"), path, "Een andere zin.")


@pytest.mark.parametrize("told", ["", "x", "y" * 601])
def test_a_sentence_is_neither_empty_nor_endless(told: str) -> None:
    with pytest.raises(ValueError, match="house_rules"):
        sentences.with_sentence(newest_shipped("sterk-huis"), "house_rules.cooling_off", told)
