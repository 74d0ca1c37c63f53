"""Who may open which page stands in a list beside the code, so that nobody is let in without somebody saying so.

A declaration is what the other tests believe: they find a page that does otherwise, not one that promises too much.
``who_may.txt`` names each page under what it asks; whoever lets more people in changes two places, and a reviewer
sees the second one.
"""

from pathlib import Path

from casemgmt.web.routes import declarations

LIST = Path(__file__).with_name("who_may.txt")


def listed() -> dict[str, str]:
    """What each page asks of whoever opens it, by its name."""
    found: dict[str, str] = {}
    asks = ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            assert line.strip() not in found, f"twice: {line.strip()}"
            found[line.strip()] = asks
        elif line and not line.startswith("#"):
            asks = line.removesuffix(":")
    return found


def test_nobody_is_let_in_to_a_page_without_somebody_saying_so() -> None:
    known = listed()
    declared = {route.declaration.name: str(route.declaration.needs) for route in declarations() if route.declaration}
    other = {name: (known.get(name), asks) for name, asks in declared.items() if known.get(name) != asks}
    assert not other, f"page: (what tests/standing/who_may.txt says, what the page asks): {other}"
    assert known.keys() == declared.keys(), f"gone: {known.keys() - declared.keys()}"
