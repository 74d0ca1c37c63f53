"""Who looked gives nothing away: of what was put off, only prepared or refused the portal knows nothing."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import translation

from casemgmt.accounts.models import User
from casemgmt.audit.words import list_said_to_client, said_to_client, said_to_staff, words
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation, SignInPlace
from disclosures import deciding
from disclosures.models import Disclosure
from disclosures.vocabulary import State
from dossiers.models import PortalAccess
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.client_requests.story import House
from tests.disclosures.story import Case, agreed, do, make_case, propose
from tests.disclosures.test_pages import browser, steps, text
from tests.disclosures.test_waiting import NOT_POSSIBLE, put_off

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

GIVES_AWAY = ("voor anderen", "ontvanger", "overhandigd", "goedkeur", "plan om", "de linde", "sikkema")


def deferred(case: Case) -> Disclosure:
    return put_off(case, NOT_POSSIBLE)


def refused(case: Case) -> Disclosure:
    row, who = agreed(case), case.place.manager
    made: Disclosure = do(
        case,
        Verb.APPROVE_DISCLOSURE,
        lambda d: deciding.refuse(d, row.id, why="Te veel.", by=who, at=MOMENT),
        who,
    )
    return made


def test_to_the_client_every_word_about_a_disclosure_is_the_dossier_or_a_list() -> None:
    about = [word for word, _said in words if word.startswith("disclosure")]
    assert len(about) > 15
    with translation.override("nl"):
        assert {said_to_client(word) for word in about} == {"het dossier"}
        assert {list_said_to_client(word) for word in about} == {"een lijst"}


@pytest.mark.parametrize(
    ("made", "state"),
    [(deferred, State.INFORMING_DEFERRED), (propose, State.AWAITING_CONSENT), (refused, State.REFUSED)],
)
def test_start_and_who_looked_tell_of_no_disclosure_that_the_client_did_not_hear_of(
    made: Callable[[Case], Disclosure], state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = made(case)
        assert row.state == state
        worker = browser(case.place.worker)
        assert worker.get(f"{steps(case)}/{row.id}/").status_code == 200
        assert worker.get(f"/o/{case.place.slug}/verstrekken/").status_code == 200
        client = portal(case)
    for rest in ("", "wie-keek/", "wie-kreeg/"):
        page = text(client.client("yara").get(client.portal_url(rest)))
        main = page[page.index("<main") : page.index("</main")]
        assert _found(main) == [], rest
        if rest == "wie-keek/":
            assert case.place.worker.name in main and "as in uw dossier" in main and "een lijst" in main


def _found(main: str) -> list[str]:
    """What on a page tells of a disclosure: a word that staff reads of it, or to whom it goes."""
    with translation.override("nl"):
        of_staff = {said_to_staff(word) for word, _said in words if word.startswith("disclosure")}
    return [word for word in (*GIVES_AWAY, *sorted(of_staff)) if word in main.lower()]


def portal(case: Case) -> House:
    """A sign-in of the client's own to the portal."""
    user = User.objects.create_portal(username="maan-yara-1", password=None)
    with transaction.atomic():
        row = Organisation.objects.get(id=case.place.id)
        SignInPlace.objects.create(user_id=user.id, organisation=row)
    do(
        case,
        Verb.ADD,
        lambda d: PortalAccess.objects.create(dossier=d, person_id=case.client, user_id=user.id, since=MOMENT),
    )
    return House(row, case.place.unit_id, clients={"yara": user}, dossier_id=case.dossier_id)
