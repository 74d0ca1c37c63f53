"""The house's own terms where no regulation gives a day: work on keeping, the portal. Never the regulation's text.

A version that was published before a term was written down says nothing: the work is then due at once, nobody is
asked a second time and nothing is thrown away.
"""

from __future__ import annotations

from datetime import date, timedelta

from casemgmt.policy.calendar import SumBuilder, add_term, say
from casemgmt.policy.decision import Decision, Fact, Kind
from casemgmt.policy.rules.answer import answer, fact
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.values import Cited, Valued
from casemgmt.policy.schema.vocabulary import RequestKind
from casemgmt.policy.terms import Term

# Where no text names a term for a kind of request, our own promise: the shortest term of the four texts.
PROMISED = Term.parse("4 weeks")


def removal_work_due(profile: Profile, on: date) -> Decision:
    """`due`: by when somebody looks at the removal list, or asks the now adult youth (VT-18.4), put there `on`."""
    return _due(profile.house_rules.removal_work_within, profile, fact("put_ready_on", on), "klaargezet")


def stopped_removal_due(profile: Profile, on: date) -> Decision:
    """`due`: by when somebody looks why a destruction stopped `on`."""
    return _due(profile.house_rules.stopped_removal_within, profile, fact("stopped_on", on), "gestopt")


def cooling_off(profile: Profile, approved_on: date) -> Decision:
    """`ends_on`: the day on which a destruction approved `approved_on` goes ahead, `days` later."""
    rule = profile.house_rules.cooling_off
    total = SumBuilder(approved_on, "goedgekeurd").add(rule.value, "huisregel").done()
    outcome = {"ends_on": total.answer, "days": (total.answer - approved_on).days}
    return answer(profile, outcome, (rule,), (fact("approved_on", approved_on),), sum=total)


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
    """`up_to`: the day up to which a client sees `on` who looked in the dossier; `on` if nothing is put off.

    `days`: how many days that is behind.
    """
    rule = profile.house_rules.log_view_delay
    up_to = _first_running(rule.value, on) - timedelta(days=1)
    return answer(profile, {"up_to": up_to, "days": (on - up_to).days}, (rule,), (fact("today", on),))


def answer_promised(request: RequestKind | None, received_on: date, profile: Profile) -> Decision:
    """`due`: until when to decide on a kind of request (a complaint) for which the text names no term."""
    total = SumBuilder(received_on, "verzoek ontvangen").add(PROMISED, f"eigen afspraak: {PROMISED.dutch()}").done()
    promise = f"Hiervoor noemt de tekst geen termijn. Wij houden ons aan {PROMISED.dutch()}: {say(total.answer)}."
    # A house rule: what the text does not say is not printed with an article of it.
    own = Cited(kind=Kind.HOUSE_RULE, sentence=promise)
    seen = (fact("request", request), fact("received_on", received_on))
    return answer(profile, {"due": total.answer, "carry_out_due": None}, (own,), seen, sum=total)


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
