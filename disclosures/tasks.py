"""Printing the package in the background: exactly what was approved, sealed, once."""

from uuid import UUID

from django.utils import translation

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.base.db import act, reads
from casemgmt.letters.pdf import render_pdf
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault import files
from casemgmt.vault.keys import load_keys
from consent.facts import circle
from disclosures.handing import BUILD
from disclosures.models import Disclosure
from disclosures.package import NotWhatWasApproved, package_of
from disclosures.printing import page
from disclosures.vocabulary import LEFT
from dossiers.models import Dossier


@jobs.handles(BUILD)
def build(disclosure_id: UUID) -> None:
    """Print the package of a disclosure that left; a second run finds it printed and does nothing."""
    html = _html(disclosure_id)
    if html is not None:
        _keep(disclosure_id, render_pdf(html))


@reads
def _html(disclosure_id: UUID) -> str | None:
    row = Disclosure.objects.filter(id=disclosure_id, package__isnull=True, state__in=sorted(LEFT)).first()
    if row is None:
        return None
    load_keys([row.dossier_id])
    dossier = Dossier.objects.get(id=row.dossier_id)
    assert row.handed_over_at is not None
    around = circle(dossier, row.about_id, clock.local_date(row.handed_over_at))
    assert around is not None
    with translation.override("nl"):
        package = package_of(row, around)
    if package.digest != row.content_hash:
        raise NotWhatWasApproved(str(disclosure_id))
    profile = profile_in_force(clock.local_date(row.handed_over_at))
    return page(row, package, profile, dossier, around.client.name)


@act
def _keep(disclosure_id: UUID, pdf: bytes) -> None:
    row = Disclosure.objects.select_for_update().get(id=disclosure_id)
    if row.package_id is not None:
        return
    load_keys([row.dossier_id])
    row.package = files.write_file(row.dossier_id, [pdf], content_type="application/pdf", at=clock.now())
    row.save(update_fields=["package"])
    events.record(Action.JOB, dossier_id=row.dossier_id, data="disclosure-package", object_id=row.id, ground="printed")
