"""What the pages of the portal show, as plain values; called inside the portal's door."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.accounts.models import User
from casemgmt.audit.queries import Look, Place, who_looked
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.letters.queries import LetterLine, letters_to
from casemgmt.letters.wording import article_name
from casemgmt.policy.terms import Unit
from casemgmt.policy.versions import profile_in_force
from casemgmt.policy.words import role_label
from client_requests.for_clients import ActedFor, Rights, acted_for, own_requests, rights_over
from client_requests.invitations import renewed_at
from client_requests.queries import RequestLine
from client_requests.showing import upper
from disclosures.register import Received, received_by_others
from dossiers.frame import first_name
from dossiers.looks import SILENT
from portal.door import ROLE, Visit

LOOKING = frozenset({Action.READ, Action.PRINT, Action.EXPORT, Action.DISCLOSE})
EVENTS = 400


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
    """What others received about one client."""

    name: str
    rows: tuple[Received, ...]


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """Per client whose rights this person exercises."""

    rights: Rights
    about: tuple[ReceivedAbout, ...]


@dataclass(frozen=True, slots=True)
class StartPage:
    """The first page."""

    name: str
    requests: tuple[RequestLine, ...]
    waiting: RequestLine | None
    letters: tuple[LetterLine, ...]
    unread: tuple[LetterLine, ...]
    seen: tuple[Seen, ...]
    received: int
    acted: tuple[ActedFor, ...]
    rights: Rights
    renewed: datetime | None
    today: date


def start_page(visit: Visit) -> StartPage:
    """What waits for this person, and the latest who looked."""
    rights = rights_over(visit.dossier, visit.person, visit.on)
    requests = own_requests(visit.dossier, visit.person)
    letters = tuple(letters_to(visit.dossier.id, visit.person.id))
    waiting = sorted((one for one in requests if one.running), key=lambda one: one.due_on)
    seen = _seen(visit, None)[0][:3] if rights.clients else ()
    return StartPage(
        name=first_name(visit.person.name),
        requests=requests,
        waiting=waiting[0] if waiting else None,
        letters=letters,
        # The letter that led here was read on paper.
        unread=tuple(one for one in letters if one.read_at is None and one.kind != "portal_invitation"),
        seen=tuple(seen),
        received=sum(len(_received(visit, one)) for one, _name in rights.clients),
        acted=acted_for(visit.dossier, visit.person),
        rights=rights,
        renewed=renewed_at(visit.access),
        today=visit.on,
    )


def looks_page(visit: Visit, before: str) -> LooksPage:
    """Who looked, for somebody who exercises a client's rights."""
    rights = rights_over(visit.dossier, visit.person, visit.on)
    seen, older = _seen(visit, _place(before)) if rights.clients else ([], "")
    return LooksPage(rights, tuple(seen), older, _delay(visit.on))


def received_page(visit: Visit) -> ReceivedPage:
    """Who received data about the clients whose rights this person exercises."""
    rights = rights_over(visit.dossier, visit.person, visit.on)
    about = tuple(ReceivedAbout(name, _received(visit, one)) for one, name in rights.clients)
    return ReceivedPage(rights, about)


def articles(names: Iterable[str]) -> str:
    """Articles as a reader looks them up."""
    return ", ".join(upper(article_name(one)) for one in names)


def _received(visit: Visit, about_id: UUID) -> tuple[Received, ...]:
    return tuple(received_by_others(visit.dossier.id, about_id))


def _seen(visit: Visit, before: Place | None) -> tuple[list[Seen], str]:
    """The newest looks, those of one person on one day together; of other clients' own visits nothing."""
    delay = _delay(visit.on)
    until = clock.now() - timedelta(days=delay) if delay else None
    rows = who_looked(visit.dossier.id, until=until, limit=EVENTS, before=before, actions=LOOKING)
    older = f"{rows[-1].at.isoformat()}~{rows[-1].id}" if len(rows) == EVENTS else ""
    staff = _staff(row.user_id for row in rows)
    grouped: dict[tuple[date, UUID, str], list[Look]] = {}
    for row in rows:
        known = row.user_id in staff or row.user_id == visit.actor.user_id
        if row.user_id is None or not known or row.outcome != Outcome.SHOWN or row.data in SILENT:
            continue
        grouped.setdefault((clock.local_date(row.at), row.user_id, row.role), []).append(row)
    return [_one(key, looks, staff, visit.on) for key, looks in grouped.items()], older


def _one(key: tuple[date, UUID, str], looks: list[Look], staff: Mapping[UUID, str], on: date) -> Seen:
    day, user_id, roles = key
    if user_id not in staff:
        return Seen(_("You"), day, _what(looks), "", me=True)
    role = ", ".join(role_label(one, on) for one in roles.split(",") if one and one != ROLE)
    who = f"{staff[user_id]} ({role})" if role else staff[user_id]
    why = next((found for look in looks if (found := _why(look.ground))), "")
    return Seen(who, day, _what(looks), why)


def _what(looks: list[Look]) -> str:
    found = dict.fromkeys(_data(look.data) for look in looks)
    return upper(", ".join(found))


def _data(word: str) -> str:
    return {
        "timeline": _("the timeline"),
        "entry": _("an entry"),
        "versions": _("earlier wordings"),
        "person": _("who is in the dossier"),
        "people": _("who is in the dossier"),
        "address": _("contact details"),
        "access": _("who may look"),
        "trail": _("who looked"),
        "consent": _("consent"),
        "request": _("your request"),
        "requests": _("your request"),
        "inspection": _("what you may read"),
        "letter": _("a letter"),
        "portal": _("access to this page"),
        "portal-start": _("your own page"),
        "portal-looks": _("who looked"),
        "portal-received": _("who received data"),
        "portal-letters": _("your letters"),
        "portal-letter": _("your letters"),
        "portal-inspection": _("your inspection"),
        "portal-requests": _("your requests"),
        "portal-request": _("your requests"),
    }.get(word, _("your own page") if word.startswith("portal") else _("the dossier"))


def _why(ground: str) -> str:
    return {
        "team": _("Works in the team that helps you."),
        "assignment": _("Was added to help you."),
        "desk": _("For a task for everybody here, such as your request."),
    }.get(ground, "")


def _staff(user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in user_ids if one is not None}
    return dict(User.objects.filter(id__in=wanted, kind=User.Kind.STAFF).values_list("id", "name"))


def _delay(on: date) -> int:
    """How many days the view lags behind, for safety: none, unless the house rule says so."""
    term = profile_in_force(on).house_rules.log_view_delay.value
    return term.amount * {Unit.DAYS: 1, Unit.WEEKS: 7}.get(term.unit, 1)


def _place(text: str) -> Place | None:
    at, _tilde, last = text.partition("~")
    try:
        moment, row_id = datetime.fromisoformat(at), UUID(last)
    except ValueError:
        return None
    return (moment, row_id) if moment.tzinfo else None
