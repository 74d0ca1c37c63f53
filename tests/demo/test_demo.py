"""The demo builds four organisations through the acts, twice the same, with work for everybody; nobody is real."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from casemgmt.accounts.models import User
from casemgmt.audit import context
from casemgmt.audit.chain import verify
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.organisations.places import OrganisationValue, all_organisations, organisation_by_slug
from casemgmt.policy.loader import newest_shipped, shipped_profiles
from casemgmt.vault.keys import load_keys
from casemgmt.work.approvals import waiting_for
from client_requests.models import ClientRequest
from client_requests.vocabulary import DECIDE
from consent.models import Consent
from demo.build import read, slugs
from demo.markers import DOSSIER, markers_of
from disclosures.models import Disclosure
from dossiers.day import my_day
from dossiers.models import Dossier, EntryVersion, Person, PortalAccess, WorkingNote
from retention.models import EndDate, Hold, Removal

Said = dict[str, Any]
AT_WORK = ("caseworker", "second_caseworker", "manager", "records_administrator")
TOO_OPEN = ("MARKER-", b"MARKER-".hex())  # a column of bytes is read as hexadecimal digits


def told() -> Said:
    """What the command says."""
    out = StringIO()
    call_command("demo", "--json", stdout=out)
    said: Said = json.loads(out.getvalue())
    return said


@pytest.fixture(scope="module")
def said(django_db_setup: None, django_db_blocker: Any) -> Iterator[Said]:
    """The demo, built once for all tests here, and the first answer of its command."""
    with django_db_blocker.unblock(), context.circumstances(context.AuditContext()):
        try:
            yield told()
        finally:
            for alias in ("owner", "vault_owner"):
                call_command("flush", database=alias, verbosity=0, interactive=False, reset_sequences=False)


def each() -> Iterator[OrganisationValue]:
    """Each organisation, entered, in a transaction."""
    for place in all_organisations():
        with organisation(place.id), transaction.atomic():
            yield place


def somebody(said: Said, slug: str, part: str) -> Actor:
    """Who plays a part, as the entrance would build them."""
    row = next(one for one in said["people"] if one["organisation"] == slug and one["part"] == part)
    with transaction.atomic():
        return actor_for(User.objects.get(email=row["email"]), clock.today())


def test_four_organisations_stand_and_a_second_time_changes_nothing(said: Said) -> None:
    assert told() == said
    assert len(all_organisations()) == 4
    assert all(person["totp_secret"] and person["password"] and person["part"] for person in said["people"])
    for place in each():
        assert Dossier.objects.count() >= 5
        assert EndDate.objects.filter(due_on__isnull=False).exists(), place.slug


@pytest.mark.parametrize("slug", slugs())
def test_everybody_begins_the_day_with_something_to_do(said: Said, slug: str) -> None:
    place = organisation_by_slug(slug)
    assert place is not None
    with organisation(place.id):
        days = {part: my_day(somebody(said, slug, part), clock.now()) for part in AT_WORK}
        waiting = [group.name for group in waiting_for(somebody(said, slug, "manager"))]
    assert {part for part, day in days.items() if day.tasks} == set(AT_WORK)
    assert "disclosures" in waiting
    late = [row for row in days["manager"].tasks if row.tone == "late" and row.task.kind == DECIDE]
    assert bool(late) == (slug == "sterk-huis"), (
        "in one organisation a client waits too long, elsewhere nobody does yet"
    )


def test_something_of_each_sort_happened_everywhere(said: Said) -> None:
    for place in each():
        assert Disclosure.objects.filter(state="awaiting_approval").count() == 1, place.slug
        assert Removal.objects.filter(state="proposed").exists(), place.slug
        assert {"given", "refused"} <= set(Consent.objects.values_list("state", flat=True)), place.slug
        assert ClientRequest.objects.filter(state="received").exists(), place.slug
        assert Letter.objects.filter(kind="request_received").exists(), place.slug
        assert WorkingNote.objects.filter(remind_on__lte=clock.today()).exists(), place.slug


def test_a_client_of_each_organisation_finds_a_request_and_a_letter_in_the_portal(said: Said) -> None:
    for place in each():
        people = PortalAccess.objects.values("person_id")
        assert ClientRequest.objects.filter(asker_id__in=people).exists(), place.slug
        assert Letter.objects.filter(kind="request_received", to_person_id__in=people).exists(), place.slug


def test_what_happened_went_through_the_acts_so_the_trail_tells_it_and_verifies(said: Said) -> None:
    for place in each():
        for data, rows in (
            ("portal-invited", PortalAccess.objects.all()),
            ("disclosure-proposed", Disclosure.objects.all()),
            ("consent-refused", Consent.objects.filter(state="refused")),
            ("proposed", Removal.objects.all()),
            ("hold", Hold.objects.all()),
        ):
            assert set(AccessEvent.objects.filter(data=data).values_list("object_id", flat=True)) == {
                row.id for row in rows
            }, (place.slug, data)
    for place in all_organisations():
        with organisation(place.id):
            assert verify(place.id).ok, place.slug


def test_every_id_is_told_and_none_is_left_out(said: Said) -> None:
    kinds = {"persons": Person, "requests": ClientRequest, "disclosures": Disclosure, "removals": Removal}
    for place in each():
        ids = said["objects"][place.slug]
        for kind, model in kinds.items():
            assert {one["id"] for one in ids[kind]} == {str(row.id) for row in model.objects.all()}, (place.slug, kind)
        assert set(said["dossiers"][place.slug].values()) == {str(row.id) for row in Dossier.objects.all()}


def test_each_mark_is_read_behind_its_dossiers_door(said: Said) -> None:
    for place in each():
        marks = said["markers"][place.slug]
        assert all(text == f"MARKER-{place.slug}-{DOSSIER}-{field}" for field, text in marks.items())
        number = next(name for name in said["dossiers"][place.slug] if marks["dossier.name"] in name)
        dossier_id = said["dossiers"][place.slug][number]
        load_keys([dossier_id])
        person = Person.objects.get(dossier_id=dossier_id)
        version = EntryVersion.objects.get(dossier_id=dossier_id)
        consent, row = Consent.objects.get(dossier_id=dossier_id), Disclosure.objects.get(dossier_id=dossier_id)
        found = {
            "dossier.name": number,
            **{f"person.{name}": getattr(person, name) for name in ("name", "address", "phone", "safe_contact")},
            **{f"person.{name}": getattr(person, name) for name in ("warning", "relevance")},
            "entry.text": version.text,
            "entry.source": version.source,
            "note.text": WorkingNote.objects.get(dossier_id=dossier_id).text,
            "consent.recipient": consent.recipient,
            "consent.what_for": consent.what_for,
            "consent.note": consent.note,
            "disclosure.recipient": row.recipient["name"],
            "disclosure.purpose": row.purpose,
            "request.words": ClientRequest.objects.get(dossier_id=dossier_id).words,
            "hold.why": Hold.objects.get(dossier_id=dossier_id).why,
        }
        assert {field for field, text in found.items() if marks[field] in (text or "")} == set(marks)


def test_no_mark_stands_open_in_any_table(said: Said) -> None:
    looked, open_in = 0, set()
    for place in each():
        for model in apps.get_models():
            table = model._meta.db_table
            if model._meta.app_label == "keystore" or not model._meta.managed:
                continue
            with connections["default"].cursor() as cursor:
                cursor.execute(f'select count(*) from "{table}"')
                looked += cursor.fetchone()[0]
                for mark in TOO_OPEN:
                    cursor.execute(f'select 1 from "{table}" as row where row::text like %s limit 1', [f"%{mark}%"])
                    open_in |= {(place.slug, table)} if cursor.fetchone() else set()
    assert not open_in and looked > 1000


def test_another_seed_is_refused_instead_of_telling_passwords_that_open_nothing(said: Said) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="was not made with seed 2") as ended:
        call_command("demo", "--seed", "2", "--json", stdout=out)
    assert ended.value.returncode == 2 and out.getvalue() == ""


def test_a_demo_in_which_a_client_left_and_somebody_changed_their_password_is_still_the_same(said: Said) -> None:
    clients = User.objects.filter(username__startswith="demo-")
    names = dict(clients.values_list("id", "username"))
    changed = User.objects.filter(email="noor@sterk-huis.example.org")
    before = changed.get().password
    changed.update(password="!")
    for user in clients:
        User.objects.filter(id=user.id).update(username=f"gone-{user.id.hex}")
    try:
        assert [one["email"] for one in told()["people"]] == [one["email"] for one in said["people"]]
    finally:
        changed.update(password=before)
        for user_id, name in names.items():
            User.objects.filter(id=user_id).update(username=name)


def test_the_marks_are_the_same_for_every_seed_and_differ_between_organisations() -> None:
    texts = [text for slug in slugs() for text in markers_of(slug).values()]
    assert len(texts) == len(set(texts)) and all(text.startswith("MARKER-") for text in texts)


def test_no_untested_hypothesis_is_shown_where_only_tested_ones_belong_in_the_dossier() -> None:
    for slug in shipped_profiles():
        tested = {kind.key.value for kind in newest_shipped(slug).recording.statement_kinds if kind.tested_only}
        for entry in (entry for dossier in read(slug)["dossier"] for entry in dossier.get("entries", ())):
            if entry["kind"] in tested:
                assert entry["tested_how"] and "test_in" not in entry, (slug, entry["text"])


def test_production_refuses_the_demo(settings: Any) -> None:
    settings.CASEMGMT_ENV = "production"
    with pytest.raises(CommandError) as ended:
        call_command("demo")
    assert ended.value.returncode == 2
