"""Shipped regulations become first versions; who may do what then comes from them."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation
from casemgmt.policy import loader, versions, words
from casemgmt.policy.models import PolicyVersion, State
from casemgmt.policy.shipped import load_shipped

from .conftest import NOW, TODAY, Place, drafted, in_force, row, settle

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")


@pytest.mark.parametrize("slug", SLUGS)
def test_each_shipped_regulation_is_loaded_once_and_reads_back_the_same(slug: str) -> None:
    place = settle(slug)
    assert load_shipped(slug=slug, at=NOW) == 0
    shipped = loader.newest_shipped(slug)
    with organisation(place.id):
        assert versions.profile_in_force(TODAY) == shipped
        assert versions.profile_in_force(TODAY).version_id == shipped.version_id
        stored = row(in_force())
    assert (stored.number, stored.state, stored.from_date) == (1, State.PUBLISHED, shipped.meta.in_force_from.value)


def test_the_order_of_the_regulation_survives_the_database(inside: Place) -> None:
    shipped = loader.newest_shipped("sterk-huis")
    held = versions.profile_in_force(TODAY)
    assert list(held.requests.kinds) == list(shipped.requests.kinds)
    assert list(held.roles.table) == list(shipped.roles.table)


def test_a_day_before_the_first_version_is_judged_by_the_first(inside: Place) -> None:
    assert versions.profile_in_force(date(1990, 1, 1)) == versions.profile_in_force(TODAY)


def test_an_organisation_without_a_regulation_says_so_and_lets_nobody_do_anything(db: None) -> None:
    bare = Organisation.objects.create(slug="leeg", name="Leeg", kind="test", abbreviation="L")
    with organisation(bare.id):
        with pytest.raises(versions.NoVersion, match=str(bare.id)):
            versions.profile_in_force(TODAY)
        assert words.role_capabilities(TODAY) == {}
        assert words.words_on(TODAY).client


def test_which_version_holds_is_asked_once_per_stay(house: Place) -> None:
    with organisation(house.id):
        versions.profile_in_force(TODAY)
    with organisation(house.id), CaptureQueriesContext(connection) as seen:
        for year in range(2016, 2030):
            versions.profile_in_force(date(year, 1, 1))
    assert len([query for query in seen.captured_queries if "policy_policyversion" in query["sql"]]) == 1


def test_capabilities_come_from_the_profile(inside: Place) -> None:
    assert inside.actor("joris").may("policy.draft")
    assert not inside.actor("joris").may("dossier.read")
    assert not inside.actor("joris").may("policy.publish")
    assert inside.actor("hanneke").may("policy.publish")
    assert inside.actor("wim").may("dossier.read")


def test_roles_and_nouns_are_the_organisations_own(house: Place, other: Place) -> None:
    said = set()
    for place in (house, other):
        with organisation(place.id), translation.override("nl"):
            said.add((words.role_label("manager", TODAY), words.words_on(TODAY).client))
            assert words.role_label("no-such-role", TODAY) == "no-such-role"
    assert len(said) == 2


def test_english_pages_use_english_nouns_with_the_same_names(inside: Place) -> None:
    with translation.override("en"):
        english = words.words_on(TODAY)
    with translation.override("nl"):
        dutch = words.words_on(TODAY)
    for name in english.__dataclass_fields__:
        assert getattr(dutch, name) and getattr(english, name)


def test_a_file_of_a_later_release_becomes_a_draft(
    inside: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    profile = loader.with_value(loader.newest_shipped("sterk-huis"), "house_rules.cooling_off", "9 days")
    later = tmp_path / "sterk-huis_2027.toml"
    later.write_text(loader.dump_profile(profile), encoding="utf-8")
    known = loader.shipped_profiles()["sterk-huis"]
    monkeypatch.setattr("casemgmt.policy.shipped.shipped_profiles", lambda: {"sterk-huis": (*known, later)})
    assert load_shipped(slug="sterk-huis", at=NOW) == 1
    assert load_shipped(slug="sterk-huis", at=NOW) == 0
    with transaction.atomic():
        offered = PolicyVersion.objects.get(state=State.DRAFT)
    assert (offered.source, offered.made_by_id, offered.number) == (later.name, None, 2)


def test_a_file_waits_while_somebody_is_drafting(
    inside: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drafted(inside)
    later = tmp_path / "sterk-huis_2027.toml"
    known = loader.shipped_profiles()["sterk-huis"]
    monkeypatch.setattr("casemgmt.policy.shipped.shipped_profiles", lambda: {"sterk-huis": (*known, later)})
    assert load_shipped(slug="sterk-huis", at=NOW) == 0


def test_the_command_loads_every_organisation_and_says_how_many(house: Place) -> None:
    Organisation.objects.create(slug="veilig-thuis-hm", name="VT", kind="test", abbreviation="VT")
    said = StringIO()
    call_command("load_profiles", stdout=said)
    assert said.getvalue().splitlines() == ["sterk-huis: 0 new", "veilig-thuis-hm: 1 new"]


def test_the_command_gives_a_new_organisation_a_regulation_from_a_file(db: None, tmp_path: Path) -> None:
    fifth = Organisation.objects.create(slug="vijfde", name="Vijfde", kind="test", abbreviation="V")
    path = tmp_path / "vijfde.toml"
    path.write_text(loader.dump_profile(loader.newest_shipped("sterk-huis")), encoding="utf-8")
    call_command("load_profiles", organisation="vijfde", file=path, stdout=StringIO())
    with organisation(fifth.id):
        assert versions.profile_in_force(TODAY)
    with pytest.raises(CommandError):
        call_command("load_profiles", organisation="vijfde", file=path, stdout=StringIO())


def test_the_command_names_the_line_of_a_mistake(db: None, tmp_path: Path) -> None:
    Organisation.objects.create(slug="vijfde", name="Vijfde", kind="test", abbreviation="V")
    path = tmp_path / "vijfde.toml"
    path.write_text("[meta]\nslug = 3\n", encoding="utf-8")
    with pytest.raises(CommandError, match="regel"):
        call_command("load_profiles", organisation="vijfde", file=path)
    for slug, file in (("vijfde", tmp_path / "none.toml"), ("nergens", path), (None, path)):
        with pytest.raises(CommandError):
            call_command("load_profiles", organisation=slug, file=file)
