"""Facts as people read them: yes and no, days in words, the Dutch of every key. A raw key says nothing to a reader."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from casemgmt.policy.calendar import say
from casemgmt.policy.labels import dutch
from casemgmt.policy.schema.vocabulary import RoleKey

UNKNOWN, NONE = "niet bekend", "geen"

# Facts whose values are plain text in the decide contract: fact, key, word.
_CONTRACT = """
source school school
source cooperating_professional professional met wie wij samenwerken
source professional professional
source private_person particulier
safety_threat none geen
safety_threat suspected vermoed
safety_threat concrete concreet
asks inspection inzage
asks whether_processed of er gegevens zijn
intake self zelf gekomen
intake referral verwezen
adult_youth none niets
adult_youth inspected keek het dossier in
adult_youth received_copy kreeg een kopie
adult_youth written_waiver ziet schriftelijk af van het dossier
adult_youth written_waiver_and_request ziet schriftelijk af van het dossier en vraagt om vernietiging
adult_youth oral_waiver_and_request ziet mondeling af van het dossier en vraagt om vernietiging
"""
_WORDS = {(fact, key): word for fact, key, word in (line.split(" ", 2) for line in _CONTRACT.strip().splitlines())}


def said(name: str, value: Any) -> str:
    """The value of the fact `name` in Dutch words."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, date):
        return say(value)
    if isinstance(value, (tuple, list)):
        return ", ".join(said(name, one) for one in value) or NONE
    return _word(name, value) if isinstance(value, str) else str(value)


def _word(name: str, key: str) -> str:
    if isinstance(key, StrEnum):
        return dutch(key)
    if name == "role" and key in {role.value for role in RoleKey}:
        return dutch(RoleKey(key))
    return _WORDS.get((name, key)) or dutch(key).replace("_", " ")
