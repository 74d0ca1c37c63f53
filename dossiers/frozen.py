"""A dossier that stands frozen is being destroyed: it takes no files any more, also not from who comes by no door."""

from uuid import UUID

from casemgmt.vault import files
from dossiers.models import Dossier


def takes_no_files(dossier_id: UUID) -> bool:
    """Whether it is frozen; until the caller's transaction ends nobody freezes it."""
    kept = Dossier.objects.select_for_update(no_key=True).filter(id=dossier_id)
    return kept.values_list("state", flat=True).first() == Dossier.State.FROZEN


def install() -> None:
    """Say so to whoever writes files."""
    files.shut.add("frozen dossiers", takes_no_files)
