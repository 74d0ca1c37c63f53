"""How often somebody may try to sign in: house-rules "sign-in attempts".

So many tries a minute an account and an address as the organisation of the door
says (``house``), and each time the limit is reached again the wait grows.
Counting is atomic and happens before a password is looked at, so many tries at
once gain nothing. Nobody locks out another: an address from which an account
signed in before has a count of its own. Whoever has an invitation never was here
before, so there others' tries count for nothing: its code cannot be guessed, and
nobody's guessing takes it from whom it is for. When the cache cannot be reached
its error goes up, and nobody signs in: no try goes uncounted.
"""

import hashlib
import hmac
import time

from django.conf import settings
from django.core.cache import cache

from casemgmt.accounts.house import rules_at_the_door

MINUTE = 60
LONGEST_WAIT = 15 * MINUTE
STRIKES_LAST = 3600
KNOWN_LASTS = 30 * 24 * 3600


class TooOften(Exception):
    """Too many tries; ``seconds`` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds

    @property
    def minutes(self) -> int:
        """The wait in whole minutes, rounded up."""
        return max(1, -(-self.seconds // MINUTE))


def attempt(name: str, address: str, *, guessable: bool = True) -> None:
    """Count one try for ``name`` from ``address``; raises TooOften when it is one too many.

    ``guessable`` False: what is tried has too many possibilities to be guessed, so only this address waits.
    """
    pair, account, source = _key("pair", name, address), _key("account", name), _key("address", address)
    until = cache.get(pair + ":until", 0)
    if until > time.time():
        raise TooOften(int(until - time.time()) + 1)
    rules = rules_at_the_door()
    if _count(source) > rules.tries_of_address:
        raise TooOften(MINUTE)
    if _count(pair) > rules.tries_of_account:
        raise TooOften(_grow(pair))
    if guessable and _count(account) > rules.tries_of_account and not cache.get(pair + ":known"):
        raise TooOften(MINUTE)


def succeeded(name: str, address: str) -> None:
    """Take this try back, and remember that this address belongs to the account."""
    pair = _key("pair", name, address)
    cache.delete_many([pair, pair + ":until", pair + ":strikes"])
    for key in (_key("account", name), _key("address", address)):
        if cache.get(key, 0) > 0:
            cache.decr(key)
    cache.set(pair + ":known", True, KNOWN_LASTS)


def once(code_of: str, code: str, seconds: int = 120) -> bool:
    """Whether this one-time code is used for the first time by this account."""
    return bool(cache.add(_key("code", code_of, code), 1, seconds))


def _count(key: str, lasts: int = MINUTE) -> int:
    cache.add(key, 0, lasts)
    try:
        return int(cache.incr(key))
    except ValueError:  # the minute ended between the two commands
        cache.add(key, 1, lasts)
        return 1


def _grow(pair: str) -> int:
    """The next wait: one minute, two, four, up to a quarter of an hour."""
    strikes = min(_count(pair + ":strikes", STRIKES_LAST), 8)
    wait = min(MINUTE * 2 ** (strikes - 1), LONGEST_WAIT)
    cache.set(pair + ":until", time.time() + wait, wait)
    cache.delete(pair)
    return int(wait)


def _key(kind: str, *parts: str) -> str:
    """A cache key that tells nobody who tries to sign in."""
    text = "\0".join(part.strip().lower() for part in parts)
    digest = hmac.new(settings.SECRET_KEY.encode(), text.encode("utf-8", "replace"), hashlib.sha256)
    return f"sign-in:{kind}:{digest.hexdigest()[:40]}"
