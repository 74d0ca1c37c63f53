"""The client's part of the day, on a phone: in by invitation, asking, the sum of the date, the letter, who looked."""

import re
import time
from collections.abc import Callable

from tests.journeys.families import Family
from tests.journeys.visitor import Visitor, totp

Visit = Callable[..., Visitor]


def ask(visit: Visit, slug: str, family: Family, dossier: str) -> None:
    """From a client's question to the letter that cites article and appeal."""
    client = portal_sign_in(visit(slug, "client", phone=True))
    client.check().photograph("portaal-start")
    request = ask_inspection(client, slug)
    worker = visit(slug, "caseworker").sign_in()
    decide(visit, slug, dossier, worker)
    read_what_was_opened(client, worker, request)
    client.open(request).photograph("portaal-verzoek")
    read_letter(client, slug)
    client.open(f"/mijn/{slug}/wie-keek/").sees(worker.person["name"]).photograph("wie-keek-portaal")
    client.open(f"/mijn/{slug}/wie-kreeg/").sees("De Wegwijzer")
    client.sees_not("GEHEIM-AANTEKENING")
    by_invitation(visit, slug, dossier, worker)
    neither_session_opens_the_other_door(client, worker, slug)


def portal_sign_in(client: Visitor) -> Visitor:
    """Sign-in name, password, then the app's digits."""
    client.open(f"/mijn/{client.slug}/inloggen/")
    client.fill(name=client.person["email"], password=client.person["password"]).press("Verder")
    client.fill(code=client.code()).press("Inloggen")
    return client


def ask_inspection(client: Visitor, slug: str) -> str:
    """One question a page; the answer shows the date with its arithmetic and article."""
    client.open(f"/mijn/{slug}/vragen/").choose(soort="inspection").press("Verder")
    for _page in range(6):
        if "/verzoeken/" in client.page.url:
            break
        answer_page(client)
    client.sees("U krijgt antwoord uiterlijk")
    client.page.get_by_text("Hoe rekenen wij dat uit?").click()
    client.sees("verzoek ontvangen", "termijn")
    return client.page.url


def answer_page(client: Visitor) -> None:
    """Give the first answer to whatever this page asks, and go on."""
    form = client.page.locator("main form").first
    for name in {str(field.get_attribute("name")) for field in form.locator("[type=radio]").all()}:
        form.locator(f"[name={name}]").first.check()
    if form.locator("[type=checkbox]").count():
        form.locator("[type=checkbox]").first.check()
    if form.locator("textarea:not([hidden])").count():
        form.locator("textarea:not([hidden])").first.fill("Ik wil lezen wat er over mij staat.")
    form.locator("button").last.click()
    client.page.wait_for_load_state("load")
    client.check()


def decide(visit: Visit, slug: str, dossier: str, worker: Visitor) -> None:
    """Staff establish who it is; whoever decides says on which ground a part is left out."""
    worker.open(f"{dossier}verzoeken/")
    worker.page.locator("main a[href*='/verzoeken/']").filter(has_not_text="opnemen").last.click()
    worker.page.wait_for_load_state("load")
    here = worker.page.url
    worker.check().choose(how="document").press("Identiteit vastgesteld")
    manager = visit(slug, "manager").sign_in()
    manager.open(here).photograph("verzoek")
    joined = manager.page.locator("main [name=joined]")
    if joined.count():
        # Opsterland: from twelve to fifteen, client and representative ask together.
        joined.first.check()
        manager.press("Antwoorden bewaren")
    manager.choose(outcome="partly")
    grounds = [str(g.get_attribute("value")) for g in manager.page.locator("main [name=ground]").all()]
    manager.choose(ground=next((g for g in grounds if "other" in g), grounds[-1]))
    for piece in manager.page.locator("main [name=pieces]").all():
        piece.check()
    manager.fill(reason="Wat ook over een ander gaat, laten wij weg.")
    # Where the college or the board decides, a manager does by their written mandate.
    manager.fill_where_asked(mandated_on=manager.day(-30))
    manager.press("Beslissen en de brief sturen")
    manager.sees("gedeeltelijk")


def read_what_was_opened(client: Visitor, worker: Visitor, request: str) -> None:
    """What is given is read by the worker, opens, is read by the client, and closes again."""
    here = worker.page.url
    worker.open(f"{here}inzage/")
    for piece in worker.page.locator("main [name=pieces]").all():
        piece.check()
    if worker.page.locator("main [name=pieces]").count():
        worker.press("Vrijgeven wat ik heb gelezen")
    worker.check().photograph("inzage-vooraf")
    worker.open(here).choose(how="portal").press("Uitvoeren")
    client.open(f"{request}inzage/").sees("U ziet wat u van ons mag lezen", "Ging vandaag met plezier")
    worker.page.get_by_text("Deze inzage sluiten").click()
    worker.fill(why="Er is nog iets na te gaan.").press("Sluiten")
    worker.sees("Weer gesloten op")
    client.open(request).sees("Dit is nu gesloten")


def read_letter(client: Visitor, slug: str) -> None:
    """The letter is in the portal and says on what it rests and where to go."""
    client.open(f"/mijn/{slug}/brieven/")
    client.page.locator("main a[href*='/brieven/']").first.click()
    client.page.wait_for_load_state("load")
    client.check().sees("Waarop wij dit baseren", "niet eens")


def by_invitation(visit: Visit, slug: str, dossier: str, worker: Visitor) -> None:
    """A parent is invited by letter, comes in by code, chooses a password and a second factor."""
    worker.open(f"{dossier}portaal/")
    worker.page.select_option("main [name=person]", index=worker.page.locator("main [name=person] option").count() - 1)
    worker.page.check("main [name=seen]")
    worker.press("Uitnodigen")
    letter = worker.page.locator("main").inner_text()
    name = re.search(r"\b[a-z]+-[a-z]+-\d{4}\b", letter)
    code = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", letter)
    assert name and code, letter
    guest = visit(slug, "client:guest", phone=True)
    guest.open(f"/mijn/{slug}/inloggen/brief/").fill(name=name[0], code=code[0])
    guest.page.locator("main form button").first.click()
    guest.page.wait_for_load_state("load")
    for field in guest.page.locator("main [type=password]").all():
        field.fill("een-lang-wachtwoord-van-mij")
    guest.page.locator("main form button").first.click()
    guest.page.wait_for_load_state("load")
    guest.check()
    secret = "".join(str(guest.page.get_by_test_id("totp-secret").text_content()).split())
    guest.fill(code=totp(secret, time.time())).page.locator("main form button").first.click()
    guest.page.wait_for_load_state("load")
    guest.check()
    assert guest.page.get_by_test_id("recovery-codes").count()
    guest.open(f"/mijn/{slug}/").sees("Iets vragen")


def neither_session_opens_the_other_door(client: Visitor, worker: Visitor, slug: str) -> None:
    """The portal knows no staff, the staff's pages know no clients; only our three cookies were ever set."""
    client.page.goto(f"/o/{slug}/")
    assert "/inloggen/" in client.page.url
    worker.page.goto(f"/mijn/{slug}/")
    assert "/inloggen/" in worker.page.url
    for one in (client, worker):
        names = {cookie["name"] for cookie in one.context.cookies()}
        assert names <= {"casemgmt_session", "casemgmt_portal", "casemgmt_csrf"}, names
