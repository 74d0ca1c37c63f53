"""The four shipped profiles are whole, frozen and cited; a broken one is refused with its line and a Dutch sentence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from casemgmt.policy.loader import (
    ProfileError,
    differences,
    dump_profile,
    field_catalogue,
    load_profile,
    newest_shipped,
    parse_profile,
    shipped_profiles,
    with_value,
)
from casemgmt.policy.rules import conditions, facts
from casemgmt.policy.rules.access import may_access
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.people import Test as Condition
from casemgmt.policy.schema.vocabulary import Capability, Cell, Item, RequestKind, RoleKey

SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")
PREFIX = dict(zip(SLUGS, (("SH-", "SHC-"), ("VT-",), ("GT-",), ("BT-",)), strict=True))


@pytest.fixture(params=SLUGS)
def profile(request: pytest.FixtureRequest) -> Profile:
    return newest_shipped(request.param)


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, BaseModel):
        yield node
        for name in type(node).model_fields:
            yield from _nodes(getattr(node, name))
    elif isinstance(node, dict):
        for item in node.values():
            yield from _nodes(item)
    elif isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)


def test_all_four_are_shipped() -> None:
    assert set(shipped_profiles()) == set(SLUGS)


def test_a_profile_reads_back_from_its_own_text(profile: Profile) -> None:
    again = parse_profile(dump_profile(profile))
    assert again == profile
    assert again.version_id == profile.version_id
    assert hash(again) == hash(profile)


def test_a_profile_is_frozen(profile: Profile) -> None:
    with pytest.raises(ValidationError):
        profile.words.client = "klant"
    with pytest.raises(TypeError):
        profile.requests.kinds.clear()  # type: ignore[attr-defined]


def test_every_citation_is_of_the_own_regulation(profile: Profile) -> None:
    articles = {article for node in _nodes(profile) for article in getattr(node, "articles", ())}
    assert {a for a in articles if not a.startswith(PREFIX[profile.meta.slug])} == set()


def test_every_ladder_and_every_kind_of_request_is_there(profile: Profile) -> None:
    assert set(profile.representation.ladder) == set(Cell)
    assert set(profile.requests.kinds) == set(RequestKind)


def test_every_condition_names_facts_that_exist(profile: Profile) -> None:
    everything: dict[str, Any] = {
        field.name: True
        for kind in vars(facts).values()
        if dataclasses.is_dataclass(kind)
        for field in dataclasses.fields(kind)
    }
    derived = "moral_distress_answered under_16_or_incapable nobody_objected item_approved_informant part_authorised"
    derived += " professional_source_at_risk private_source_refuses"
    everything |= dict.fromkeys(derived.split(), True)
    everything |= {f"six_questions.{name}": True for name in facts.SIX_QUESTIONS}
    everything |= {name: () for name in ("consulted_before", "fields")}
    for node in _nodes(profile):
        if isinstance(node, Condition):
            conditions.holds(node.test, object(), everything)


def test_nobody_who_administers_reads_dossiers_and_every_pair_has_two_roles(profile: Profile) -> None:
    roles = profile.roles
    assert RoleKey.ORGANISATION_ADMINISTRATOR not in roles.having(Capability.DOSSIER_READ)
    assert RoleKey.RECORDS_ADMINISTRATOR not in roles.having(Capability.NOTE_KEEP)
    for capability in (Capability.REMOVAL_APPROVE, Capability.DISCLOSURE_APPROVE, Capability.POLICY_PUBLISH):
        assert len(roles.having(capability)) >= 2


def test_the_catalogue_names_every_value_with_article_or_as_house_rule(profile: Profile) -> None:
    fields = field_catalogue(profile)
    assert len({field.path for field in fields}) == len(fields) > 100
    assert all(field.label and field.sentence and field.depends for field in fields)
    assert all(field.articles or field.kind == "house_rule" for field in fields)


def test_each_editable_field_accepts_its_own_value(profile: Profile) -> None:
    for field in field_catalogue(profile)[::9]:
        value = list(field.value) if isinstance(field.value, tuple) else field.value
        assert with_value(profile, field.path, value) == profile


def _refused(text: str) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        parse_profile(text)
    return caught.value


def _line(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_an_unknown_key_is_named_with_its_line(profile: Profile) -> None:
    text = dump_profile(profile).replace("[words]\n", '[words]\nweather = "regen"\n')
    error = _refused(text)
    assert (error.line, error.key) == (_line(text, "weather"), "words.weather")
    assert "bestaat niet" in error.sentence


def test_a_value_without_citation_is_refused(profile: Profile) -> None:
    header = "[requests.kinds.copy.decide_within]"
    head, tail = dump_profile(profile).split(header, 1)
    lines = [line for line in tail.split("\n[", 1)[0].splitlines() if not line.startswith("articles")]
    text = head + header + "\n".join(lines) + "\n[" + tail.split("\n[", 1)[1]
    error = _refused(text)
    assert error.line == _line(text, header)
    assert "artikel" in error.sentence


def test_a_house_rule_outside_its_bounds_is_refused_with_the_line(profile: Profile) -> None:
    text = dump_profile(profile).replace('value = "7 days"', 'value = "1 day"', 1)
    error = _refused(text)
    assert error.line is not None
    assert text.splitlines()[error.line - 1].startswith("[house_rules.")
    assert "grenzen" in error.sentence


def test_all_errors_come_at_once(profile: Profile) -> None:
    text = dump_profile(profile).replace('client = "', 'klant = "', 1).replace("offered = true", "offered = 1", 1)
    error = _refused(text)
    assert len(error.others) == 2
    assert "Hier hoort true (ja) of false (nee)." in {one.sentence for one in (error, *error.others)}


@pytest.mark.parametrize("text", ["a = [", "= 1", "[a]\n[a]", "a = 1\na = 2"])
def test_text_that_is_no_toml_is_refused(text: str) -> None:
    assert "TOML" in _refused(text).sentence


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("house_rules.cooling_off", "1 day"),
        ("house_rules.cooling_off", 7),
        ("house_rules.second_person", False),
        ("house_rules.staff_idle_minutes", 31),
        ("house_rules.staff_idle_minutes", "20"),
        ("house_rules.portal_assurance", "low"),
        ("house_rules.nothing", 1),
        ("requests.kinds", {}),
        ("", 1),
    ],
)
def test_a_wrong_change_is_refused(profile: Profile, path: str, value: object) -> None:
    with pytest.raises(ProfileError):
        with_value(profile, path, value)


def test_a_change_is_one_difference_with_its_article() -> None:
    old = newest_shipped("sterk-huis")
    new = with_value(old, "requests.kinds.copy.decide_within", "3 weeks")
    (found,) = differences(old, new)
    assert (found.path, found.old, found.new) == ("requests.kinds.copy.decide_within", "4 weeks", "3 weeks")
    assert found.articles == ("SH-3.4.5a",)
    assert new.version_id != old.version_id
    assert differences(old, old) == ()


def test_files_bear_the_slug_and_version_they_hold() -> None:
    for slug, paths in shipped_profiles().items():
        for path in paths:
            meta = load_profile(path).meta
            assert (meta.slug, path.stem) == (slug, f"{meta.slug}_{meta.version_name}")


def test_only_roles_that_come_to_dossiers_invite_to_the_portal(profile: Profile) -> None:
    """Whoever keeps the removal list reads no dossier, so a menu item "Portaal" would only ever be refused."""
    inviting = {key for key, role in profile.roles.table.items() if Capability.PORTAL_INVITE in role.capabilities}
    reading = {key for key, role in profile.roles.table.items() if Capability.DOSSIER_READ in role.capabilities}
    assert inviting and inviting <= reading
    assert RoleKey.RECORDS_ADMINISTRATOR not in inviting


@pytest.mark.rule("SH-2.5.6", "VT-1.o", "BT-rechten-5")
def test_no_organisation_can_open_a_working_note_to_anybody_but_its_author(profile: Profile) -> None:
    for path in ("access.notes_author_only", "access.notes_author_only.value"):
        with pytest.raises(ProfileError):
            with_value(profile, path, False)
    everything = {one.name: True for one in dataclasses.fields(facts.AccessFacts) if isinstance(one.default, bool)}
    theirs = {**everything, "conflict_of_interest": False, "is_author": False, "item": Item.PERSONAL_WORKING_NOTES}
    for role in profile.roles.table:
        other = may_access(facts.AccessFacts(role=role, **theirs), profile, date(2026, 11, 23))
        assert not other.outcome["allowed"] and other.absolute
