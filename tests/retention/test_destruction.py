"""Destruction: key first, then files and rows; found nowhere; proven; and stopped by whatever opposes."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import translation

from casemgmt.accounts.acts import create_portal_account
from casemgmt.accounts.models import PortalInvitation, User
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.base.models import OrganisationModel
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import SignInPlace
from casemgmt.policy.loader import with_value
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault.files import folder, write_file
from casemgmt.vault.keys import key_exists, load_keys
from dossiers.access import change_dossier, open_dossier
from dossiers.models import Dossier, PortalAccess
from dossiers.recording.acts import Wording, add_entry
from dossiers.verbs import Verb
from retention import acts, certificates, destruction, impact, manifest, night, signing
from retention.models import Certificate, EndDate, ErasureLedger, Removal
from retention.vocabulary import RemovalState
from tests.cast import Family, Place, make_family
from tests.retention.conftest import LONG_AGO, close
from tests.traces import found_in_database

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# A name, a citizen service number and the number of the family's dossier.
PERSONAL = ("Bakker", "999990019", "SH-2026-0418")
# Names a dossier and outlives it: the trail and the evidence of the destruction, without words of it; the key, which
# lies in the vault, goes by a step of its own.
STAYS = {"audit.AccessEvent", "audit.EventSubject", "audit.LogEntry", "keystore.DossierKey"}
STAYS |= {"retention.Certificate", "retention.ErasureLedger", "retention.Removal"}


def removal_of(family: Family) -> Removal:
    with transaction.atomic():
        return Removal.objects.get(dossier_id=family.dossier_id)


def step(here: Place, family: Family, verb: Verb, act, by) -> None:
    def through(dossier: Dossier) -> None:
        act(acts.this_removal(removal_of(family).id, dossier), by=by, at=clock.now())

    change_dossier(by, family.dossier_id, verb, through, data="removal")


def approve(here: Place, family: Family, other) -> None:
    """Propose, review and approve, by two people."""
    acts.propose(family.dossier_id, at=clock.now())
    step(here, family, Verb.REVIEW_REMOVAL, acts.review, here.manager)
    step(here, family, Verb.APPROVE_REMOVAL, acts.approve, other)


@pytest.fixture
def other(here: Place):
    """Somebody else who may approve removals."""
    from casemgmt.organisations.models import Organisation, Unit
    from tests.cast import make_actor

    with organisation(here.id), transaction.atomic():
        unit = Unit.objects.get(id=here.unit_id)
        place = Organisation.objects.get(id=here.id)
        return make_actor(place, unit, "director", frozenset({Verb.APPROVE_REMOVAL, Verb.REVIEW_REMOVAL}), "Ria Bos")


def fill(here: Place, family: Family) -> None:
    """An entry and a file, with a mark to look for."""

    def through(dossier: Dossier) -> None:
        add_entry(
            dossier,
            Wording("MARKER-entry"),
            kind="fact",
            about=[family.milan],
            happened_on=date(2009, 1, 1),
            by=here.worker,
            at=LONG_AGO,
        )
        write_file(dossier.id, [b"MARKER-file"], content_type="text/plain", at=LONG_AGO)

    change_dossier(here.worker, family.dossier_id, Verb.ADD, through, data="entry")


def over(removal: Removal) -> timedelta:
    return removal.cooling_until - clock.now() + timedelta(seconds=1)


def later(monkeypatch: pytest.MonkeyPatch, removal: Removal) -> None:
    """Live on to just after the cooling-off."""
    real, shift = clock.now, over(removal)
    monkeypatch.setattr(clock, "now", lambda: real() + shift)


def test_a_closed_dossier_has_an_end_date_with_its_sum_and_article(here, closed):
    with organisation(here.id), transaction.atomic():
        row = EndDate.objects.get()
        assert row.due_on == date(2025, 5, 1)
        load_keys([closed.dossier_id])
        assert "SH-4.2" in " ".join(row.decision["articles"])
        assert row.decision["sum"]["answer"] == "2025-05-01"


def test_the_night_proposes_what_is_due_and_nothing_twice(here, closed):
    with organisation(here.id):
        night.propose_due(here.id)
        night.propose_due(here.id)
        assert removal_of(closed).state == RemovalState.PROPOSED


def test_a_dossier_is_not_proposed_the_day_before_its_term_has_passed(here):
    with organisation(here.id):
        family = make_family(here, at=LONG_AGO)
        close(here, family, date(2011, 11, 23))
        with transaction.atomic():
            assert EndDate.objects.get().due_on == date(2026, 11, 23)
        assert acts.propose(family.dossier_id, at=NOW) is None
        assert acts.propose(family.dossier_id, at=NOW + timedelta(days=1)) is not None


def test_who_reviewed_cannot_approve_not_even_around_the_code(here, closed, other):
    with organisation(here.id):
        acts.propose(closed.dossier_id, at=NOW)
        step(here, closed, Verb.REVIEW_REMOVAL, acts.review, other)
        with pytest.raises(NotAllowed):
            step(here, closed, Verb.APPROVE_REMOVAL, acts.approve, other)
        with pytest.raises(IntegrityError), transaction.atomic():
            row = removal_of(closed)
            row.state, row.approved_by_id = RemovalState.APPROVED, row.reviewed_by_id
            row.approved_at = row.cooling_until = NOW
            row.save()


def test_nothing_is_destroyed_during_the_cooling_off(here, closed, other):
    with organisation(here.id):
        approve(here, closed, other)
        destruction.destroy(removal_of(closed).id)
        assert removal_of(closed).state == RemovalState.APPROVED
        assert key_exists(closed.dossier_id)


def test_after_the_cooling_off_nothing_is_left_and_a_certificate_proves_it(here, closed, other, monkeypatch):
    with organisation(here.id):
        reopened_fill(here, closed)
        # Looking works: as long as it is there, the number stands in the dossier's own table.
        assert "dossiers_dossier" in found_in_database("SH-2026-0418", here.id)
        approve(here, closed, other)
        row = removal_of(closed)
        later(monkeypatch, row)
        destruction.destroy(row.id)
        destruction.destroy(row.id)
        assert removal_of(closed).state == RemovalState.DESTROYED
        assert not key_exists(closed.dossier_id)
        assert not any(path.is_file() for path in folder().rglob("*"))
        with transaction.atomic():
            left = {m._meta.label: manifest.count(m, c, closed.dossier_id) for m, c in manifest.tables()}
            assert not any(left.values()), left
            certificate = Certificate.objects.get()
            assert ErasureLedger.objects.get().dossier_id == closed.dossier_id
        genuine(certificate)
        with pytest.raises(NotThere):
            open_dossier(here.worker, closed.dossier_id, Verb.READ, lambda d: d.number, data="timeline")
        left_in = {mark: found_in_database(mark, here.id) for mark in ("MARKER", *PERSONAL)}
        assert not any(left_in.values()), left_in


def account(here: Place, *families: Family) -> User:
    """An account of the portal that serves the oldest child in each of these dossiers, and a letter for it."""
    user = create_portal_account(until=NOW + timedelta(days=14)).user
    with transaction.atomic():
        SignInPlace.objects.create(user_id=user.id, organisation_id=here.id)
    for family in families:
        change_dossier(
            here.worker,
            family.dossier_id,
            Verb.READ,
            lambda d, f=family: PortalAccess.objects.create(dossier=d, person_id=f.milan, user_id=user.id, since=NOW),
            data="portal-access",
        )
    return user


def test_an_account_goes_with_its_last_dossier_and_stays_for_another(here, closed, other, monkeypatch):
    """No act gives somebody's account a second dossier; a table that lets it happen must not lock anybody out."""

    def ways_in(user: User) -> tuple[bool, bool, bool, bool]:
        user.refresh_from_db()
        place = SignInPlace.objects.filter(user_id=user.id)
        letter = PortalInvitation.objects.filter(user_id=user.id)
        return user.is_active, not user.username.startswith("gone-"), place.exists(), letter.exists()

    with organisation(here.id):
        second = make_family(here, "SH-2026-0419")
        only, both = account(here, closed), account(here, closed, second)
        approve(here, closed, other)
        row = removal_of(closed)
        later(monkeypatch, row)
        destruction.destroy(row.id)
        with transaction.atomic():
            assert ways_in(only) == (False, False, False, False)
            assert ways_in(both) == (True, True, True, True)
            assert [access.dossier_id for access in PortalAccess.objects.all()] == [second.dossier_id]
            destruction.erase_account(both.id, second.dossier_id)
            assert ways_in(both) == (False, False, False, False)


def reopened_fill(here: Place, family: Family) -> None:
    """Reopen, add content and close again."""
    change_dossier(
        here.worker, family.dossier_id, Verb.READ, lambda d: acts.reopen_dossier(d, by=here.worker, at=NOW), data="x"
    )
    fill(here, family)
    close(here, family, date(2010, 5, 1))


def test_what_a_simulation_keeps_names_no_dossier(here, closed):
    with organisation(here.id), transaction.atomic():
        kept = impact._example(Dossier.objects.get(), date(2025, 5, 1), date(2030, 5, 1))
    assert kept == {"closed": "2010-05-01", "before": "2025-05-01", "after": "2030-05-01"}


@pytest.mark.parametrize(
    ("closed_on", "moved", "at_once"),
    [
        (date(2009, 1, 1), 1, 0),  # due by fifteen years already: nothing that these rules bring
        (date(2012, 1, 1), 1, 1),  # due by ten years only
        (date(2016, 11, 22), 1, 1),  # on the very day
        (date(2016, 11, 23), 1, 0),  # the day after
    ],
)
def test_due_at_once_is_only_what_the_other_rules_bring(here, closed_on, moved, at_once):
    with organisation(here.id):
        close(here, make_family(here, at=LONG_AGO), closed_on)
        old = profile_in_force(NOW.date())
        new = with_value(old, "retention.classes.dossier.term", "10 years")
        found = impact.EndDatesImpact().affected(old, new, NOW.date(), lambda done, total: None)
    assert (found.moved, found.due_at_once, found.total) == (moved, at_once, 1)


def test_an_example_of_a_simulation_speaks_the_language_of_its_reader(here):
    kept = {"closed": "2010-05-01", "before": "2025-05-01", "after": None}
    with translation.override("en"):
        assert impact.EndDatesImpact().example(kept) == "A dossier, closed on 1 May 2010: from 1 May 2025 to –"
    with translation.override("nl"):
        assert impact.EndDatesImpact().example(kept) == "Een dossier, afgesloten op 1 mei 2010: van 1 mei 2025 naar –"


def genuine(certificate: Certificate) -> None:
    """The file verifies offline; changed by one letter it does not, and it names nobody."""
    document = certificates.CertificateFile.of(certificate).to_json()
    key = signing.public_keys_pem()
    found = certificates.verify(document, key)
    content = found.content
    assert found.key == content["key"] == signing.present_id()
    assert content["files_erased"] == 1
    assert content["rows_erased"]["dossiers.EntryVersion"] == 1
    with pytest.raises(ValueError, match="genuine"):
        certificates.verify(document.replace("SH-", "SX-"), key)
    assert not any(word in document for word in ("Sem", "Samira", *PERSONAL))


@pytest.mark.parametrize("stop_at", ["frozen", "shredding", "key-gone", "shredded", "files-gone", "erased", "verified"])
def test_interrupted_anywhere_it_goes_on_and_does_nothing_twice(here, closed, other, monkeypatch, stop_at):
    class Interrupted(BaseException):
        pass

    def interrupt(name: str) -> None:
        if name == f"destruction.{stop_at}":
            raise Interrupted

    with organisation(here.id):
        approve(here, closed, other)
        row = removal_of(closed)
        later(monkeypatch, row)
        monkeypatch.setattr(destruction, "failpoint", interrupt)
        with pytest.raises(Interrupted):
            destruction.destroy(row.id)
        with pytest.raises(NotThere):
            open_dossier(here.worker, closed.dossier_id, Verb.READ, lambda d: d.number, data="timeline")
        monkeypatch.setattr(destruction, "failpoint", lambda name: None)
        destruction.destroy(row.id)
        with transaction.atomic():
            assert Certificate.objects.count() == 1
        assert removal_of(closed).state == RemovalState.DESTROYED


def test_a_hold_placed_in_the_cooling_off_stops_destruction_at_the_last_moment(here, closed, other, monkeypatch):
    with organisation(here.id):
        approve(here, closed, other)
        row = removal_of(closed)
        change_dossier(
            here.manager,
            closed.dossier_id,
            Verb.REVIEW_REMOVAL,
            lambda d: acts.place_hold(d, why="Klacht loopt", by=here.manager, at=NOW),
            data="hold",
        )
        later(monkeypatch, row)
        destruction.destroy(row.id)
        assert removal_of(closed).state == RemovalState.STOPPED
        assert key_exists(closed.dossier_id)


def test_keeping_with_a_reason_ends_the_proposal_and_the_night_does_not_repeat_it(here, closed):
    with organisation(here.id):
        acts.propose(closed.dossier_id, at=NOW)
        change_dossier(
            here.manager,
            closed.dossier_id,
            Verb.REVIEW_REMOVAL,
            lambda d: acts.keep(
                d, acts.this_removal(removal_of(closed).id, d), why="Broer vraagt inzage", by=here.manager, at=NOW
            ),
            data="removal",
        )
        night.propose_due(here.id)
        with transaction.atomic():
            assert [r.state for r in Removal.objects.all()] == [RemovalState.KEPT]


def test_a_run_that_would_touch_an_unlikely_share_proposes_nothing_and_asks_a_person(here, closed, monkeypatch):
    monkeypatch.setattr(night, "unlikely", lambda number: True)
    with organisation(here.id):
        night.propose_due(here.id)
        with transaction.atomic():
            assert not Removal.objects.exists()
            assert AccessEvent.objects.filter(data="removal-run", outcome="denied").exists()


def test_a_cancelled_approval_destroys_nothing(here, closed, other, monkeypatch):
    with organisation(here.id):
        approve(here, closed, other)
        row = removal_of(closed)
        step(here, closed, Verb.APPROVE_REMOVAL, acts.cancel, other)
        later(monkeypatch, row)
        destruction.destroy(row.id)
        assert removal_of(closed).state == RemovalState.CANCELLED
        assert key_exists(closed.dossier_id)


def test_a_closing_date_in_the_future_or_before_the_opening_is_refused(here):
    with organisation(here.id):
        family = make_family(here, at=NOW)
        for wrong in (date(2026, 11, 21), date(2026, 11, 23)):
            with pytest.raises(Conflict):
                close(here, family, wrong, at=NOW)


def test_the_manifest_knows_every_table_that_goes_with_a_dossier():
    """Every table that names a dossier, those of tomorrow too: it goes along, or is listed as what stays."""
    labels = {model._meta.label for model, _ in manifest.tables()}
    naming = {
        model._meta.label
        for model in apps.get_models()
        if issubclass(model, OrganisationModel)
        and {"dossier_id", "content_object_id"} & {field.column for field in model._meta.local_fields}
    }
    assert naming - labels == STAYS
    assert labels - naming == {"dossiers.Dossier"}


def test_a_certificate_is_json_with_text_signature_and_key(here, closed):
    file = certificates.CertificateFile("{}", "", signing.public_keys_pem())
    assert set(json.loads(file.to_json())) == {"text", "signature", "public_key"}
    assert isinstance(here.id, UUID)
