"""The pages of consent and disclosures through the browser's door: who comes in, what is refused, what is shown."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.accounts.models import User
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.jobs import run_due
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Organisation, Unit
from casemgmt.vault.keys import destroy_dossier_key
from casemgmt.work.models import Task
from consent.models import Consent
from disclosures.models import Disclosure
from tests.cast import make_actor
from tests.disclosures.story import (
    ABOUT_BROTHER,
    Case,
    agreed,
    approve,
    ask,
    choose,
    consent,
    hand_over,
    look_at_own,
    make_case,
    propose,
)

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)
    made = make_case("sterk-huis")
    with organisation(made.place.id):
        yield made


def browser(actor: Any) -> Client:
    client = Client()
    client.force_login(
        User.objects.get(id=actor.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def base(case: Case) -> str:
    return f"/o/{case.place.slug}/dossiers/{case.dossier_id}"


def steps(case: Case) -> str:
    return f"/o/{case.place.slug}/verstrekken/{case.dossier_id}"


def text(response: Any) -> str:
    return response.content.decode()


def told_from(page: Any) -> dict[str, str]:
    """What a page of which somebody was told sends along: exactly which disclosure it showed."""
    return {"seen": re.findall(r'name="seen" value="((?:[0-9]+:)?[0-9a-f]{64})"', text(page))[0]}


def said_yes() -> dict[str, Any]:
    """A yes on paper, given today after everything was told, as the form sends it."""
    everything = ["purpose", "recipient", "content"]
    return {
        "row_id": str(uuid4()),
        "state": "given",
        "form": "written",
        "given_on": str(clock.today()),
        "told": everything,
    }


def test_nobody_was_told_what_exactly_goes_while_nothing_is_chosen(here: Case):
    row = propose(here)
    worker, page = browser(here.place.worker), f"{steps(here)}/{row.id}/toestemming/{here.client}/"
    assert re.search(r'value="content"[^>]* disabled', text(worker.get(page)))
    refused = worker.post(page, said_yes())
    assert refused.status_code == 422 and "Kies eerst wat u geeft." in text(refused)
    with transaction.atomic():
        assert not Consent.objects.filter(exchange_id=row.id).exists()
    choose(here, row)
    shown = worker.get(page)
    assert not re.search(r'value="content"[^>]* disabled', text(shown))
    assert worker.post(page, said_yes() | told_from(shown)).status_code == 303


def test_taking_what_is_ticked_with_nothing_ticked_says_what_to_do(here: Case):
    row = propose(here)
    worker, one = browser(here.place.worker), f"{steps(here)}/{row.id}/"
    answer = worker.post(f"{one}stukken/")
    assert answer.status_code == 422 and "Kruis eerst aan wat de ontvanger nodig heeft." in text(answer)
    assert 'aria-describedby="items-error"' in text(answer)
    choose(here, row)
    assert worker.post(f"{one}stukken/").status_code == 303
    with transaction.atomic():
        assert not Disclosure.objects.get().items.exists()


def test_who_approved_reads_that_first_and_finds_the_way_back(here: Case):
    row = agreed(here)
    approve(here, row)
    shown = text(browser(here.place.manager).get(f"{steps(here)}/{row.id}/goedkeuren/"))
    done = shown.index("U keurde dit goed")
    assert "kan het nu overhandigen." in shown and f'href="/o/{here.place.slug}/goedkeuren/"' in shown[done:]
    assert done < shown.index('id="rests"')


def test_who_approves_reads_by_which_version_of_the_rules_as_on_every_other_page(here: Case):
    row = agreed(here)
    shown = text(browser(here.place.manager).get(f"{steps(here)}/{row.id}/goedkeuren/"))
    assert "Regels: versie 1, vanaf " in shown and "Regels: sterk-huis" not in shown


def test_the_page_says_whose_consent_and_cites_it(here: Case):
    row = propose(here)
    page = browser(here.place.worker).get(f"{steps(here)}/{row.id}/")
    assert page.status_code == 200
    assert "SH-3.7.2c" in text(page)
    assert "Samira El Idrissi" in text(page)
    assert page.headers["Cache-Control"] == "no-store, private"


def test_the_whole_way_through_the_pages(here: Case):
    worker, manager = browser(here.place.worker), browser(here.place.manager)
    root = steps(here)
    assert worker.get(f"{root}/nieuw/").status_code == 200
    made = worker.post(
        f"{root}/nieuw/",
        {
            "row_id": str(uuid4()),
            "about": str(here.client),
            "recipient_kind": "gp",
            "organisation": "Huisartsenpraktijk De Linde",
            "name": "dokter Sikkema",
            "purpose": "Om te beoordelen of behandeling nodig is.",
            "requested": "no",
        },
    )
    assert made.status_code == 303
    one = made.headers["Location"]
    assert worker.post(f"{one}stukken/", {"entry": [str(here.plain), str(here.mixed)]}).status_code == 303
    for person in (here.client, here.mother):
        asked = worker.get(f"{one}toestemming/{person}/")
        assert asked.status_code == 200
        assert worker.post(f"{one}toestemming/{person}/", said_yes() | told_from(asked)).status_code == 303
    assert worker.post(f"{one}goedkeuring-vragen/").status_code == 409
    with transaction.atomic():
        row = Disclosure.objects.get()
        item = row.items.get(entry_id=here.mixed)
    shown = worker.get(f"{one}stukken/{item.id}/")
    assert shown.status_code == 200
    assert "black" in text(shown)
    start = ABOUT_BROTHER and str(len("Yara slaapt slecht en piekert. "))
    ticked = {"black": [start]} | told_from(shown)
    assert worker.post(f"{one}stukken/{item.id}/", ticked).status_code == 303
    look_at_own(here, row)
    assert worker.post(f"{one}goedkeuring-vragen/").status_code == 303
    look = manager.get(f"{one}goedkeuren/")
    assert look.status_code == 200
    assert "geschorst" not in text(look)
    with transaction.atomic():
        seen = Disclosure.objects.get().content_hash
    assert manager.post(f"{one}goedkeuren/", {"seen": seen}).status_code == 303
    assert worker.post(f"{one}overhandigen/", {"how": "in_person", "when": "now"}).status_code == 409
    run_due()
    assert "afgedrukt en verzegeld" in text(worker.get(one))
    assert worker.get(f"{one}pakket/").status_code == 404
    gone = worker.post(f"{one}overhandigen/", {"how": "in_person", "when": "now"})
    assert gone.status_code == 303, text(gone)
    pdf = worker.get(f"{one}pakket/")
    assert pdf.status_code == 200
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    assert pdf.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in pdf.headers["Content-Security-Policy"]
    assert "no-store" in pdf.headers["Cache-Control"]
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    with organisation(here.place.id), transaction.atomic():
        assert AccessEvent.objects.filter(action="export", data="disclosure-package", outcome="shown").count() == 1
    assert worker.post(f"{one}afronden/").status_code == 303
    assert "dokter Sikkema" in text(worker.get(f"{base(here)}/verstrekkingen/"))
    assert worker.get(f"/o/{here.place.slug}/verstrekken/").status_code == 200


def test_consent_is_recorded_and_withdrawn_on_its_page(here: Case):
    worker = browser(here.place.worker)
    page = worker.get(f"{base(here)}/toestemming/")
    assert page.status_code == 200
    assert "SH-3.7.2c" in text(page)
    said = {
        "about": str(here.client),
        "purpose": "disclosure",
        "row_id": str(uuid4()),
        "person": str(here.client),
        "recipient_kind": "gp",
        "recipient": "Huisarts",
        "what_for": "Samen kijken naar het slapen.",
        "state": "given",
        "form": "oral",
        "given_on": str(clock.today()),
        "told": ["purpose"],
    }
    for _twice in range(2):
        assert worker.post(f"{base(here)}/toestemming/vastleggen/", said).status_code == 303
    with transaction.atomic():
        row = Consent.objects.get()
    assert worker.get(f"{base(here)}/toestemming/{row.id}/intrekken/").status_code == 200
    assert worker.post(f"{base(here)}/toestemming/{row.id}/intrekken/", {}).status_code == 422
    assert worker.post(f"{base(here)}/toestemming/{row.id}/intrekken/", {"form": "oral"}).status_code == 303
    with transaction.atomic():
        assert Consent.objects.get().state == "withdrawn"


def addresses(case: Case, row: Disclosure) -> list[tuple[str, str, str]]:
    """Every page with its method and for whom it is."""
    one = f"{steps(case)}/{row.id}"
    any_id = uuid4()
    return [
        ("GET", f"{base(case)}/toestemming/", "worker"),
        ("POST", f"{base(case)}/toestemming/vastleggen/", "worker"),
        ("GET", f"{base(case)}/toestemming/{any_id}/intrekken/", "worker"),
        ("GET", f"{base(case)}/verstrekkingen/", "worker"),
        ("GET", f"{steps(case)}/nieuw/", "worker"),
        ("GET", f"{one}/", "worker"),
        ("POST", f"{one}/ontvanger/", "worker"),
        ("GET", f"{one}/toestemming/{case.client}/", "worker"),
        ("POST", f"{one}/voorwaarden/", "worker"),
        ("POST", f"{one}/stukken/", "worker"),
        ("GET", f"{one}/stukken/{any_id}/", "worker"),
        ("POST", f"{one}/goedkeuring-vragen/", "worker"),
        ("POST", f"{one}/voorleggen/", "worker"),
        ("POST", f"{one}/stoppen/", "worker"),
        ("GET", f"{one}/goedkeuren/", "manager"),
        ("POST", f"{one}/niet-goedkeuren/", "manager"),
        ("POST", f"{one}/antwoord/", "manager"),
        ("POST", f"{one}/overhandigen/", "worker"),
        ("POST", f"{one}/later-besluit/", "manager"),
        ("POST", f"{one}/afdrukken/", "worker"),
        ("POST", f"{one}/inlichten/", "worker"),
        ("POST", f"{one}/later/", "worker"),
        ("POST", f"{one}/afronden/", "worker"),
        ("GET", f"{one}/pakket/", "worker"),
    ]


def manager_of_another_team(case: Case) -> Actor:
    """Somebody who may approve, but not for this team."""
    with transaction.atomic():
        place, unit = Organisation.objects.get(id=case.place.id), Unit.objects.get(id=case.place.other_unit_id)
        return make_actor(place, unit, "manager", frozenset(), "Joris Elders")


def test_nobody_else_comes_in_anywhere(here: Case):
    row = propose(here)
    there = make_case("buurteams-nijmegen")
    colleague, stranger = browser(here.place.colleague), browser(there.place.worker)
    other_manager, elsewhere = browser(there.place.manager), browser(manager_of_another_team(here))
    for method, address, who in addresses(here, row):
        refused = getattr(colleague if who == "worker" else elsewhere, method.lower())(address)
        assert refused.status_code == 403, address
        outsider = stranger if who == "worker" else other_manager
        assert getattr(outsider, method.lower())(address).status_code == 404, address
        unknown = address.replace(str(here.dossier_id), str(uuid4()))
        insider = browser(here.place.worker if who == "worker" else here.place.manager)
        assert getattr(insider, method.lower())(unknown).status_code in (404, 409, 422), unknown
        wrong = insider.put(address)
        assert wrong.status_code == 405, address


def test_bad_input_is_answered_with_the_page_and_what_was_typed(here: Case):
    row = propose(here)
    worker = browser(here.place.worker)
    one = f"{steps(here)}/{row.id}"
    bad = worker.post(f"{steps(here)}/nieuw/", {"purpose": "Mijn doel", "row_id": "x\x00"})
    assert bad.status_code == 422
    assert "Mijn doel" in text(bad)
    assert worker.post(f"{one}/ontvanger/", {}).status_code == 422
    assert worker.post(f"{one}/toestemming/{here.client}/", {}).status_code == 422
    assert worker.post(f"{one}/voorleggen/", {}).status_code == 422
    assert worker.post(f"{one}/stoppen/", {}).status_code == 422
    assert worker.post(f"{one}/stukken/", {"entry": ["nonsense"]}).status_code == 404
    assert worker.post(f"{one}/stukken/", {"entry": [str(here.others_only)]}).status_code == 404
    choose(here, row)
    consent(here, here.client, row)
    consent(here, here.mother, row)
    approve(here, ask(here, row))
    assert worker.post(f"{one}/overhandigen/", {"how": "pigeon", "when": "now"}).status_code == 422
    assert worker.post(f"{one}/overhandigen/", {"how": "post", "when": "later"}).status_code == 422


def test_a_question_is_laid_before_the_manager_and_answered(here: Case):
    row = propose(here)
    one = f"{steps(here)}/{row.id}"
    worker, manager = browser(here.place.worker), browser(here.place.manager)
    page = text(worker.get(f"{one}/?stap=consent"))
    assert "SH-3.7.8" in page
    assert worker.post(f"{one}/voorleggen/", {"question": "Moeder is onvindbaar."}).status_code == 303
    with transaction.atomic():
        due = Task.objects.get(object_id=row.id, kind="disclosures.question").due_on
    assert due == clock.today() + timedelta(days=2)
    assert manager.get(f"{one}/goedkeuren/").status_code == 200
    assert manager.post(f"{one}/antwoord/", {"why": "Vraag eerst de voogd."}).status_code == 303
    assert "Vraag eerst de voogd." in text(worker.get(f"{one}/?stap=consent"))


def test_a_stopped_hand_over_answers_409_with_the_sentence(here: Case):
    row = agreed(here)
    approve(here, row)
    choose(here, row, here.plain, here.mixed)
    answer = browser(here.place.worker).post(f"{steps(here)}/{row.id}/overhandigen/", {"how": "post", "when": "now"})
    assert answer.status_code == 409


def test_what_left_is_in_the_register_and_the_list(here: Case):
    row = agreed(here)
    approve(here, row)
    hand_over(here, row)
    page = text(browser(here.place.worker).get(f"{base(here)}/verstrekkingen/"))
    assert "Huisartsenpraktijk De Linde" in page
    assert "Hanneke Vos" in page
    assert "Artikel 3.7.6" in page and ">SH-3." not in page, "an article is named as one looks it up"


def test_a_print_that_failed_says_so_and_is_started_again_from_the_page(here: Case):
    row = agreed(here)
    approve(here, row, printed=False)
    worker, one = browser(here.place.worker), f"{steps(here)}/{row.id}/"
    busy = text(worker.get(one))
    assert "Het pakket wordt afgedrukt" in busy
    assert "overhandigen/" not in busy and "afdrukken/" not in busy
    with transaction.atomic():
        Job.objects.filter(subject=row.id).update(failed_at=clock.now(), last_error="LetterFailed")
    failed = text(worker.get(one))
    assert "Het pakket kon niet worden afgedrukt" in failed
    assert "overhandigen/" not in failed and "afdrukken/" in failed
    assert worker.post(f"{one}afdrukken/").status_code == 303
    run_due()
    ready = text(worker.get(one))
    assert "overhandigen/" in ready and "afdrukken/" not in ready
    with transaction.atomic():
        assert AccessEvent.objects.filter(data="disclosure-print-again", outcome="done").count() == 1


def test_a_disclosure_whose_dossier_lost_its_key_stands_in_the_list_without_a_name(here: Case):
    row = propose(here)
    destroy_dossier_key(here.dossier_id)
    page = browser(here.place.worker).get(f"/o/{here.place.slug}/verstrekken/")
    assert page.status_code == 200
    assert "kan niet worden geopend" in text(page) and f"{row.id}" in text(page)
    assert "Bakker" not in text(page) and "Linde" not in text(page)
    assert browser(here.place.worker).get(f"{steps(here)}/{row.id}/").status_code == 423
