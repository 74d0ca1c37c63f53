"""What a ground without consent asks of a person, and the facts that the answers are.

Each condition of the profile becomes one question. What the application knows by itself (that the recipient asked,
an age, an objection) is not asked; what was answered for one ground counts for that ground alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.policy.rules.disclosure import ground_key
from casemgmt.policy.rules.facts import SIX_QUESTIONS, DisclosureFacts, SixQuestions
from casemgmt.policy.rules.spoken import said
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.people import Test
from casemgmt.policy.schema.sharing import GroundRule
from casemgmt.policy.schema.vocabulary import Item, Purpose, Staff

YES, NO = "yes", "no"
_BOOLS = frozenset(one.name for one in fields(DisclosureFacts) if isinstance(one.default, bool))
_KNOWN = frozenset({"requested", "recipient", "nobody_objected", "under_16_or_incapable", "item_approved_informant"})
_SIX = "six_questions."
# Where the profile asks whether something is not so, a yes is easily taken for its opposite: here it is a statement.
_STATEMENTS = {
    "consent_unobtainable": gettext_noop("Consent could not be asked or obtained."),
    "only_way": gettext_noop("There is no other way."),
    f"{_SIX}no_other_way": gettext_noop("There is no other way."),
}
# A no to "x in a|b" and the like: a value that is none of those named.
_NONE_OF_THESE: dict[str, Any] = {
    "consulted_before": (),
    "delivery": None,
    "fields": ("other",),
    "item": None,
    "purpose": None,
    "research_field": "other",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a person: the name of its answer, the words, and what may be answered (value, words)."""

    name: str
    question: str
    options: tuple[tuple[str, str], ...]
    articles: tuple[str, ...] = ()


def asked_of(rule: GroundRule, profile: Profile) -> tuple[Asked, ...]:
    """The questions of one ground in the profile's order; then what makes it a duty, whom it harms and the danger."""
    found = [_asked(test) for test in (*rule.conditions, *rule.duty_when)]
    if profile.disclosure.privacy_of_other and not rule.overrides_privacy:
        found.append(_yes_no("harms_privacy_of_other", _("Does it harm the privacy of somebody else?")))
    if rule.acute:
        found.append(_yes_no("acute_danger", _("Is there acute, direct danger to the safety or life of somebody?")))
    return tuple({one.name: one for one in reversed(found) if one is not None}.values())[::-1]


def facts_of(rule: GroundRule, answers: Mapping[str, str]) -> dict[str, Any]:
    """The facts that these answers are; what was not answered stays unknown."""
    made: dict[str, Any] = {}
    six: dict[str, bool] = {}
    for name, value in answers.items():
        if name == "moral_distress_answered":
            six["moral_distress"] = value == YES
        elif name.startswith(_SIX) and name.removeprefix(_SIX) in SIX_QUESTIONS:
            six[name.removeprefix(_SIX)] = value == YES
        else:
            made |= _facts(rule, name, value)
    return {**made, "six_questions": SixQuestions(**six)} if six else made


def chosen_ground(profile: Profile, answers: Mapping[str, Any]) -> GroundRule | None:
    """The ground that was chosen for a disclosure, if this organisation still knows it."""
    key = (answers.get("ground") or {}).get("key")
    return next((one for one in profile.disclosure.grounds if ground_key(one) == key), None)


def _asked(test: Test) -> Asked | None:
    part = _askable(test.test)
    articles = tuple(getattr(test, "articles", ()))
    if part is None:
        return None
    words = part.removeprefix("not ").split(" ")
    name = words[0]
    if name == "moral_distress_answered":
        return _yes_no(name, _("Are you in moral distress? Yes or no; it must be answered."), articles)
    if name in _STATEMENTS and not part.startswith("not "):
        return Asked(name, _(_STATEMENTS[name]), ((YES, _("That is so")), (NO, _("That is not so"))), articles)
    if len(words) == 1 or name == "item" or words[1] == "within" or "|" not in words[2]:
        return _yes_no(name, test.question, articles)
    options = tuple((key, said(name, _word(name, key))) for key in words[2].split("|"))
    return Asked(name, test.question, (*options, (NO, _("No"))), articles)


def _askable(test: str) -> str | None:
    """The first alternative of a condition that a person can answer."""
    parts = [part.strip() for part in test.split(" or ")]
    return next((part for part in parts if part.removeprefix("not ").split(" ")[0] not in _KNOWN), None)


def _yes_no(name: str, question: str, articles: tuple[str, ...] = ()) -> Asked:
    return Asked(name, question, ((YES, _("Yes")), (NO, _("No"))), articles)


def _facts(rule: GroundRule, name: str, value: str) -> dict[str, Any]:
    part = next((one for one in _parts(rule) if one.removeprefix("not ").split(" ")[0] == name), name)
    words, denied = part.removeprefix("not ").split(" "), part.startswith("not ")
    if name in _BOOLS:
        return {name: (value == YES) is not denied}
    if name not in _NONE_OF_THESE:
        return {}
    if len(words) == 1 or words[1] == "within":
        return {name: () if value == YES else _NONE_OF_THESE[name]}
    options = words[2].split("|")
    if value == NO or (value != YES and value not in options):
        return {name: _NONE_OF_THESE[name]} if name != "purpose" else {}
    one = _word(name, value if value in options else _meant(name, options))
    return {name: (one,) if words[1] == "has" else one}


def _meant(name: str, options: list[str]) -> str:
    """What a yes means where several are named: the papers of the dossier itself, otherwise the first."""
    return Item.DOSSIER.value if name == "item" and Item.DOSSIER.value in options else options[0]


def _parts(rule: GroundRule) -> Iterator[str]:
    for test in (*rule.conditions, *rule.duty_when):
        part = _askable(test.test)
        if part is not None:
            yield part


def _word(name: str, key: str) -> Any:
    kinds: dict[str, Any] = {"item": Item, "purpose": Purpose, "consulted_before": Staff}
    return kinds[name](key) if name in kinds else key
