"""The administrator's part of the day and the night's: a term changed by two, a dossier let go by two, and proof."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.journeys.families import Family
from tests.journeys.stack import CHECKOUT, Stack
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
TERM = "retention.classes.dossier.term"


def configure(visit: Visit, slug: str) -> None:
    """A longer term in a draft, what it would move, and a colleague who publishes it from tomorrow."""
    administrator = visit(slug, "administrator").sign_in()
    administrator.go("regels/").photograph("regels").press("Begin een concept")
    draft = administrator.page.url
    administrator.open(f"{draft}onderdeel/retention/")
    before = int(administrator.page.input_value(f'[name="{TERM}"]'))
    administrator.page.fill(f'[name="{TERM}"]', str(before + 1))
    administrator.press("Opslaan in het concept")
    # The regulation says its term in words; this organisation lets them stand.
    administrator.open(f"{draft}onderdeel/retention/")
    old = administrator.page.locator('main [name$=".sentence:right"]')
    for index in range(old.count()):
        old.nth(index).check()
    administrator.press("Opslaan in het concept")
    administrator.open(f"{draft}doorrekenen/").press("Doorrekenen").until("schuift").photograph("doorrekenen")
    administrator.open(f"{draft}indienen/").fill(
        from_date=administrator.day(1), why="De termijn wordt een jaar langer."
    )
    administrator.press("Indienen")
    director = visit(slug, "director").sign_in()
    publish = f"{draft}publiceren/"
    director.page.goto(publish)
    director.confirm()
    director.until("geteld voor")
    director.check().fill(confirm=director.page.locator("main form button").first.inner_text().split()[-1])
    director.press("publiceren")
    director.go("regels/versies/").sees("De termijn wordt een jaar langer.")


def let_go(visit: Visit, stack: Stack, slug: str, family: Family) -> None:
    """The night proposes, one reviews, another approves, the cooling-off passes, nothing is left but proof."""
    manager = visit(slug, "manager").sign_in()
    address = f"/o/{slug}/dossiers/{stack.dossiers[slug][family.closed_name]}/"
    before = manager.page.goto(address)
    assert before is not None and before.status != 404, "the test of absence would prove nothing"
    run_the_night(stack)
    manager.go("bewaren/").until(family.closed)
    here = str(manager.page.get_by_role("link", name=family.closed).first.get_attribute("href"))
    manager.open(here).sees("waarom?").photograph("verwijderlijst")
    manager.choose(judgement="agree").press("Vastleggen")
    second = visit(slug, "second_pair").sign_in()
    second.page.goto(f"{here}goedkeuren/")
    second.confirm()
    second.check().fill(typed=family.closed).press("Keur de vernietiging")
    second.open(here).sees("bedenktijd")
    stack.shift_clock(timedelta(days=9))
    for one in (manager, second):
        one.sign_in_again()
    second.open(here).until("Open de verklaring", seconds=120)
    prove(second, stack)
    for one in (manager, second):
        found_nowhere(one, family, address)
    stack.shift_clock(timedelta(0))


def found_nowhere(visitor: Visitor, family: Family, address: str) -> None:
    """No address, no search, no list and no page of the removal itself knows the dossier any more."""
    for page in (address, f"{address}wie-keek/"):
        answer = visitor.page.goto(page)
        assert answer is not None and answer.status == 404, (page, answer)
    for words in (family.closed, family.closed_name):
        visitor.go("zoeken/").fill(q=words).press("Zoeken").sees_not(f">{words}<", address)
    links = visitor.go("").page.locator("nav a[href^='/o/']")
    pages = {str(link.get_attribute("href")) for link in links.all()} | {f"/o/{visitor.slug}/bewaren/"}
    for page in sorted(pages):
        visitor.open(page).sees_not(family.closed, family.closed_name, address)


def run_the_night(stack: Stack) -> None:
    """Ring the bell that rings every night, through broker and worker."""
    command = [sys.executable, "-m", "celery", "-A", "casemgmt.celery", "call", "casemgmt.plan_night"]
    done = subprocess.run(command, cwd=CHECKOUT, env=stack.env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def prove(visitor: Visitor, stack: Stack) -> None:
    """The certificate verifies with the public key alone, without database or services."""
    visitor.click("Open de verklaring").photograph("verklaring")
    with visitor.page.expect_download() as waiting:
        visitor.page.locator("main a[href$='/bestand/']").first.click()
    certificate = Path(str(waiting.value.path()))
    key = stack.folder / f"key-{visitor.slug}.pem"
    key.write_bytes(visitor.context.request.get(f"{stack.url}/o/{visitor.slug}/bewaren/sleutel.pem").body())
    bare = {"PATH": stack.env["PATH"], "CASEMGMT_ENV_FILE": "/dev/null"}
    command = [sys.executable, "manage.py", "verify_certificate", str(certificate), "--key", str(key)]
    done = subprocess.run(command, cwd=CHECKOUT, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
