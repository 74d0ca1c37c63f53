"""What `accounts` asks of the rules: how long sessions and confirmations last, how often somebody may try.

Read from the version that holds today, so that a change counts from the next request. In an organisation that is
the version every request looks at anyway.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core.cache import cache

from casemgmt.accounts.house import SignInRules, provide_rules, strictest
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import OrganisationValue, all_organisations, places_of
from casemgmt.policy.versions import STRICTEST, NoVersion, profile_in_force

# Publishing forgets it at once; this is for a publication that could not reach the cache.
_KEPT_SECONDS = 10 * 60


def install() -> None:
    """Answer what `accounts` asks; called once when the application starts."""
    provide_rules(rules_here, strictest_of_account, strictest_of_all)


def rules_here() -> SignInRules | None:
    """What the current organisation's house rules say today; None while it has no regulation."""
    try:
        rules = profile_in_force(clock.today()).house_rules
    except NoVersion:
        return None
    return SignInRules(
        staff_idle_minutes=rules.staff_idle_minutes.value,
        staff_session_hours=rules.staff_session_hours.value,
        portal_idle_minutes=rules.portal_idle_minutes.value,
        portal_session_hours=rules.portal_session_hours.value,
        confirm_again_minutes=rules.confirm_again_minutes.value,
        tries_of_account=rules.sign_in_account.value,
        tries_of_address=rules.sign_in_address.value,
    )


def strictest_of_account(user_id: UUID) -> SignInRules | None:
    """The strictest of the organisations where this account may sign in: its pages belong to none of them."""
    return _strictest_of(places_of(user_id))


def strictest_of_all() -> SignInRules | None:
    """The strictest of all organisations, for a door that does not know yet who comes.

    Asked at every try, so it is remembered for the day: nobody who tries passwords makes the database read all
    regulations each time.
    """
    today = clock.today().isoformat()
    day, found = cache.get(STRICTEST, ("", None))
    if day != today:
        found = _strictest_of(all_organisations())
        cache.set(STRICTEST, (today, found), _KEPT_SECONDS)
    rules: SignInRules | None = found
    return rules


def _strictest_of(places: Iterable[OrganisationValue]) -> SignInRules | None:
    found = []
    for place in places:
        with organisation(place.id):
            found.append(rules_here())
    return strictest([rules for rules in found if rules is not None])
