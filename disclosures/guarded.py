"""Words that somebody types and others read: what for, to whom, why. A secret address is nowhere in them.

Two nets. Who may see such an address anyway is told beside the field that it stands there (for anybody else the
telling itself would give it away). And whatever was kept all the same is taken out where it is written for a reader,
by what is secret at that moment: in a letter, a package, the register of the portal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django import forms as django_forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casemgmt.organisations.actors import Actor
from disclosures import typed
from disclosures.redaction import LEFT_OUT, Private, Span, contact_spans, pieces
from dossiers.access import can
from dossiers.models import Dossier, Person
from dossiers.people.vocabulary import PersonRole
from dossiers.verbs import Verb


@dataclass(frozen=True, slots=True)
class Guard:
    """What one reader may not find in words: where others live in secret, and how they are called there."""

    private: tuple[Private, ...] = field(default=(), repr=False)

    def holds(self, text: str) -> bool:
        """Whether something secret stands in a text."""
        return bool(self._spans(text))

    def words(self, text: str) -> str:
        """A text without it; a word says where something was taken out."""
        return "".join(LEFT_OUT if piece.mark else piece.text for piece in pieces(text, self._spans(text)))

    def recipient(self, recipient: Mapping[str, str]) -> dict[str, str]:
        """A recipient (name, organisation, address) without it."""
        return {name: self.words(text) for name, text in recipient.items()}

    def refuse(self, form: django_forms.Form, *names: str) -> None:
        """Say beside each of these fields of a form that something secret stands in it; what was typed stays."""
        told = _(
            "This holds an address, telephone number or e-mail address that is or may be secret."
            " Others read this too: take it out."
        )
        for name in names:
            if self.holds(form.cleaned_data.get(name) or ""):
                form.add_error(name, told)

    def _spans(self, text: str) -> set[Span]:
        plain = typed.plain_of(text)
        # A town alone tells where a school or a doctor is, so in a few words about those it may stand.
        return {span for one in self.private for span in contact_spans(plain, one, town_too=False)}


def guard_for(dossier_id: UUID, reader_id: UUID | None = None) -> Guard:
    """What nobody but they themselves may read of who lives at a secret address; ``reader_id``: None is an outsider.

    The key of the dossier must be loaded.
    """
    return _guard(Person.objects.filter(dossier_id=dossier_id), reader_id)


def guard_of_writer(dossier: Dossier, actor: Actor, reader_id: UUID | None = None) -> Guard:
    """The same, for who types it: empty where they may not see such an address, so that no answer tells it.

    A reporter's address is seen nowhere in the dossier, so it is not told here either.
    """
    if not can(actor, Verb.READ, dossier):
        return Guard()
    return _guard(Person.objects.filter(dossier=dossier).exclude(role=PersonRole.REPORTER), reader_id)


def _guard(rows: QuerySet[Person], reader_id: UUID | None) -> Guard:
    secret = [row for row in rows.filter(address_secret=True) if row.id != reader_id]
    return Guard(tuple(Private(contacts=contacts_of(row), secret=True) for row in secret))


def contacts_of(row: Person) -> tuple[str, ...]:
    """Where somebody lives and by which numbers they are called, also those in what is said of reaching them."""
    said = (row.safe_contact or "", row.warning or "")
    return tuple(filter(None, (row.address, row.phone, *(one for words in said for one in typed.telephones_in(words)))))
