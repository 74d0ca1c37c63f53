"""The caseworker's part of the day: timeline, entry, better wording, search, working note; and who is refused."""

from collections.abc import Callable

from tests.journeys.families import Family
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]


def record(visit: Visit, slug: str, family: Family) -> str:
    """Live the caseworker's morning; returns the address of the dossier."""
    worker = visit(slug, "caseworker").sign_in()
    worker.check().sees("Mijn dag", family.dossier).photograph("mijn-dag")
    worker.go("dossiers/").click(family.dossier)
    dossier = worker.page.url
    worker.sees("Wie komt op voor de rechten", "waarom?").photograph("dossier")
    see_why(worker)
    add_entry(worker, family)
    reword(worker)
    find(worker, family)
    keep_note(worker, dossier)
    worker.open(f"{dossier}wie-keek/").sees("Wie keek").photograph("wie-keek")
    refused(visit, slug, dossier)
    return dossier


def see_why(worker: Visitor) -> None:
    """The “waarom?” opens with sentence, article and the facts used."""
    worker.page.get_by_text("waarom?").first.click()
    worker.sees("Gebruikt")
    worker.page.keyboard.press("Escape")


def add_entry(worker: Visitor, family: Family) -> None:
    """An entry that misses what is asked comes back whole; complete it is saved."""
    worker.click("Nieuwe vermelding").sees("Wie dit leest")
    worker.fill(text="Ging vandaag met plezier naar de dagbesteding.")
    worker.page.locator(
        "main form.entry-form button[type=submit], main form.entry-form button:not([type])"
    ).last.click()
    worker.page.wait_for_load_state("load")
    worker.check()
    assert worker.page.input_value("main [name=text]") == "Ging vandaag met plezier naar de dagbesteding."
    worker.choose(statement_kind="fact").tick(family.first)
    worker.choose_any("origin", "category", "purpose", "channel", "ground", "current_contact")
    worker.fill_where_asked(source="eigen waarneming", client_involved="Meegelezen en het ermee eens.")
    worker.press("Opslaan in het dossier").sees("Ging vandaag met plezier naar de dagbesteding.")


def reword(worker: Visitor) -> None:
    """A better wording leaves the earlier one readable."""
    worker.click("anders verwoorden")
    worker.fill(text="Ging vandaag met plezier naar school.", why="Het was school, geen dagbesteding.")
    worker.press("Opslaan als versie 2").sees("Versie 2", "naar school")
    worker.page.get_by_role("link", name="toon versie 1").first.click()
    worker.page.wait_for_load_state("load")
    worker.check().sees("dagbesteding", "Het was school")


def find(worker: Visitor, family: Family) -> None:
    """By a part of the name, and by BSN."""
    for words in (family.client.split()[-1][:5], family.bsn):
        worker.go("zoeken/").fill(q=words).press("Zoeken").sees(family.dossier)


def keep_note(worker: Visitor, dossier: str) -> None:
    """A working note is the writer's alone."""
    worker.open(f"{dossier}aantekeningen/")
    worker.fill(text="GEHEIM-AANTEKENING: eerst zelf nagaan.")
    worker.press("Bewaren voor mijzelf").sees("GEHEIM-AANTEKENING")


def refused(visit: Visit, slug: str, dossier: str) -> None:
    """A colleague elsewhere gets a sentence to act on; another organisation's worker meets nothing at all."""
    team = visit(slug, "second_caseworker").sign_in()
    team.open(f"{dossier}aantekeningen/").sees_not("GEHEIM-AANTEKENING")
    colleague = visit(slug, "colleague").sign_in()
    answer = colleague.page.goto(dossier)
    assert answer is not None and answer.status == 403
    colleague.check().sees("Vraag")
    elsewhere = "veilig-thuis-hm" if slug != "veilig-thuis-hm" else "sterk-huis"
    stranger = visit(elsewhere, "caseworker").sign_in()
    theirs = dossier.replace(f"/o/{slug}/", f"/o/{elsewhere}/")
    never = theirs[:-37] + "00000000-0000-4000-8000-000000000000/"
    bodies = []
    for address in (theirs, never, dossier):
        answer = stranger.page.goto(address)
        assert answer is not None and answer.status == 404, (address, answer)
        bodies.append(stranger.page.locator("main").inner_text())
    assert bodies[0] == bodies[1] == bodies[2]
