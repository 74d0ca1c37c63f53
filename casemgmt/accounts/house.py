"""How long sessions and confirmations last and how often somebody may try: the house rules of the organisation.

What an organisation chose is told from the right (``provide_rules``, by `policy`). Where no organisation is meant
the strictest holds: of those where the account may sign in, and before that of all. Nothing is ever looser than
``LOOSEST``, whatever a published version says.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from functools import reduce
from uuid import UUID

from casemgmt.base.organisation import current_or_none

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class SignInRules:
    """Minutes, hours and tries a minute; as they stand here they are the defaults of the house rules."""

    staff_idle_minutes: int = 20
    staff_session_hours: int = 12
    portal_idle_minutes: int = 15
    portal_session_hours: int = 2
    confirm_again_minutes: int = 5
    tries_of_account: int = 5
    tries_of_address: int = 20

    def stricter(self, other: "SignInRules") -> "SignInRules":
        """Of each value the stricter of the two, which is always the smaller."""
        return SignInRules(*map(min, astuple(self), astuple(other)))

    def session(self, *, portal: bool) -> tuple[int, int]:
        """Idle and longest seconds of a session at one of the two doors."""
        if portal:
            return self.portal_idle_minutes * MINUTE, self.portal_session_hours * HOUR
        return self.staff_idle_minutes * MINUTE, self.staff_session_hours * HOUR

    @property
    def confirm_seconds(self) -> int:
        """For how many seconds somebody who confirmed is not asked again."""
        return self.confirm_again_minutes * MINUTE


DEFAULT = SignInRules()
# The upper bounds of the house rules. They give none for tries, so there the default is the bound.
LOOSEST = SignInRules(
    staff_idle_minutes=30,
    staff_session_hours=12,
    portal_idle_minutes=30,
    portal_session_hours=12,
    confirm_again_minutes=15,
)

Rules = SignInRules | None
_here: list[Callable[[], Rules]] = []
_of_account: list[Callable[[UUID], Rules]] = []
_of_all: list[Callable[[], Rules]] = []


def provide_rules(here: Callable[[], Rules], of_account: Callable[[UUID], Rules], of_all: Callable[[], Rules]) -> None:
    """Tell the rules of the current organisation, the strictest of an account's, and of all; called by `policy`.

    None says that there is no regulation: then the defaults hold.
    """
    _here[:], _of_account[:], _of_all[:] = [here], [of_account], [of_all]


def rules_at_the_door() -> SignInRules:
    """The rules of the current organisation; where none is meant the strictest of all."""
    return _bounded(_here[0]() if current_or_none() is not None else _of_all[0]())


def rules_for(user_id: UUID) -> SignInRules:
    """The rules of the current organisation; where none is meant the strictest of where this account may sign in."""
    return _bounded(_here[0]() if current_or_none() is not None else _of_account[0](user_id))


def strictest(found: list[SignInRules]) -> Rules:
    """Of each value the strictest; None of nothing."""
    return reduce(SignInRules.stricter, found) if found else None


def _bounded(rules: Rules) -> SignInRules:
    return (rules or DEFAULT).stricter(LOOSEST)
