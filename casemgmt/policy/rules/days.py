"""Which day counts of what was said, and which days cannot be: nobody answers, asks or is written about before being.

Pure functions over days. Ours where no text speaks (docs/decisions/0020), in favour of the client.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from casemgmt.policy.calendar import add_months
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.answer import answer, fact
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import ConsentPurpose

# An unborn child can be spoken of: nine months, and what a term is off by.
MONTHS_BEFORE_BIRTH = 10
_NOT_RECORDED = datetime.min.replace(tzinfo=UTC)


class Said(NamedTuple):
    """A yes or a no of one person.

    ``day`` is that of the answer: on which the yes was given, or on which it was refused or taken back. ``recorded``
    is when it was written down; the same value for all where nobody knows.
    """

    day: date
    no: bool
    recorded: datetime = _NOT_RECORDED


def strength(said: Said) -> tuple[date, datetime, bool]:
    """The order in which answers of one person give way to each other: the one with the greatest is what stands.

    A no stands until a yes of a later day, or of the same day and written down later; so an older yes that is found
    afterwards lifts no refusal and no withdrawal. SH-3.7.2c (reading 14: the client's refusal always blocks);
    SH-1.3-toest, GT-14.1 and VT-1.m (what was taken back is over); BT-toestemming-x (an objection blocks).
    """
    return said.day, said.recorded, said.no


def answers_count_from(purpose: ConsentPurpose, proposed_on: date, profile: Profile) -> Decision:
    """From which day on an answer can be one to an exchange that was proposed on a day. BT-toestemming-7.

    `not_before`: that day where consent is asked anew each time, for what was said before was said of something else;
    None where one consent carries several exchanges.
    """
    rule = profile.consent.purposes[purpose].each_time
    not_before = proposed_on if rule.value else None
    return answer(profile, {"not_before": not_before}, (rule,), (fact("purpose", purpose),))


def was_born(born_on: date | None, on: date) -> bool:
    """Whether somebody was there on a day; yes while nobody knows the birth date. Ours: no text speaks of it."""
    return born_on is None or on >= born_on


def can_concern(births: Iterable[date | None], on: date) -> bool:
    """Whether what happened on a day can be about these people: about one of them who was there, or was expected.

    ``births``: the birth date of each, None where nobody knows it. About nobody in particular is about anybody. What
    happened in the ten months before a birth can be about the unborn child. Ours: no text speaks of it.
    """
    known = tuple(births)
    return not known or any(one is None or on >= add_months(one, -MONTHS_BEFORE_BIRTH) for one in known)
