"""Another key for an organisation, another master key: nothing becomes unreadable, also when it is stopped midway."""

import base64
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from casemgmt import checks
from casemgmt.accounts import codes, secrets
from casemgmt.accounts.adapter import MFAAdapter
from casemgmt.accounts.models import PortalInvitation, User
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.vault import keys, rotation, sealing
from casemgmt.vault.keystore.models import DossierKey, OrganisationKey
from dossiers.access import open_dossier
from dossiers.models import Dossier, Person
from dossiers.search import search
from dossiers.verbs import Verb
from tests.cast import Place, make_family, make_place
from tests.ground.rotating import many_keys, opened, told, versions

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


class Killed(Exception):
    """Stands for a SIGKILL: nobody in the application catches it."""


@pytest.fixture
def here() -> Place:
    return make_place()


def names(dossier: Dossier) -> list[str]:
    return [person.name for person in Person.objects.filter(dossier=dossier).order_by("position")]


def found(place: Place) -> list[UUID]:
    """Which dossiers the worker finds by a name."""
    return [row.id for row in search(place.worker, "Bakker", clock.today()).rows]


def test_after_a_rotation_all_is_read_and_found_as_before_and_the_version_before_is_gone(here: Place) -> None:
    with organisation(here.id):
        family = make_family(here)
    many_keys(here.id, 3)
    before = opened(here.id, [family.dossier_id])
    with organisation(here.id):
        old = keys.organisation_key()
    assert told("--organisation", here.slug) == (
        0,
        [{"organisation": here.slug, "version": 2, "resumed": False, "rewrapped": 4, "retired": 1, "left": 0}],
    )
    assert versions(here.id) == ([2], {2})
    assert opened(here.id, [family.dossier_id]) == before, "the dossier's own key stays what it was"
    with organisation(here.id):
        assert open_dossier(here.worker, family.dossier_id, Verb.READ, names, data="people")[0] == "Sem Bakker"
        assert found(here) == [family.dossier_id]
        with transaction.atomic(using="vault"):
            wrapped = bytes(DossierKey.objects.get(dossier_id=family.dossier_id).wrapped)
        assert keys.organisation_key() != old
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal(old, wrapped, keys.dossier_place(family.dossier_id))
        with transaction.atomic():
            said = AccessEvent.objects.filter(data="organisation-key").order_by("at").values_list("ground", flat=True)
            assert list(said) == ["rotation began", "version 2, 4 keys locked again"]
    assert told("--all")[1][0]["version"] == 3, "the key of the search goes along more than once"
    with organisation(here.id):
        assert found(here) == [family.dossier_id]


@pytest.mark.parametrize("where", ["keys.begun", "keys.rewrapped", "keys.retired"])
def test_a_rotation_that_was_stopped_loses_nothing_and_goes_on_where_it_was(
    here: Place, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = many_keys(here.id, 5)
    monkeypatch.setattr(rotation, "STEP", 2)

    def die(name: str) -> None:
        if name == where:
            raise Killed

    monkeypatch.setattr(rotation, "failpoint", die)
    with pytest.raises(Killed):
        call_command("rotate_keys", "--organisation", here.slug)
    assert opened(here.id, list(known)) == known
    known |= many_keys(here.id, 1)  # a dossier that is opened while a rotation lies still
    monkeypatch.undo()
    monkeypatch.setattr(rotation, "STEP", 2)
    stopped = where != "keys.retired"
    assert told("--status")[0] == int(stopped)
    code, (line,) = told("--organisation", here.slug)
    assert (code, line["resumed"], line["version"]) == (0, stopped, 2 if stopped else 3)
    # What was locked again is not done twice: two of five before the kill, and the new one from the start.
    assert line["rewrapped"] == {"keys.begun": 5, "keys.rewrapped": 3, "keys.retired": 6}[where]
    assert versions(here.id) == ([line["version"]], {line["version"]})
    assert opened(here.id, list(known)) == known
    assert told("--status")[0] == 0


def test_who_still_knows_the_retired_version_locks_a_new_dossier_with_the_newest(here: Place) -> None:
    with organisation(here.id):
        keys.organisation_keys()  # known from here on, as in a job that takes hours
        with organisation(here.id):
            rotation.rotate()
        dossier_id = uuid4()
        keys.create_dossier_key(dossier_id)
    assert versions(here.id) == ([2], {2})
    assert opened(here.id, [dossier_id])


def test_the_database_lets_no_version_go_that_a_key_names_and_takes_none_that_is_not_there(here: Place) -> None:
    many_keys(here.id, 1)
    with organisation(here.id):
        with pytest.raises(IntegrityError), transaction.atomic(using="vault"):
            OrganisationKey.objects.all().delete()
        with pytest.raises(IntegrityError), transaction.atomic(using="vault"):
            DossierKey.objects.create(dossier_id=uuid4(), wrapped=b"x", key_version=2)


def test_a_key_that_opens_with_nothing_stops_no_other_and_keeps_the_older_version(here: Place) -> None:
    known = many_keys(here.id, 3)
    spoiled = min(known)
    with organisation(here.id), transaction.atomic(using="vault"):
        DossierKey.objects.filter(dossier_id=spoiled).update(wrapped=os.urandom(61))
    code, (line,) = told("--organisation", here.slug)
    assert (code, line["rewrapped"], line["retired"], line["left"]) == (1, 2, 0, 1)
    assert versions(here.id) == ([1, 2], {1, 2})
    rest = [one for one in known if one != spoiled]
    assert opened(here.id, rest) == {one: known[one] for one in rest}


def test_one_organisation_is_rotated_and_no_other(here: Place) -> None:
    there = make_place("veilig-thuis-hm")
    known = many_keys(there.id, 2)
    told("--organisation", here.slug)
    assert versions(there.id) == ([1], {1})
    assert opened(there.id, list(known)) == known


# --- the master key


@pytest.fixture
def accounts(here: Place) -> Iterator[tuple[User, str]]:
    """Somebody with an app and recovery codes, and somebody with an invitation that is open."""
    user = User.objects.get(id=here.worker.user_id)
    secret = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})
    RecoveryCodes.activate(user)
    code = codes.new_invitation_code()
    PortalInvitation.objects.create(
        organisation_id=here.id,
        user_id=user.id,
        code_hash=codes.hash_of(code),
        expires_at=clock.now() + timedelta(days=1),
    )
    yield user, code


def change_master(settings: Any) -> None:
    settings.PREVIOUS_MASTER_KEY = settings.MASTER_KEY
    settings.MASTER_KEY = base64.b64encode(os.urandom(32)).decode()


def test_after_a_change_of_master_key_nothing_needs_the_one_before(
    here: Place, accounts: tuple[User, str], settings: Any
) -> None:
    user, code = accounts
    known = many_keys(here.id, 2)
    recovery = RecoveryCodes.activate(user).generate_codes()
    change_master(settings)
    # Between the change of the setting and the command everything is in use already.
    assert opened(here.id, list(known)) == known
    assert codes.matches(code, PortalInvitation.objects.get().code_hash)
    assert RecoveryCodes.activate(user).generate_codes() == recovery
    assert told("--status")[0] == 1
    ended, (house, rest) = told("--master")
    assert house == {"organisation": here.slug, "relocked": 1, "left": 0}
    assert rest == {"accounts": {"renewed": 2, "second_factors_left": 0, "invitations_left": 1}}
    assert ended == 1, "an invitation still needs the key before: its code is not ours to hash again"
    PortalInvitation.objects.update(code_hash=codes.hash_of("AAAA-BBBB-CCCC-DDDD"))  # sent again
    assert told("--master")[0] == 0 and told("--status")[0] == 0
    settings.PREVIOUS_MASTER_KEY = ""
    assert opened(here.id, list(known)) == known
    assert RecoveryCodes.activate(user).generate_codes() == recovery
    app = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secrets.open_secret(base64.b64decode(app)) == b"JBSWY3DPEHPK3PXP"
    assert checks.check_databases(["default", "vault"]) == []


def test_a_master_key_that_was_left_out_too_early_is_told_and_changes_nothing(here: Place, settings: Any) -> None:
    there = make_place("veilig-thuis-hm")
    known = many_keys(there.id, 1)
    change_master(settings)
    with organisation(here.id):
        rotation.relock()  # one of two, and then the run was killed
    before, settings.PREVIOUS_MASTER_KEY = settings.PREVIOUS_MASTER_KEY, ""
    assert [error.id for error in checks.check_databases(["default", "vault"])] == ["casemgmt.E005"]
    with pytest.raises(CommandError, match="CASEMGMT_PREVIOUS_MASTER_KEY") as ended:
        call_command("rotate_keys", "--master")
    assert ended.value.returncode == 2
    settings.PREVIOUS_MASTER_KEY = before
    assert told("--master")[0] == 0
    assert opened(there.id, list(known)) == known


def test_a_rotation_while_the_master_key_changes_is_locked_with_the_present_one(here: Place, settings: Any) -> None:
    known = many_keys(here.id, 2)
    change_master(settings)
    assert told("--organisation", here.slug)[0] == 0
    settings.PREVIOUS_MASTER_KEY = ""
    assert opened(here.id, list(known)) == known


def test_an_unknown_organisation_ends_with_2() -> None:
    with pytest.raises(CommandError) as ended:
        call_command("rotate_keys", "--organisation", "nergens")
    assert ended.value.returncode == 2
