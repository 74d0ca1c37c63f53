"""Every page of this piece in a state worth looking at, as HTML, for a real browser."""

from __future__ import annotations

from uuid import UUID

from client_requests.acts import Ruling, decide, start_execution, verify_identity
from dossiers.verbs import Verb
from tests.client_requests.story import NOW, TODAY, House


def scenes(house: House) -> dict[str, str]:
    """The pages by name; those of the portal begin with "portal-"."""
    house.entry("Milou ging deze week elke dag naar school. Zij vertelde dat het beter gaat.", "milou")
    house.entry("Milou en Fien maakten ruzie over de telefoon.", "milou", "fien")
    for name in ("milou", "samira", "mark"):
        house.give_portal(name)
    open_one = house.ask("milou", on=TODAY.replace(day=9))
    mothers = house.ask("samira", "daan")
    shut, given = _given(house, opens=False), _given(house)
    noor, hanneke = house.client("noor"), house.client("hanneke")
    milou, samira, mark = (house.client(name) for name in ("milou", "samira", "mark"))
    one, over = f"verzoeken/{open_one}/", str(house.people["milou"])
    pages = {
        "list": noor.get(house.staff_url("verzoeken/")),
        "dossier": noor.get(house.inside("verzoeken/")),
        "new": noor.get(house.inside("verzoeken/opnemen/")),
        "request": hanneke.get(house.inside(one)),
        "request-mother": hanneke.get(house.inside(f"verzoeken/{mothers}/")),
        "request-wrong": hanneke.post(house.inside(f"verzoeken/{given}/uitvoeren/"), {"how": "other"}),
        "request-given": noor.get(house.inside(f"verzoeken/{given}/")),
        "preview": noor.get(house.inside(f"verzoeken/{given}/inzage/")),
        "preview-unread": noor.get(house.inside(f"verzoeken/{shut}/inzage/")),
        "letter": noor.get(house.inside(f"brieven/{house.request(given).letter_id}/")),
        "access": noor.get(house.inside("portaal/")),
        "portal-start": milou.get(house.portal_url("")),
        "portal-kind": milou.get(house.portal_url("vragen/")),
        "portal-details": milou.get(house.portal_url("vragen/wat/"), {"soort": "inspection", "over": over}),
        "portal-wrong": milou.post(house.portal_url("vragen/nakijken/"), {"soort": "inspection", "over": over}),
        "portal-check": milou.post(
            house.portal_url("vragen/nakijken/"),
            {"soort": "inspection", "over": over, "categories": ["care", "basic"], "words": "Over school."},
        ),
        "portal-check-no": samira.post(
            house.portal_url("vragen/nakijken/"), {"soort": "inspection", "over": over, "categories": ["care"]}
        ),
        "portal-requests": milou.get(house.portal_url("verzoeken/")),
        "portal-request": milou.get(house.portal_url(one)),
        "portal-answer": milou.get(house.portal_url(f"verzoeken/{given}/")),
        "portal-inspection": milou.get(house.portal_url(f"verzoeken/{given}/inzage/")),
        "portal-letters": milou.get(house.portal_url("brieven/")),
        "portal-letter": milou.get(house.portal_url(f"brieven/{house.request(given).letter_id}/")),
        "portal-looks": milou.get(house.portal_url("wie-keek/")),
        "portal-received": milou.get(house.portal_url("wie-kreeg/")),
        "portal-ask-nothing": mark.get(house.portal_url("vragen/")),
        "portal-no-looks": mark.get(house.portal_url("wie-keek/")),
        "portal-me": milou.get(house.portal_url("over-mij/")),
    }
    return {name: answer.content.decode() for name, answer in pages.items()}


def _given(house: House, *, opens: bool = True) -> UUID:
    """A request that was granted in part and, where it ``opens``, was read and opened in the portal."""
    request_id = house.ask("milou")
    noor, hanneke = house.actor("noor"), house.actor("hanneke")
    ruling = Ruling(
        "partly",
        "privacy_of_other",
        "Je leest alles over jezelf. Wat ook over Fien gaat, is van haar.",
        NOW.date(),
        house.pieces(request_id),
    )
    house.change("noor", Verb.READ, lambda d: verify_identity(d, request_id, how="document", by=noor, at=NOW).id)
    house.change("hanneke", Verb.DECIDE_REQUEST, lambda d: decide(d, request_id, ruling, by=hanneke, at=NOW).id)
    if not opens:
        return request_id
    house.release(request_id)
    house.change(
        "noor", Verb.READ, lambda d: start_execution(d, request_id, how="portal", words=None, by=noor, at=NOW).id
    )
    return request_id
