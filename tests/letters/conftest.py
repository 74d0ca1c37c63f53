"""One organisation with one dossier whose key is loaded, and a letter to write."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from casemgmt.base.organisation import organisation
from casemgmt.letters import pdf
from casemgmt.letters.contents import Addressee, DisclosureNotice, LetterContext, Recipient
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Organisation
from casemgmt.vault import keys
from tests.printer import in_a_child

AT = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """Where a test is: an organisation and a dossier in it."""

    organisation_id: UUID
    dossier_id: UUID
    actor: Actor


@pytest.fixture(autouse=True)
def throw_away_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here letters are printed as in use: by a child that is thrown away."""
    monkeypatch.setattr(pdf, "_ask_child", in_a_child)


@pytest.fixture
def place(transactional_db: None, settings: object, tmp_path: object) -> Iterator[Place]:
    """Inside an organisation, with a dossier's key at hand."""
    settings.FILES = tmp_path  # type: ignore[attr-defined]
    row = Organisation.objects.create(slug="sterk-huis", name="Sterk Huis", kind="Hulp", abbreviation="SH")
    dossier_id = uuid4()
    with organisation(row.id):
        keys.create_organisation_key()
        keys.create_dossier_key(dossier_id)
        yield Place(row.id, dossier_id, Actor(user_id=uuid4(), name="Esra", organisation_id=row.id))


@pytest.fixture
def decision() -> SimpleNamespace:
    """A decision as a policy rule gives it."""
    return SimpleNamespace(
        articles=("SH-3.7.7",),
        explanation="Delen mag, want de gezinsvoogd moet dit weten.",
        citations=(SimpleNamespace(id="SH-3.7.7", sentence="De cliënt hoort altijd wie gegevens kreeg.", kind="text"),),
    )


@pytest.fixture
def notice(decision: SimpleNamespace) -> LetterContext:
    """A notice of a disclosure, with hostile text where people type."""
    content = DisclosureNotice(
        on=date(2026, 11, 20),
        recipients=(Recipient("J. de Boer", "Jeugdbescherming Brabant"),),
        shared=("het plan <script>alert(1)</script>",),
        purpose="De veiligheid thuis beoordelen.",
        ground="De gezinsvoogd vraagt erom.",
        motives='Minder kon niet. <link rel="attachment" href="file:///etc/passwd">',
    )
    return LetterContext(
        content=content,
        addressee=Addressee("Samira el Idrissi", ("Voorbeeldstraat 12", "5011 AB Tilburg")),
        dossier_number="SH-2026-00412",
        decisions=(decision,),
        appeal="U kunt een klacht indienen.\nDe klachtenfunctionaris helpt u.",
    )
