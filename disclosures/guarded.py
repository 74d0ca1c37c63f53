"""Words that somebody types and others read: what for, to whom, why. No secret address, and nobody who reported.

Two nets. Who may see such an address anyway is told beside the field that it stands there (for anybody else the
telling itself would give it away). And whatever was kept all the same is taken out where it is written for a reader,
by what is secret at that moment: in a letter, a package, the register of the portal.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.utils.translation import gettext as _

from casemgmt.letters.wording import Wording
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema.vocabulary import Recipient
from casemgmt.vault.keys import dossier_key
from casemgmt.vault.sealing import derive
from disclosures import typed
from disclosures.redaction import LEFT_OUT, Private, Span, contact_spans, name_spans, pieces
from dossiers.access import can
from dossiers.models import Dossier, Person
from dossiers.people.hiding import Kept, kept_reported, kept_secret
from dossiers.people.vocabulary import PersonRole
from dossiers.verbs import Verb

# What of a person is theirs alone; a number that is only spoken of in a warning may be another's.
OWN = ("address", "phone")
# What stands before a name and is none.
_TITLES = frozenset({"mevrouw", "mevr", "mw", "meneer", "de", "heer", "dhr"})
# The name of an organisation is no address: a school or a practice that is called after the street where somebody
# lives in secret may be named. With a number, a postcode or the town beside it, it is an address all the same.
_ORGANISATION, _NAME = _RECIPIENT = ("organisation", "name")
# What who received it as a reporter is called to everybody outside: the same words whoever it is, named or not.
REPORTED = "Degene die meldde"
# Below this heading a letter about a disclosure names who received it.
_WITH_WHOM = "Met wie"
# An answer outside a disclosure names both in one field.
_NAMED = frozenset({_ORGANISATION, "recipient"})


@dataclass(frozen=True, slots=True)
class Guard:
    """What one reader may not find in words: where others live in secret, how they are called there, who reported.

    ``open_names``: whose words stay, also where they are those of a reporter.
    """

    private: tuple[Private, ...] = field(default=(), repr=False)
    open_names: tuple[str, ...] = field(default=(), repr=False)

    def holds(self, text: str, *, street_too: bool = True) -> bool:
        """Whether something secret stands in a text; ``street_too``: also where it is a street alone."""
        return bool(self._spans(text, street_too=street_too))

    def words(self, text: str, *, street_too: bool = True) -> str:
        """A text without it; a word says where something was taken out."""
        return _without(text, self._spans(text, street_too=street_too))

    def recipient(self, recipient: Mapping[str, str], kind: str) -> dict[str, str]:
        """Who received it, for a reader outside: without where others live in secret.

        A reporter's name stays: it tells who received it, and a gap in a name that the reader was told would tell who
        reported. Who received it as a reporter (``kind``) is called the same whoever it is.
        """
        if kind == Recipient.REPORTER:
            return {**dict.fromkeys(recipient, ""), _NAME: REPORTED}
        return self.of_secrets()._recipient(recipient)

    def on_paper(self, recipient: Mapping[str, str], kind: str) -> dict[str, str]:
        """The same for who receives it, a reporter too: their own name, and not that of another who reported."""
        return (self if kind == Recipient.REPORTER else self.of_secrets())._recipient(recipient)

    def _recipient(self, recipient: Mapping[str, str]) -> dict[str, str]:
        """A recipient (name, organisation, address) without it, also where name and organisation together make it."""
        together = self._together(recipient)
        return {
            name: _without(text, self._spans(text, street_too=name != _ORGANISATION) | together.get(name, set()))
            for name, text in recipient.items()
        }

    def of_secrets(self) -> "Guard":
        """The same guard of where people live in secret alone: nothing of who reported."""
        return Guard(tuple(replace(one, names=()) for one in self.private if one.secret))

    def letter(self, wording: Wording) -> Wording:
        """A letter's words without it; the articles and the appeal are nobody's typing.

        Who received something stays who it is, as in ``recipient``.
        """
        guards = [self.of_secrets() if told else self for told in _with_whom(wording)]
        return replace(
            wording,
            title=self.words(wording.title),
            blocks=tuple(
                replace(one, text=own.words(one.text)) for own, one in zip(guards, wording.blocks, strict=True)
            ),
            explanations=tuple(self.words(one) for one in wording.explanations),
        )

    def refuse(self, form: django_forms.Form, *names: str) -> None:
        """Say beside each of these fields of a form that something secret stands in it; what was typed stays.

        An organisation called Lindehof and the name "12" hold nothing each, and are an address when read together.
        """
        told = _(
            "This holds an address, telephone number or e-mail address that is or may be secret."
            " Others read this too: take it out."
        )
        typed_in = {name: form.cleaned_data.get(name) or "" for name in names}
        holding = [name for name, text in typed_in.items() if self.holds(text, street_too=name not in _NAMED)]
        for name in holding:
            form.add_error(name, told)
        if not {*_RECIPIENT} & {*holding} and self._together(typed_in):
            together = _(
                "Together, the organisation and this name hold an address, telephone number or e-mail address that is"
                " or may be secret. Others read this too: take it out."
            )
            form.add_error(_NAME, together)

    def _together(self, recipient: Mapping[str, str]) -> dict[str, set[Span]]:
        """What stands in a name and an organisation that are read one after the other, in either order, by field."""
        both = {name: recipient.get(name, "") for name in _RECIPIENT}
        found: dict[str, set[Span]] = {}
        for first, second in (_RECIPIENT, _RECIPIENT[::-1]) if all(both.values()) else ():
            begins = len(both[first]) + 1
            for span in self._spans(f"{both[first]} {both[second]}", street_too=False):
                found.setdefault(first, set()).add(span)
                found.setdefault(second, set()).add(Span(span.start - begins, span.end - begins, span.mark))
        return found

    def _spans(self, text: str, *, street_too: bool) -> set[Span]:
        plain = typed.plain_of(text)
        # A town alone tells where a school or a doctor is, so in a few words about those it may stand.
        return {
            span
            for one in self.private
            for span in contact_spans(plain, one, town_too=False, street_too=street_too)
            | name_spans(plain, one, self.open_names)
        }


def without_reporter(wording: Wording) -> Wording:
    """A letter about what somebody received as a reporter, without who that is."""
    told = zip(_with_whom(wording), wording.blocks, strict=True)
    return replace(wording, blocks=tuple(replace(one, text=REPORTED) if named else one for named, one in told))


def _with_whom(wording: Wording) -> list[bool]:
    """Of each block of a letter whether it names who received something."""
    below, found = "", []
    for block in wording.blocks:
        below = block.text if block.tag == "h2" else below
        found.append(block.tag == "li" and below == _WITH_WHOM)
    return found


def _without(text: str, spans: set[Span]) -> str:
    """A text without these stretches; merging leaves out what of them lies outside it."""
    return "".join(LEFT_OUT if piece.mark else piece.text for piece in pieces(text, spans))


def guard_for(dossier_id: UUID, reader_id: UUID | None = None) -> Guard:
    """What nobody but they themselves may read of who lives in secret or reported; ``reader_id``: None is an outsider.

    The key of the dossier must be loaded.
    """
    return _guard(list(Person.objects.filter(dossier_id=dossier_id)), reader_id)


def guard_on_paper(dossier_id: UUID, kind: str, recipient: Mapping[str, str]) -> Guard:
    """The same for what a recipient gets: who reported and receives it themselves finds their own name on it.

    Their address and telephone number stay out, and so do the names of others who reported.
    """
    rows = list(Person.objects.filter(dossier_id=dossier_id))
    guard = _guard(rows, None)
    called = [[one for one in _names_of(row) if _receives(one, kind, recipient)] for row in rows if has_reported(row)]
    own = [names for names in called if names]
    # Two who may be meant: then only what stands there of the name, and of neither anything more.
    named = own[0] if len(own) == 1 else [_called(recipient)] if own else []
    return replace(guard, open_names=(*guard.open_names, *named))


def tells_contact(dossier_id: UUID, reader_id: UUID | None, wording: Wording) -> bool:
    """Whether a letter says where somebody lives in secret by now, or how they are called, to whom it must not reach.

    Of who reported nothing is told: that a letter is held back would tell a colleague who it was.
    """
    return guard_for(dossier_id, reader_id).of_secrets().letter(wording) != wording


def guard_of_writer(dossier: Dossier, actor: Actor, reader_id: UUID | None = None) -> Guard:
    """The same, for who types it: empty where they may not see such an address, so that no answer tells it.

    Of a reporter nothing is told here: that words are refused would tell a colleague, and the client, who it was.
    """
    if not can(actor, Verb.READ, dossier):
        return Guard()
    people = list(Person.objects.filter(dossier=dossier).exclude(role=PersonRole.REPORTER))
    return _guard(people, reader_id).of_secrets()


def _guard(people: list[Person], reader_id: UUID | None) -> Guard:
    """Of who lives in secret where that is; of who reported also their name, for a source is protected (VT-10.4.b)."""
    reporters = [row for row in people if has_reported(row)]
    private = [
        Private(
            names=(row.name,) if row in reporters else (), contacts=contacts_of(row), secret=bool(row.address_secret)
        )
        for row in people
        if row.id != reader_id and (row.address_secret or row in reporters)
    ]
    private += [
        Private(contacts=once, secret=True) for row in people if row.id != reader_id and (once := once_secret(row))
    ]
    private += [once_reported(row) for row in reporters if row.id != reader_id]
    return Guard(tuple(private), _open_names(people, reporters))


def _called(recipient: Mapping[str, str]) -> str:
    return recipient.get(_NAME) or recipient.get(_ORGANISATION, "")


def has_reported(row: Person) -> bool:
    """Whether somebody reported, also where they have another part by now."""
    return row.role == PersonRole.REPORTER or bool(kept_reported(row))


def _names_of(row: Person) -> tuple[str, ...]:
    """What who reported is called, and was before."""
    return tuple(dict.fromkeys((row.name, *once_reported(row).names)))


def _receives(called: str, kind: str, recipient: Mapping[str, str]) -> bool:
    """Whether it goes to this very person: their whole name, and to who reported also a part of it, with initials."""
    own, typed_in = (
        {word for word in re.split(r"[\W_]+", typed.bare(name)) if len(word) > 1} - _TITLES
        for name in (called, _called(recipient))
    )
    return bool(typed_in) and (typed_in <= own if kind == Recipient.REPORTER else typed_in == own)


def _open_names(people: list[Person], reporters: list[Person]) -> tuple[str, ...]:
    """Names that tell of no reporter: a client's, and the family names of others who are not that same person."""
    same = {typed.bare(name) for row in reporters for name in _names_of(row)}
    others = [row for row in people if row.role not in {PersonRole.REPORTER, PersonRole.CLIENT}]
    return (
        *(row.name for row in people if row.role == PersonRole.CLIENT),
        *(row.name.partition(" ")[2] for row in others if typed.bare(row.name) not in same),
    )


def contacts_of(row: Person) -> tuple[str, ...]:
    """Where somebody lives and by which numbers they are called, also those in what is said of reaching them."""
    said = (row.safe_contact or "", row.warning or "")
    return tuple(filter(None, (row.address, row.phone, *(one for words in said for one in typed.telephones_in(words)))))


def once_secret(row: Person) -> tuple[str, ...]:
    """Where somebody lived in secret and how they were called, of which nobody said that it is open since."""
    return _contacts_among(kept_secret(row))


def once_reported(row: Person) -> Private:
    """Who it was that reported, where what is known of them changed since: their names, also of now, and contacts."""
    kept = kept_reported(row)
    names = [words for name, words in kept if name == _NAME]
    contacts = _contacts_among([one for one in kept if one[0] != _NAME])
    return Private(names=(row.name, *names) if kept else (), contacts=contacts)


def _contacts_among(kept: Kept) -> tuple[str, ...]:
    said = [one for name, words in kept if name not in OWN for one in typed.telephones_in(words)]
    return (*(words for name, words in kept if name in OWN), *said)


def secret_of(row: Person) -> tuple[str, ...]:
    """Where somebody lives in secret, how they are called there, and where and how that was before."""
    return tuple(dict.fromkeys((*(contacts_of(row) if row.address_secret else ()), *once_secret(row))))


def open_towns(rows: Iterable[Person], reader_id: UUID | None = None) -> frozenset[str]:
    """Where in these dossier's people somebody lives openly, so that the name of the town alone tells of nobody.

    An address that reads as a secret one opens no town, and nor does the one of who reads it (``reader_id``), who
    could else try them one by one.
    """
    people = list(rows)
    secret = [Private(contacts=found) for row in people if (found := secret_of(row))]
    lived_in = [row.address for row in people if row.address and not row.address_secret and row.id != reader_id]
    return frozenset(town for one in lived_in if not _reads_as(one, secret) for town in typed.towns_of(one))


def secret_contacts(rows: Iterable[Person], reader_id: UUID | None = None) -> list[list[str]]:
    """Of each of these people, but the reader, of whom something is secret: who it is, what, and which towns of it.

    That is the towns that may be read because another lives there openly. With it stands what the reader has in secret
    themselves, for that opens the same of another (``own_secrets``): always, so that a wrong guess asks another look
    as a right one does. Only to be kept as a mark (``keyed_hash``), by which a later look tells whether any of it
    changed.
    """
    people = list(rows)
    towns = open_towns(people, reader_id)
    own = sorted(f"own: {one}" for row in people if row.id == reader_id for one in own_secrets(row))
    hiding = [row for row in people if (row.address_secret or once_secret(row)) and row.id != reader_id]
    return sorted([str(row.id), *secret_of(row), *_towns_among(secret_of(row), towns), *own] for row in hiding)


def own_secrets(reader: Person) -> frozenset[str]:
    """Where a reader lives in secret today, and is called there, as ``compared``; of before nothing."""
    return known_contacts(reader) if reader.address_secret else frozenset()


def known_contacts(person: Person) -> frozenset[str]:
    """Where somebody lives as far as is known today, secret or not, and is called there, as ``compared``."""
    return frozenset({compared(getattr(person, name) or "") for name in OWN} - {""})


def shared_with_no_reporter(rows: Iterable[Person], person_id: UUID) -> frozenset[str]:
    """The known contacts of one of these, but for what another who reported has, or had, too: else a guess is told."""
    known: set[str] = set()
    theirs: set[str] = set()
    for row in rows:
        if row.id == person_id:
            known |= known_contacts(row)
        elif has_reported(row):
            contacts = (*secret_of(row), *contacts_of(row), *once_reported(row).contacts)
            theirs |= {compared(contact) for contact in contacts}
    return frozenset(known - theirs)


def compared(contact: str) -> str:
    """Contact data as they are told to be the same: the letters and figures alone."""
    return "".join(filter(str.isalnum, typed.bare(contact)))


def _towns_among(contacts: Iterable[str], towns: frozenset[str]) -> list[str]:
    return sorted(f"open: {town}" for town in towns & {town for one in contacts for town in typed.towns_of(one)})


def _reads_as(address: str, secret: Iterable[Private]) -> bool:
    text = typed.plain_of(address)
    return any(contact_spans(text, one, town_too=False) for one in secret)


def keyed_hash(dossier_id: UUID, what_for: str, content: Any) -> str:
    """A mark of content that never tells it, also not by guessing; once the dossier's key is gone it is of nothing."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hmac.new(derive(dossier_key(dossier_id), what_for), text.encode(), hashlib.sha256).hexdigest()
