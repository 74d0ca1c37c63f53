"""Who may come back: sessions that end by themselves (B4), people who are put out (B3), grants that die (B2)."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.test import Client

from casemgmt.accounts.acts import disable_account, enable_account
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Membership
from casemgmt.vault.keys import load_keys
from dossiers.access import can, visible
from dossiers.acts import NewAssignment, NewDossier, create_dossier, give_access
from dossiers.models import Assignment, Dossier
from dossiers.verbs import Verb
from retention import manifest
from tests.accounts.conftest import PASSWORD, Door, PortalDoor, fresh_counts, invited, place, portal, staff
from tests.cast import MOMENT
from tests.dossiers.pages import World

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
__all__ = ["fresh_counts", "invited", "place", "portal", "staff"]
INSIDE = "/inloggen/sessies/"
# Minutes, as every shipped regulation has them.
IDLE, LONGEST, IDLE_OF_CLIENTS = 20, 12 * 60, 15


def after(monkeypatch: pytest.MonkeyPatch, **time: float) -> None:
    """Live on so much later; each call counts from the real now."""
    real, shift = Later.real, timedelta(**time)
    monkeypatch.setattr(clock, "now", lambda: real() + shift)


class Later:
    """The clock as it is."""

    real = staticmethod(clock.now)


def test_a_session_ends_after_its_idle_time_and_not_before(client, staff: Door, monkeypatch) -> None:
    staff.sign_in(client)
    idle = IDLE
    after(monkeypatch, minutes=idle - 1)
    assert client.get(INSIDE).status_code == 200
    after(monkeypatch, minutes=2 * idle - 2)
    assert client.get(INSIDE).status_code == 200, "whoever works on stays in"
    after(monkeypatch, minutes=3 * idle)
    assert client.get(INSIDE).status_code == 302
    after(monkeypatch, minutes=2 * idle - 2)
    assert client.get(INSIDE).status_code == 302, "what ended does not come back"


def test_a_session_ends_after_its_longest_life_however_busy(client, staff: Door, monkeypatch) -> None:
    staff.sign_in(client)
    for minute in range(0, LONGEST, IDLE - 1):
        after(monkeypatch, minutes=minute)
        assert client.get(INSIDE).status_code == 200, minute
    after(monkeypatch, minutes=LONGEST + 1)
    assert client.get(INSIDE).status_code == 302


def test_a_session_of_a_client_ends_sooner(client, portal: PortalDoor, monkeypatch) -> None:
    portal.sign_in(client)
    inside = "/mijn/huis/"
    left = "/mijn/huis/inloggen/"
    assert left not in client.get(inside).get("Location", "")
    after(monkeypatch, minutes=IDLE_OF_CLIENTS + 1)
    assert client.get(inside)["Location"].startswith(left)


def test_the_session_of_before_signing_in_opens_nothing_to_who_planted_it(client, staff: Door) -> None:
    client.get("/inloggen/")
    client.post("/inloggen/", {"login": staff.user.email, "password": "fout wachtwoord 12"})
    planted = client.session.session_key
    staff.sign_in(client)
    thief = Client()
    for name in (settings.SESSION_COOKIE_NAME, settings.PORTAL_SESSION_COOKIE_NAME):
        thief.cookies[name] = planted or "x" * 32
    assert thief.get(INSIDE).status_code == 302


def test_a_new_password_by_mail_lets_nobody_in_whose_account_was_closed(client, staff: Door, mailoutbox) -> None:
    """A link that was sent before, and one asked for afterwards."""
    client.post("/inloggen/wachtwoord-vergeten/", {"email": staff.user.email})
    link = re.search(r"http://testserver(/\S+)", mailoutbox[0].body)[1]
    disable_account(user_id=staff.user.id)
    page = client.get(link, follow=True)
    new = "een heel ander wachtwoord"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    for password in (PASSWORD, new):
        answer = Client().post("/inloggen/", {"login": staff.user.email, "password": password})
        assert answer.get("Location") != "/inloggen/code/"
    client.post("/inloggen/wachtwoord-vergeten/", {"email": staff.user.email})
    assert len(mailoutbox) == 1


def test_an_account_that_opens_again_lets_nobody_in_who_was_signed_in_before(client, staff: Door) -> None:
    """A laptop that was left open when somebody went on leave shows nothing when they come back."""
    staff.sign_in(client)
    assert client.get(INSIDE).status_code == 200
    disable_account(user_id=staff.user.id)
    enable_account(user_id=staff.user.id)
    assert client.get(INSIDE).status_code == 302


def test_who_is_put_out_of_the_team_or_the_account_is_out_with_the_next_click(world: World) -> None:
    """Also in the middle of a download or a form: the next request is the first that is refused."""
    assert world.worker.get(world.at()).status_code == 200
    page = world.worker.get(world.at("vermelding/"))
    assert page.status_code == 200
    with organisation(world.place.id), transaction.atomic():
        Membership.objects.filter(user_id=world.place.worker.user_id).update(ends_on=clock.today() - timedelta(days=1))
    assert world.worker.get(world.at()).status_code == 403
    assert world.worker.post(world.at("vermelding/"), {"text": "x"}).status_code == 403
    disable_account(user_id=world.place.manager.user_id)
    assert world.manager.get(world.here()).status_code == 302


def test_an_ended_assignment_is_out_of_the_worklist_and_of_the_dossier(world: World) -> None:
    def let_in(ends: int) -> None:
        today = clock.today()
        new = NewAssignment(
            world.place.colleague.user_id, "waarnemer", today - timedelta(days=9), today + timedelta(days=ends)
        )
        with organisation(world.place.id), transaction.atomic():
            load_keys([world.family.dossier_id])
            Assignment.objects.all().delete()
            give_access(Dossier.objects.get(id=world.family.dossier_id), new, by=world.place.worker)

    for ends, inside in ((0, True), (-1, False)):
        let_in(ends)
        listed = str(world.family.dossier_id) in world.colleague.get(world.here("dossiers/")).content.decode()
        assert (listed, world.colleague.get(world.at()).status_code == 200) == (inside, inside)


def test_a_new_dossier_inherits_no_access_from_one_that_is_gone(world: World) -> None:
    """Neither by its number nor by its very id; and no access outlives its dossier."""
    actor, dossier_id = world.place.colleague, world.family.dossier_id
    with organisation(world.place.id):
        with transaction.atomic():
            load_keys([dossier_id])
            give_access(
                Dossier.objects.get(id=dossier_id),
                NewAssignment(actor.user_id, "waarnemer", clock.today()),
                by=world.place.worker,
            )
            assert can(actor, Verb.READ, Dossier.objects.get(id=dossier_id))
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("select set_config('app.organisation', %s, true)", [str(world.place.id)])
            # Refused by the access itself, when all else that hangs on the dossier is out of the way.
            with pytest.raises(IntegrityError, match="dossiers_assignment"), transaction.atomic(using="owner"):
                for model, column in manifest.tables():
                    if model is not Assignment:
                        cursor.execute(f"delete from {model._meta.db_table} where {column} = %s", [dossier_id])
                cursor.execute("set constraints all immediate")
        anew = create_dossier(
            NewDossier("SH-2026-0999", "Nieuw", world.place.unit_id), by=world.place.worker, at=MOMENT
        )
        with transaction.atomic():
            assert anew != dossier_id
            assert not can(actor, Verb.READ, Dossier.objects.get(id=anew))
            assert set(visible(actor).values_list("id", flat=True)) == {dossier_id}
            assert not Assignment.objects.filter(content_object_id=anew).exists()
            stranger = uuid4()
            assert not Assignment.objects.filter(user_id=stranger).exists()
