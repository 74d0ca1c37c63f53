"""What the pages of the portal show, as plain values; called inside the portal's door."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.accounts.models import User
from casemgmt.audit.appearances import Appearance, looks_and_lists
from casemgmt.audit.queries import Look, Place, who_looked
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.audit.words import list_said_to_client, said_to_client
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.base.keyset import Part
from casemgmt.letters.acts import letter_pdf
from casemgmt.letters.models import Letter
from casemgmt.letters.queries import LetterLine, OpenedLetter, letters_to, opened
from casemgmt.letters.vocabulary import Kind
from casemgmt.letters.wording import Wording, article_name
from casemgmt.policy.calendar import moment_after
from casemgmt.policy.rules.house import looks_told
from casemgmt.policy.versions import profile_in_force
from casemgmt.policy.words import role_label
from client_requests.for_clients import ActedFor, Rights, acted_for, awaited, own_requests, rights_over
from client_requests.invitations import renewed_at
from client_requests.queries import RequestLine
from client_requests.showing import upper
from disclosures.letters import as_read_outside
from disclosures.register import Received, anybody_received, received_by_others
from dossiers.frame import first_name
from dossiers.looks import about_notes
from portal.door import ROLE, Visit

LOOKING = frozenset({Action.READ, Action.PRINT, Action.EXPORT, Action.DISCLOSE})
EVENTS = 400


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """A letter as its reader may have it today; ``withheld``: not as a print, for a secret address stands in that."""

    found: OpenedLetter
    wording: Wording
    withheld: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody who looked on one day."""

    who: str
    on: date
    what: str
    why: str
    me: bool = False


@dataclass(frozen=True, slots=True)
class LooksPage:
    """Who looked, day by day, and the way to what came before."""

    rights: Rights
    seen: tuple[Seen, ...]
    older: str
    delay_days: int


@dataclass(frozen=True, slots=True)
class ReceivedAbout:
    """What others received about one client, or some of it."""

    id: UUID
    name: str
    found: Part[Received]


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """Per client whose rights this person exercises, or the rest about ``one`` of them."""

    rights: Rights
    about: tuple[ReceivedAbout, ...]
    one: bool


@dataclass(frozen=True, slots=True)
class StartPage:
    """The first page."""

    name: str
    requests: tuple[RequestLine, ...]
    waiting: RequestLine | None
    letters: tuple[LetterLine, ...]
    unread: tuple[LetterLine, ...]
    seen: tuple[Seen, ...]
    received: bool
    acted: tuple[ActedFor, ...]
    rights: Rights
    renewed: datetime | None
    today: date


def start_page(visit: Visit) -> StartPage:
    """What waits for this person, and the latest who looked."""
    rights = rights_over(visit.dossier, visit.person, visit.on)
    requests = own_requests(visit.dossier, visit.person, visit.on).rows
    letters = tuple(letters_to(visit.dossier.id, visit.person.id))
    # The lists in which the name stood are for the page of who looked; here only who read.
    read = who_looked(
        visit.dossier.id,
        until=_until(visit.on),
        limit=EVENTS,
        actions=LOOKING,
        silence=about_notes(visit.dossier.id),
    )
    seen = _by_day(visit, read)[:3] if rights.clients else ()
    return StartPage(
        name=first_name(visit.person.name),
        requests=requests,
        waiting=awaited(visit.dossier, visit.person, visit.on),
        letters=letters,
        unread=unread(letters),
        seen=tuple(seen),
        received=anybody_received(visit.dossier.id, (one for one, _name in rights.clients)),
        acted=acted_for(visit.dossier, visit.person).rows,
        rights=rights,
        renewed=renewed_at(visit.access),
        today=visit.on,
    )


def unread(letters: Iterable[LetterLine]) -> tuple[LetterLine, ...]:
    """The letters that are new to their reader; the one that led here was read on paper."""
    return tuple(one for one in letters if one.read_at is None and one.kind != Kind.PORTAL_INVITATION)


def own_letter(visit: Visit, letter_id: UUID) -> OwnLetter:
    """A letter to this person; raises NotThere for any other.

    Its words were guarded when it was written; an address that became secret since is taken out of what is shown.
    """
    found = opened(visit.dossier.id, letter_id)
    if found is None or found.line.to_person_id != visit.person.id:
        raise NotThere
    guarded = as_read_outside(found, visit.person.id)
    return OwnLetter(found, guarded, guarded != found.wording)


def own_print(visit: Visit, letter_id: UUID) -> Iterator[bytes]:
    """The print of a letter to this person.

    Raises NotThere for any other, and Conflict while there is none, where it failed, or for one in which a secret
    address stands: a print says for good what it said.
    """
    own = own_letter(visit, letter_id)
    if own.withheld:
        raise Conflict(_("We left something out of this letter. You can read it here, but not download it."))
    if own.found.stuck:
        raise Conflict(_("We could not make a file of this letter. Do you want it on paper? Ask us."))
    row: Letter = Letter.objects.select_related("file").get(dossier_id=visit.dossier.id, id=letter_id)
    return letter_pdf(row)


def looks_page(visit: Visit, before: str) -> LooksPage:
    """Who looked, for somebody who exercises a client's rights."""
    rights = rights_over(visit.dossier, visit.person, visit.on)
    seen, older = _seen(visit, before) if rights.clients else ([], "")
    return LooksPage(rights, tuple(seen), older, _behind(visit.on))


def received_page(visit: Visit, about_id: str = "", before: str = "") -> ReceivedPage:
    """Who received data about the clients whose rights this person exercises; about one of them what came ``before``.

    Anybody else's id is no way to theirs: then it begins at the top, about all of them.
    """
    rights = rights_over(visit.dossier, visit.person, visit.on)
    chosen = [(one, name) for one, name in rights.clients if str(one) == about_id]
    about = tuple(
        ReceivedAbout(one, name, _received(visit, one, before if chosen else ""))
        for one, name in chosen or rights.clients
    )
    return ReceivedPage(rights, about, bool(chosen))


def articles(names: Iterable[str]) -> str:
    """Articles as a reader looks them up."""
    return ", ".join(upper(article_name(one)) for one in names)


def _received(visit: Visit, about_id: UUID, before: str) -> Part[Received]:
    return received_by_others(visit.dossier.id, about_id, before, reader_id=visit.person.id)


def _seen(visit: Visit, before: str) -> tuple[list[Seen], str]:
    """A part of everything that was seen, lists with the name as well, and the key of what came before."""
    until, place = _until(visit.on), _place(before)
    rows = looks_and_lists(
        visit.dossier.id,
        until=until,
        limit=EVENTS,
        before=place,
        actions=LOOKING,
        silence=about_notes(visit.dossier.id),
    )
    older = f"{rows[-1].at.isoformat()}~{rows[-1].id}" if len(rows) == EVENTS else ""
    return _by_day(visit, rows), older


def _by_day(visit: Visit, rows: Sequence[Look | Appearance]) -> list[Seen]:
    """What one person saw on one day together, the newest first; of other clients' own visits nothing."""
    staff = _staff(row.user_id for row in rows)
    grouped: dict[tuple[date, UUID, str], list[Look | Appearance]] = {}
    for row in rows:
        known = row.user_id in staff or row.user_id == visit.actor.user_id
        if row.user_id is None or not known or not _is_told(row):
            continue
        grouped.setdefault((clock.local_date(row.at), row.user_id, row.role), []).append(row)
    return [_one(key, found, staff, visit.on) for key, found in grouped.items()]


def _is_told(row: Look | Appearance) -> bool:
    return isinstance(row, Appearance) or row.outcome == Outcome.SHOWN


def _one(key: tuple[date, UUID, str], found: list[Look | Appearance], staff: Mapping[UUID, str], on: date) -> Seen:
    day, user_id, roles = key
    if user_id not in staff:
        return Seen(_("You"), day, _what(found, me=True), "", me=True)
    role = ", ".join(role_label(one, on) for one in roles.split(",") if one and one != ROLE)
    who = f"{staff[user_id]} ({role})" if role else staff[user_id]
    why = next((said for one in found if isinstance(one, Look) and (said := _why(one.ground))), "")
    return Seen(who, day, _what(found), why)


def _what(found: Iterable[Look | Appearance], *, me: bool = False) -> str:
    """What was opened, in one sentence, and in which lists the name stood, in another; how often says nothing here."""
    opened: dict[str, None] = {}
    lists: dict[str, None] = {}
    for one in found:
        if isinstance(one, Look):
            opened[said_to_client(one.data)] = None
        else:
            lists |= dict.fromkeys(list_said_to_client(word) for word in one.lists)
    if me:
        return upper(", ".join((*opened, *lists)))
    return ". ".join(filter(None, (_read(list(opened)), _seen_in(list(lists), also=bool(opened)))))


def _read(opened: list[str]) -> str:
    """What somebody read; what is only called the dossier comes last, for it may be anything else in it."""
    whole = said_to_client("dossier")
    named = [one for one in opened if one != whole]
    if not named:
        return _("Read in your dossier") if opened else ""
    what = ", ".join((*named, _("something else in it")) if whole in opened else named)
    return _("Read in your dossier: %(what)s") % {"what": what}


def _seen_in(lists: list[str], *, also: bool) -> str:
    """In which lists the name of the dossier stood."""
    if not lists:
        return ""
    said = {"lists": ", ".join(lists)}
    if also:
        return _("Also saw the name of your dossier in a list: %(lists)s") % said
    return _("Saw the name of your dossier in a list: %(lists)s") % said


def _why(ground: str) -> str:
    return {
        "team": _("Works in the team that helps you."),
        "assignment": _("Was added to help you."),
        "desk": _("For a task for everybody here."),
    }.get(ground, "")


def _staff(user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in user_ids if one is not None}
    return dict(User.objects.filter(id__in=wanted, kind=User.Kind.STAFF).values_list("id", "name"))


def _until(on: date) -> datetime | None:
    behind = _behind(on)
    return moment_after(clock.now(), -behind) if behind else None


def _behind(on: date) -> int:
    """How many days the view lags behind, for safety: none, unless the house rule says so."""
    return int(looks_told(profile_in_force(on), on).outcome["days"])


def _place(text: str) -> Place | None:
    at, _tilde, last = text.partition("~")
    try:
        moment, row_id = datetime.fromisoformat(at), UUID(last)
    except ValueError:
        return None
    return (moment, row_id) if moment.tzinfo else None
