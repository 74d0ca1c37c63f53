"""An empty installation gets its first organisation and administrator from the operator's commands."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from casemgmt.accounts.models import StaffInvitation, User
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import actor_for
from casemgmt.organisations.models import Organisation, Unit
from casemgmt.policy.founding import abbreviation_of
from casemgmt.policy.models import PolicyVersion
from casemgmt.policy.shipped import load_shipped
from casemgmt.vault.keys import organisation_key
from tests.accounts.conftest import totp
from tests.organisations.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
FOUND = ("organisation", "found", "--slug", "het-huis", "--name", "Het Nieuwe Huis", "--kind", "sterk-huis")
ADA = "ada@example.org"
INVITE = ("staff", "invite", "--organisation", "het-huis", "--email", ADA, "--name", "Ada Bos")
ADMINISTRATOR = ("--role", "organisation_administrator")


def run(*words: str) -> Any:
    out = StringIO()
    call_command(*words, "--json", stdout=out)
    return json.loads(out.getvalue())


def refused(*words: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call_command(*words)
    assert "\n" not in str(caught.value).strip()
    return caught.value


def test_from_nothing_to_an_administrator_who_invites_the_next(client: Client) -> None:
    founded = run(*FOUND)
    told = run(*INVITE, *ADMINISTRATOR, "--code")
    taken = {"email": ADA, "code": told["code"], "password": PASSWORD, "again": PASSWORD}
    assert client.post("/inloggen/uitnodiging/", taken).status_code == 303
    client.post("/inloggen/", {"login": ADA, "password": PASSWORD})
    client.get("/inloggen/tweede-stap/app/")
    client.post("/inloggen/tweede-stap/app/", {"code": totp(client.session["mfa.totp.secret"])})
    home = client.get("/")["Location"]
    assert home == "/o/het-huis/"
    page = client.get(home + "medewerkers/uitnodigen/").content.decode()
    assert founded["unit"] in page and "hulpverlener" in page
    assert client.get(home + "regels/").status_code == 200


def test_an_organisation_has_its_key_its_regulation_and_a_team() -> None:
    founded = run(*FOUND)
    row = Organisation.objects.get(slug="het-huis")
    assert (row.abbreviation, row.regulation, str(row.id)) == ("HNH", "sterk-huis", founded["id"])
    with organisation(row.id), transaction.atomic():
        assert len(organisation_key()) == 32
        assert Unit.objects.get().name == "Beheer"
        versions = PolicyVersion.objects.filter(state="published").count()
    assert versions == 1
    assert load_shipped(slug="het-huis", at=clock.now()) == 0, "a release with the same regulation offers nothing"


def test_a_regulation_of_its_own_comes_from_a_file(tmp_path: Any) -> None:
    from casemgmt.policy.loader import shipped_profiles

    path = tmp_path / "eigen.toml"
    path.write_text(shipped_profiles()["sterk-huis"][-1].read_text("utf-8"), "utf-8")
    run(*FOUND[:-2], "--file", str(path))
    path.write_text("geen = [", "utf-8")
    other = ("organisation", "found", "--slug", "ander", "--name", "Ander", "--file")
    assert refused(*other, str(path)).returncode == 2
    assert refused(*other, str(tmp_path / "niets.toml")).returncode == 2
    assert not Organisation.objects.filter(slug="ander").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (FOUND, "already"),
        ((*FOUND[:3], "Het Huis!", *FOUND[4:]), "slug"),
        ((*FOUND[:3], "x" * 61, *FOUND[4:]), "slug"),
        ((*FOUND[:3], "nieuw", "--name", "x" * 121, *FOUND[6:]), "name"),
        ((*FOUND[:3], "nieuw", *FOUND[4:-1], "niets"), "sterk-huis"),
        (("staff", "invite", "--organisation", "niets", *INVITE[4:], *ADMINISTRATOR), "no organisation"),
        ((*INVITE[:5], "geen adres", *INVITE[6:], *ADMINISTRATOR), "email"),
        ((*INVITE, "--role", "superuser"), "role"),
        ((*INVITE, *ADMINISTRATOR, "--unit", "niets"), "Beheer"),
        ((*INVITE, *ADMINISTRATOR, "--role", "caseworker"), "two people"),
        (("staff", "reset", "--organisation", "het-huis", "--email", ADA, "--loss", "lost"), "no such account"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence_and_changes_nothing(words: tuple[str, ...], says: str) -> None:
    run(*FOUND)
    error = refused(*words)
    assert says in str(error) and error.returncode == 2
    assert Organisation.objects.count() == 1 and not User.objects.exists() and not StaffInvitation.objects.exists()


def test_what_the_operator_was_refused_stays_in_the_trail() -> None:
    run(*FOUND)
    refused(*INVITE, *ADMINISTRATOR, "--role", "caseworker")
    with organisation(Organisation.objects.get().id), transaction.atomic():
        (row,) = AccessEvent.objects.filter(data="staff-account").values_list("ground", "outcome")
    assert row == ("conflict", "denied")


def test_the_only_administrator_who_lost_the_second_factor_is_let_in_by_the_operator(mailoutbox: Any) -> None:
    run(*FOUND)
    code = run(*INVITE, *ADMINISTRATOR, "--code")["code"]
    Client().post("/inloggen/uitnodiging/", {"email": ADA, "code": code, "password": PASSWORD, "again": PASSWORD})
    told = run("staff", "reset", "--organisation", "het-huis", "--email", ADA.upper(), "--loss", "lost")
    assert "code" not in told, "the message has it"
    ada = User.objects.get(email=ADA)
    assert not ada.has_usable_password()
    with organisation(Organisation.objects.get().id):
        assert actor_for(ada, clock.today()).may("users.manage")


@pytest.mark.parametrize(
    ("name", "letters"), [("Het Nieuwe Huis", "HNH"), ("Buurteam", "BU"), ("A B C D E F", "ABCD"), ("de brug", "DE")]
)
def test_an_abbreviation_comes_from_the_name(name: str, letters: str) -> None:
    assert abbreviation_of(name) == letters
