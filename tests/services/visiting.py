"""Staff at work over plain HTTP, in a process of their own: the worklist, a dossier, an entry; and again.

    python -m tests.services.visiting PORT < people

One line of JSON says who they are and which dossiers are open; they work until the input ends. Then everything that was
seen is told in JSON.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.browser import Browser, Fields, Notes, Seen, Unexpected, form_with
from benchmarks.working import Account, sign_in

# What the next release says in each of its pages.
MARK = '<meta name="release" content="next">'
PAUSE = 0.15
AGAIN = 40  # an entry whose answer was lost is sent once more, as a person would, so many times at most


@dataclass
class Told:
    """What somebody did: entries that were accepted with their words, moments with the release that answered."""

    accepted: dict[str, str] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    not_shown: list[str] = field(default_factory=list)
    answers: list[tuple[float, bool]] = field(default_factory=list)
    sent_again: int = 0


class Visitor(threading.Thread):
    """One person; whatever goes wrong is noted, and they go on."""

    def __init__(
        self, port: int, number: int, person: dict[str, str], dossiers: set[str], over: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self.number, self.dossiers, self.over, self.told = number, dossiers, over, Told()
        self.browser = Browser(port, f"127.0.1.{number + 1}", Notes())
        self.here = f"/o/{person['organisation']}/"
        self.account = Account(person["email"], person["password"], person["totp_secret"], portal=False)

    def run(self) -> None:
        sign_in(self.browser, self.account)
        rounds = 0
        while not self.over.wait(PAUSE):
            rounds += 1
            try:
                self._round(rounds)
            except Unexpected:
                continue

    def _round(self, number: int) -> None:
        listed = re.findall(rf'href="{self.here}dossiers/([0-9a-f-]{{36}})/"', self._page("worklist", "dossiers/"))
        dossier = f"dossiers/{min(self.dossiers & set(listed))}/"
        self._page("dossier", dossier)
        form = f"{dossier}vermelding/"
        text = f"Gesprek {self.number}-{number}. Het ging goed."
        _action, fields = form_with(self._page("form", form), "text")
        self._save(self.here + form, _filled(fields, text))
        if text not in self._page("dossier again", dossier):
            self.told.not_shown.append(text)

    def _page(self, page: str, path: str) -> str:
        body = self.browser.get(page, self.here + path)
        self.told.answers.append((self.browser.notes.seen[-1].at, MARK in body))
        return body

    def _save(self, path: str, fields: Fields) -> None:
        """Send it, the very same form again while no answer comes: it may have been saved or not."""
        for _time in range(AGAIN):
            try:
                self.browser.post("save", path, fields)
                self.told.accepted[fields["row_id"][0]] = fields["text"][0]
                return
            except Unexpected:
                if refused(self.browser.notes.seen[-1]):
                    raise
                self.told.sent_again += 1
                self.over.wait(PAUSE)
        self.told.unanswered.append(fields["row_id"][0])


def refused(seen: Seen) -> bool:
    """Whether the application itself answered, with what nobody should get; else there was no answer."""
    return seen.fault[:1].isdigit()


def _filled(fields: Fields, text: str) -> Fields:
    """The form with these words, and with something in whatever else is empty."""
    filled = {name: values if values != [""] else ["tijdens een huisbezoek"] for name, values in fields.items()}
    filled |= {"text": [text], "statement_kind": ["fact"], "origin": ["own"]}
    return {name: values for name, values in filled.items() if name not in ("test_before", "tested_how")}


def main(port: int) -> dict[str, Any]:
    """Let everybody work until the input ends; what was seen and done."""
    over = threading.Event()
    people, dossiers = json.loads(sys.stdin.readline())
    visitors = [Visitor(port, number, person, set(dossiers), over) for number, person in enumerate(people)]
    for visitor in visitors:
        visitor.start()
    sys.stdin.read()
    over.set()
    for visitor in visitors:
        visitor.join(60)
    seen = sorted((one for visitor in visitors for one in visitor.browser.notes.seen), key=lambda one: one.at)
    return {"seen": [asdict(one) for one in seen], "people": [asdict(visitor.told) for visitor in visitors]}


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1])), sys.stdout)
