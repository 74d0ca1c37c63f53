"""Which family of the demo each organisation's day is about, and who in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """A dossier of the demo: its name, whose entries the day is about, who else must consent there."""

    dossier: str
    client: str
    consenting: tuple[str, ...]
    bsn: str
    closed: str
    written: bool = False

    @property
    def first(self) -> str:
        """How the client is called on pages."""
        return self.client.split()[0]


FAMILIES = {
    "sterk-huis": Family(
        "Gezin Bakker - El Idrissi",
        "Yara Bakker",
        ("Yara Bakker", "Samira El Idrissi", "Mark Bakker"),
        "999990019",
        "SH-2005-0031",
    ),
    "veilig-thuis-hm": Family(
        "Melding Van Leeuwen", "Roos van Leeuwen", ("Roos van Leeuwen",), "999990068", "VT-2008-0112"
    ),
    "gebiedsteam-opsterland": Family(
        "Gezin Hoekstra",
        "Femke Hoekstra",
        ("Femke Hoekstra", "Anke Hoekstra"),
        "999990081",
        "GO-2007-0016",
        written=True,
    ),
    "buurteams-nijmegen": Family(
        "Gezin Vermeulen", "Lotte Vermeulen", ("Lotte Vermeulen",), "999990111", "BT-2003-0009"
    ),
}
