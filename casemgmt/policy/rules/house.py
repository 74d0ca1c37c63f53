"""The house's own terms where no regulation gives a day: work on keeping, the portal. Never the regulation's text.

A version that was published before a term was written down says nothing: the work is then due at once, nobody is
asked a second time and nothing is thrown away.
"""

from __future__ import annotations

from datetime import date, timedelta

from casemgmt.policy.calendar import SumBuilder, add_term
from casemgmt.policy.decision import Decision, Fact
from casemgmt.policy.rules.answer import answer, fact
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.values import Valued
from casemgmt.policy.terms import Term


def removal_work_due(profile: Profile, on: date) -> Decision:
    """`due`: by when somebody looks at the removal list, or asks the now adult youth (VT-18.4), put there `on`."""
    return _due(profile.house_rules.removal_work_within, profile, fact("put_ready_on", on), "klaargezet")


def stopped_removal_due(profile: Profile, on: date) -> Decision:
    """`due`: by when somebody looks why a destruction stopped `on`."""
    return _due(profile.house_rules.stopped_removal_within, profile, fact("stopped_on", on), "gestopt")


def youth_asked_again(profile: Profile, asked_on: date) -> Decision:
    """`again_on`: the first day on which the now adult youth is asked once more; None: not a second time."""
    rule = profile.house_rules.adult_youth_asked_again
    if rule is None:
        return answer(profile, {"again_on": None}, (), ())
    total = SumBuilder(asked_on, "gevraagd").add(rule.value, "huisregel").done()
    return answer(profile, {"again_on": total.answer}, (rule,), (fact("asked_on", asked_on),), sum=total)


def drafts_given_up(profile: Profile, on: date) -> Decision:
    """`before`: what was typed before this day and left is thrown away `on`; None: nothing is."""
    rule = profile.house_rules.draft_kept
    if rule is None:
        return answer(profile, {"before": None}, (), ())
    return answer(profile, {"before": _first_running(rule.value, on)}, (rule,), (fact("today", on),))


def invitation_ends(profile: Profile, made_on: date) -> Decision:
    """`ends_on`: the day on which an invitation to the portal, made `made_on`, stops working."""
    rule = profile.house_rules.portal_invitation
    total = SumBuilder(made_on, "uitgenodigd").add(rule.value, "huisregel").done()
    return answer(profile, {"ends_on": total.answer}, (rule,), (fact("made_on", made_on),), sum=total)


def looks_told(profile: Profile, on: date) -> Decision:
    """`up_to`: the day up to which a client sees `on` who looked in the dossier; `on` if nothing is put off."""
    rule = profile.house_rules.log_view_delay
    up_to = _first_running(rule.value, on) - timedelta(days=1)
    return answer(profile, {"up_to": up_to}, (rule,), (fact("today", on),))


def reading_alarm(profile: Profile, on: date) -> Decision:
    """`dossiers`: how many different ones somebody opens within `minutes` before the reviewer of access is called."""
    rules = profile.house_rules
    most, within = rules.mass_reading_dossiers, rules.mass_reading_minutes
    return answer(profile, {"dossiers": most.value, "minutes": within.value}, (most, within), (fact("today", on),))


def _due(rule: Valued[Term] | None, profile: Profile, since: Fact, label: str) -> Decision:
    if rule is None:
        return answer(profile, {"due": since.value}, (), (since,))
    total = SumBuilder(since.value, label).add(rule.value, "huisregel").done()
    return answer(profile, {"due": total.answer}, (rule,), (since,), sum=total)


def _first_running(term: Term, on: date) -> date:
    """The first day from which the term has not passed `on`. Months differ in length, so it is looked for."""
    day = on + timedelta(days=1)
    while add_term(day - timedelta(days=1), term) > on:
        day -= timedelta(days=1)
    return day
