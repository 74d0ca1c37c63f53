"""Which family of the demo each organisation's day is about, and who in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """The dossiers of a day: whose entries it is about, who else must consent there, and which one may go."""

    dossier: str
    client: str
    consenting: tuple[str, ...]
    bsn: str
    closed: str
    closed_name: str
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
        "Gezin van Rijn",
    ),
    "veilig-thuis-hm": Family(
        "Melding Van Leeuwen", "Roos van Leeuwen", ("Roos van Leeuwen",), "999990068", "VT-2008-0112", "Melding Peeters"
    ),
    "gebiedsteam-opsterland": Family(
        "Gezin Hoekstra",
        "Femke Hoekstra",
        ("Femke Hoekstra", "Anke Hoekstra"),
        "999990081",
        "GO-2007-0016",
        "Gezin Wouda",
        written=True,
    ),
    "buurteams-nijmegen": Family(
        "Gezin Vermeulen", "Lotte Vermeulen", ("Lotte Vermeulen",), "999990111", "BT-2003-0009", "Gezin Wolters"
    ),
}
