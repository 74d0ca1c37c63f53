"""The people of the demo as `manage.py demo --json` tells them, and the table that ./run prints."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in to the demo."""

    organisation: str = ""
    part: str = ""
    name: str = ""
    role: str = ""
    email: str = ""
    password: str = ""
    totp_secret: str = ""

    def as_dict(self) -> dict[str, str]:
        """For the JSON that ./run prints."""
        return asdict(self)


def read_people(said: str) -> list[Person]:
    """Find the people in what the command printed, whatever it printed before or adds to a person."""
    document = _last_document(said)
    rows = document.get("people", []) if isinstance(document, dict) else []
    known = [field.name for field in fields(Person)]
    return [
        Person(**{name: str(row.get(name) or "") for name in known})
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    ]


def _last_document(said: str) -> object:
    """The JSON document that ends the text; a document starts at the beginning of a line."""
    for start in [0, *(place + 1 for place, letter in enumerate(said) if letter == "\n")]:
        if said[start : start + 1] == "{":
            try:
                return json.loads(said[start:])
            except ValueError:
                continue
    return {}


def table(people: Iterable[Person]) -> str:
    """The people in columns, under the name of their organisation."""
    lines: list[str] = []
    everyone = list(people)
    titles = Person(name="name", role="role", email="e-mail", password="password", totp_secret="second factor")
    columns = ("name", "role", "email", "password", "totp_secret")
    widths = [max(len(getattr(person, column)) for person in [titles, *everyone]) for column in columns]
    for organisation in dict.fromkeys(person.organisation for person in everyone):
        lines += ["", organisation]
        for person in [titles, *(one for one in everyone if one.organisation == organisation)]:
            cells = (getattr(person, column).ljust(width) for column, width in zip(columns, widths, strict=True))
            lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)
