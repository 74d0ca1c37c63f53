"""Grounds without consent: every ground of every organisation, answered by a person, beside the register's rows.

Each line of the table says what the register says of a ground: whether the recipient must have asked, whether it is a
duty, and whether danger may let approval wait until afterwards.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from casemgmt.policy.loader import newest_shipped
from casemgmt.policy.rules.disclosure import approval_needed, ground_key, may_disclose, review_due
from casemgmt.policy.rules.facts import DisclosureFacts
from casemgmt.policy.schema.sharing import GroundRule
from casemgmt.policy.schema.vocabulary import Recipient
from disclosures.conditions import asked_of, facts_of

ON = date(2026, 11, 22)
FOURTEEN = date(2012, 11, 22)
NEVER, ALWAYS, ASKED = "never", "always", "when asked"
# Register: the ground, where it can be used (recipient), needs a request, is a duty (to speak), may not wait.
REGISTER: dict[str, dict[str, tuple[str, bool, str, bool]]] = {
    "sterk-huis": {
        "family_guardian.SH-3.7.1b": ("gezinsvoogd", False, ASKED, True),
        "legal_duty.SH-3.7.3c": ("school", False, ALWAYS, False),
        "involved_in_help.SH-3.7.3b": ("school", False, NEVER, False),
        "child_protection_measure.SH-3.7.3b": ("school", False, NEVER, False),
        "public_task.SH-3.7.4": ("police", True, NEVER, False),
        "municipality.SHC-uitz-2": ("municipality", False, NEVER, False),
        "anonymised.SH-3.7.5": ("researcher", True, NEVER, False),
        "very_serious_situation.SH-3.7.8a": ("school", False, NEVER, True),
        "conflict_of_duties.SH-2.7.b": ("police", False, NEVER, True),
    },
    "veilig-thuis-hm": {
        "legal_duty.VT-15.1": ("school", False, ALWAYS, True),
        "cooperating_professional.VT-15.3.a": ("school", False, NEVER, False),
        "representative_not_another.VT-15.3.b": ("legal_representative", False, NEVER, False),
        "child_protection_board.VT-15.4": ("raad_voor_de_kinderbescherming", False, NEVER, True),
        "public_task.VT-3.1.d": ("police", False, NEVER, True),
        "confidant.VT-15.6": ("confidant", False, ALWAYS, False),
        "reporter_steps.VT-10.6": ("reporter", False, NEVER, False),
        "research.VT-16.1.a": ("researcher", False, NEVER, False),
        "research.VT-16.1.b": ("researcher", False, NEVER, False),
        "statistics.VT-17.5": ("cbs", False, ALWAYS, False),
        "statistics.VT-17.4": ("cbs", False, NEVER, False),
        "transfer.VT-19.1.b": ("other_veilig_thuis", False, NEVER, False),
        "force_majeure.VT-15.5": ("school", False, NEVER, True),
    },
    "gebiedsteam-opsterland": {
        "inside_team.GT-13": ("team_colleague", False, NEVER, False),
        "very_serious_situation.GT-15.1": ("school", False, NEVER, True),
        "participatiewet.GT-15.2": ("social_investigator", False, ALWAYS, False),
        "amhk_request.GT-16.2": ("amhk", True, NEVER, True),
        "legal_duty.GT-23": ("school", False, ALWAYS, True),
    },
    "buurteams-nijmegen": {
        "inside_team.BT-registr-2": ("team_colleague", False, NEVER, False),
        "safety.BT-principe-3": ("school", False, NEVER, True),
        "anonymised.BT-toestemming-12": ("learning_meeting", False, NEVER, False),
    },
}
LINES = [(slug, key, *row) for slug, rows in REGISTER.items() for key, row in rows.items()]


def rule_of(slug: str, key: str) -> GroundRule:
    return next(one for one in newest_shipped(slug).disclosure.grounds if ground_key(one) == key)


def yes_to(slug: str, key: str, *, acute: bool = False, law: bool = False) -> dict[str, str]:
    """The answers that meet a ground; ``acute``: there is danger, ``law``: the law obliges (Buurteams asks it)."""
    rule = rule_of(slug, key)
    needed = {test.test.removeprefix("not ").split(" ")[0] for test in rule.conditions}
    answers = {one.name: one.options[0][0] for one in asked_of(rule, newest_shipped(slug))}
    for name in answers:
        if name == "acute_danger" and name not in needed:
            answers[name] = "yes" if acute else "no"
        if name == "harms_privacy_of_other":
            answers[name] = "no"
        if name == "legal_duty" and name not in needed:
            answers[name] = "yes" if law else "no"
    return answers


def facts_for(slug: str, key: str, recipient: str, answers: Mapping[str, str], *, requested: bool) -> DisclosureFacts:
    known: dict[str, Any] = {"birth_date": FOURTEEN, "has_legal_representative": True}
    known |= {"recipient": Recipient(recipient), "requested": requested}
    return DisclosureFacts(**known | facts_of(rule_of(slug, key), answers))


def test_the_table_knows_every_ground_of_every_organisation():
    for slug, rows in REGISTER.items():
        assert set(rows) == {ground_key(one) for one in newest_shipped(slug).disclosure.grounds}


@pytest.mark.rule("SH-2.7.b", "SH-3.7.1b", "SH-3.7.1d", "SH-3.7.3a", "SH-3.7.3b", "SH-3.7.3c", "SH-3.7.4", "SH-3.7.8a")
@pytest.mark.rule("VT-15.1", "VT-15.3.a", "VT-15.3.b", "VT-15.4", "VT-15.5", "VT-15.6", "VT-16.1.a", "VT-19.1.c")
@pytest.mark.rule("GT-13", "GT-15.1", "GT-15.2", "GT-16.2", "BT-toestemming-8", "BT-toestemming-12")
@pytest.mark.parametrize("acute", [False, True])
@pytest.mark.parametrize("requested", [False, True])
@pytest.mark.parametrize(("slug", "key", "recipient", "on_request", "duty", "urgent"), LINES)
def test_each_ground_as_the_register_says_it(
    slug: str, key: str, recipient: str, on_request: bool, duty: str, urgent: bool, requested: bool, acute: bool
):
    profile = newest_shipped(slug)
    answers = yes_to(slug, key, acute=acute)
    decision = may_disclose(facts_for(slug, key, recipient, answers, requested=requested), profile, ON, chosen=key)
    outcome = decision.outcome
    assert outcome["allowed"] is (requested or not on_request)
    if not outcome["allowed"]:
        assert outcome["consent_needed"] and outcome["acute"] is False
        return
    assert f"{outcome['ground']}.{decision.articles[0]}" == key
    speak = duty == ALWAYS or (duty == ASKED and requested)
    danger = urgent and (acute or key.startswith("conflict_of_duties"))
    assert (outcome["duty_to_speak"], outcome["acute"]) == (speak, danger)
    house = approval_needed(profile, duty_to_speak=outcome["duty_to_speak"], acute_danger=outcome["acute"]).outcome
    assert house["needed"] is not (speak or danger)
    assert house["review_within_days"] == (3 if danger else None)


@pytest.mark.parametrize(("slug", "key", "recipient", "on_request", "duty", "urgent"), LINES)
def test_one_no_and_the_ground_does_not_carry_it(
    slug: str, key: str, recipient: str, on_request: bool, duty: str, urgent: bool
):
    profile, all_yes = newest_shipped(slug), yes_to(slug, key)
    needed = {test.test.split(" or ")[0].removeprefix("not ").split(" ")[0] for test in rule_of(slug, key).conditions}
    for name in needed & set(all_yes):
        if (name, key) in {("moral_distress_answered", key), ("purpose", "anonymised.BT-toestemming-12")}:
            continue  # answered is enough; a learning meeting is for learning whatever is answered
        facts = facts_for(slug, key, recipient, all_yes | {name: "no"}, requested=True)
        assert may_disclose(facts, profile, ON, chosen=key).outcome["ground"] != rule_of(slug, key).ground.value, name


@pytest.mark.rule("BT-toestemming-8")
def test_at_buurteams_the_meldcode_makes_it_a_duty():
    key = "safety.BT-principe-3"
    facts = facts_for("buurteams-nijmegen", key, "school", yes_to("buurteams-nijmegen", key, law=True), requested=False)
    assert may_disclose(facts, newest_shipped("buurteams-nijmegen"), ON).outcome["duty_to_speak"] is True


def test_looking_afterwards_counts_working_days():
    profile = newest_shipped("sterk-huis")
    assert review_due(profile, date(2026, 11, 19)) == date(2026, 11, 24), "Thursday: Friday, Monday, Tuesday"
    assert review_due(profile, date(2026, 11, 21)) == date(2026, 11, 25), "Saturday: Monday to Wednesday"
