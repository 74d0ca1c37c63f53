"""Printing an approved package in the background: exactly what was approved, sealed, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import translation

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock, jobs
from casemgmt.base.db import act
from casemgmt.letters.pdf import render_pdf
from casemgmt.vault import files
from casemgmt.vault.keys import load_keys
from disclosures.acts import setting, void
from disclosures.models import Disclosure
from disclosures.package import package_of
from disclosures.printing import BUILD, page
from disclosures.vocabulary import State
from dossiers.models import Dossier


@dataclass(frozen=True, slots=True)
class Approval:
    """Which approval is printed. The same content may be approved once more, on another ground or by another."""

    digest: str
    asked_at: datetime | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sheets:
    """What goes to the printer, and of which approval: its digest, when it was asked and when it was given."""

    html: str
    approval: Approval


@jobs.handles(BUILD)
def build(disclosure_id: UUID) -> None:
    """Print the package of an approved disclosure; a second run finds it printed and does nothing."""
    sheets = _sheets(disclosure_id, clock.now())
    if sheets is not None:
        _keep(disclosure_id, sheets.approval, render_pdf(sheets.html), clock.now())


@act
def _sheets(disclosure_id: UUID, at: datetime) -> Sheets | None:
    """What to print; None when there is nothing to print. What changed since the approval makes that void."""
    row = _to_print(disclosure_id)
    if row is None:
        return None
    dossier = Dossier.objects.get(id=row.dossier_id)
    profile, around = setting(dossier, row, at)
    with translation.override("nl"):
        package = package_of(row, around)
    if package.not_ready or package.digest != row.content_hash:
        void(dossier, row, at, "content")
        return None
    on = clock.local_date(at)
    return Sheets(page(row, package, profile, dossier, around.client.name, on=on), _approval(row))


@act
def _keep(disclosure_id: UUID, approval: Approval, pdf: bytes, at: datetime) -> None:
    """Seal what was printed, unless the approval went or changed while the printer ran; the trail tells both.

    What is not finished keeps a dossier from being destroyed, so here it always takes the file.
    """
    # The dossier before the disclosure, as acts through the door lock them.
    for dossier_id in Disclosure.objects.filter(id=disclosure_id).values_list("dossier_id", flat=True):
        files.require_taking(dossier_id)
    row = _to_print(disclosure_id)
    if row is None or _approval(row) != approval:
        # The dossier was read all the same.
        if there := Disclosure.objects.filter(id=disclosure_id).first():
            _tell(there, Outcome.DENIED, "thrown-away")
        return
    row.package = files.write_file(row.dossier_id, [pdf], content_type="application/pdf", at=at)
    row.package_hash = approval.digest
    row.save(update_fields=["package", "package_hash"])
    _tell(row, Outcome.DONE, "printed")


def _tell(row: Disclosure, outcome: Outcome, ground: str) -> None:
    events.record(
        Action.JOB,
        outcome=outcome,
        dossier_id=row.dossier_id,
        data="disclosure-package",
        object_id=row.id,
        ground=ground,
    )


def _approval(row: Disclosure) -> Approval:
    return Approval(row.content_hash, row.asked_at, row.approved_at)


def _to_print(disclosure_id: UUID) -> Disclosure | None:
    """The disclosure, locked, as long as it is approved and not printed; its key is loaded."""
    found = Disclosure.objects.select_for_update().filter(id=disclosure_id, state=State.APPROVED)
    row: Disclosure | None = found.filter(package__isnull=True).first()
    if row is not None:
        load_keys([row.dossier_id])
    return row
