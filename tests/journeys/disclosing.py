"""The disclosure part of the day: whose consent, what goes, another's approval, the package, the register."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf

from tests.journeys.families import Family
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]


def disclose(visit: Visit, slug: str, family: Family, dossier: str) -> None:
    """From the question of a school to the letter for the client."""
    worker = visit(slug, "caseworker").sign_in()
    here = propose(worker, dossier)
    worker.sees("Wiens toestemming", family.first).photograph("verstrekken")
    # Who is asked for consent hears what exactly is given, so that is chosen first.
    choose_items(worker, here)
    for name in family.consenting:
        record_answer(worker, here, name)
    answer_conditions(worker, here)
    worker.open(f"{here}?stap=approval")
    worker.page.locator("main form[action$='goedkeuring-vragen/'] button").click()
    worker.page.wait_for_load_state("load")
    nobody_approves_their_own(worker, here)
    manager = visit(slug, "manager").sign_in()
    approve(manager, here)
    changed_content_voids_it(worker, manager, family, here)
    hand_over(worker, here)
    worker.open(f"{dossier}verstrekkingen/").sees("De Wegwijzer", manager.person["name"])


def propose(worker: Visitor, dossier: str) -> str:
    """Say about whom, to whom and what for; returns the address of the disclosure."""
    worker.open(dossier)
    worker.page.locator("a[href$='/nieuw/'][href*='/verstrekken/']").first.click()
    worker.page.wait_for_load_state("load")
    worker.check()
    about = worker.page.locator("main [name=about]")
    if about.count() and about.first.get_attribute("type") == "radio":
        about.first.check()
    worker.choose(recipient_kind="school", requested="yes")
    worker.fill(
        organisation="De Wegwijzer", name="D. Postema", purpose="Afspraken maken over verzuim en rust op school."
    )
    worker.press("Verder")
    return worker.page.url


def record_answer(worker: Visitor, here: str, name: str) -> None:
    """A yes, on paper, given today after everything was told."""
    worker.open(here)
    worker.page.get_by_role("link", name=name).first.click()
    worker.page.wait_for_load_state("load")
    worker.choose(state="given", form="written").fill(given_on=worker.day())
    for box in worker.page.locator("main [name=told]").all():
        box.check()
    worker.press("Antwoord bewaren")


def answer_conditions(worker: Visitor, here: str) -> None:
    """What the regulation asks beside consent, where it asks something."""
    worker.open(f"{here}?stap=conditions")
    form = worker.page.locator("main form[action$='voorwaarden/']")
    names = {str(field.get_attribute("name")) for field in form.locator("[type=radio]").all()}
    for name in names:
        worker.page.check(f'main [name={name}][value="yes"]')
    if names:
        worker.press("Antwoorden bewaren")


def choose_items(worker: Visitor, here: str, number: int = 0) -> None:
    """Take an entry that is only about the client; notes are nowhere to be chosen."""
    worker.open(f"{here}?stap=items").sees_not("GEHEIM-AANTEKENING")
    entries = worker.page.locator("main .pick", has_text="alleen over").locator("[name=entry]")
    entries.nth(number).check()
    worker.press("Neem wat is aangekruist").photograph("verstrekken-stukken")
    look_at_pieces(worker, here)


def look_at_pieces(worker: Visitor, here: str) -> None:
    """Where an address of the dossier is secret, each piece is looked at before it goes on."""
    while worker.page.locator("main .under-sheet", has_text="eerst bekijken").count():
        worker.page.locator("main .under-sheet", has_text="eerst bekijken").first.get_by_role("link").click()
        worker.page.wait_for_load_state("load")
        worker.press("Deze keuzes bewaren")
        worker.open(f"{here}?stap=items")


def nobody_approves_their_own(worker: Visitor, here: str) -> None:
    """Who proposed it meets a sentence, and nothing to press."""
    worker.page.goto(f"{here}goedkeuren/")
    assert not worker.page.get_by_role("button", name="Precies dit goedkeuren").count()


def approve(manager: Visitor, here: str) -> None:
    """From the inbox to exactly this package."""
    manager.go("goedkeuren/").sees("De Wegwijzer").photograph("goedkeuren")
    manager.open(f"{here}goedkeuren/").press("Precies dit goedkeuren").confirm()


def changed_content_voids_it(worker: Visitor, manager: Visitor, family: Family, here: str) -> None:
    """One entry more, and each yes and the approval are gone; when all are asked anew it holds."""
    choose_items(worker, here, number=1)
    worker.open(here).sees("er zou meer meegaan dan is verteld")
    assert not worker.page.locator("main form[action$='overhandigen/']").count()
    worker.open(f"{here}?stap=approval")
    assert not worker.page.locator("main form[action$='goedkeuring-vragen/']").count()
    for name in family.consenting:
        record_answer(worker, here, name)
    worker.open(f"{here}?stap=approval")
    worker.page.locator("main form[action$='goedkeuring-vragen/'] button").click()
    worker.page.wait_for_load_state("load")
    approve(manager, here)


def hand_over(worker: Visitor, here: str) -> None:
    """The printed package leaves as PDF, readable by a machine and without what is not for the school."""
    worker.open(here).until("afgedrukt en verzegeld").choose(how="in_person")
    if worker.page.locator("main [name=when]").count():  # only who may put it off is asked
        worker.choose(when="now")
    if worker.page.locator("main [name=told_before]").count():
        worker.page.check("main [name=told_before]")
    worker.press("Overhandigen aan De Wegwijzer").confirm()
    with worker.page.expect_download() as waiting:
        worker.page.get_by_role("link", name="Pakket downloaden").click()
    content = Path(str(waiting.value.path())).read_bytes()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang).startswith("nl")
    worker.open(here).photograph("overhandigd")
