"""Signing in and out leaves rows in the trail; what somebody typed never does.

``accounts`` stands left of ``audit``, so the two meet here, on the top floor.
"""

from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed, password_reset
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction

from casemgmt.accounts import portal_doors
from casemgmt.accounts.signals import portal_step
from casemgmt.audit import context, events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.organisations.places import may_sign_in


def connect() -> None:
    """Listen to every way in and out; called once when the application starts."""
    done, denied = Outcome.DONE, Outcome.DENIED
    for signal, word, outcome in (
        (user_logged_in, "sign-in", done),
        (user_logged_out, "sign-out", done),
        (user_login_failed, "sign-in-failed", denied),
        (authentication_failed, "second-factor-failed", denied),
        (authenticator_added, "second-factor-added", done),
        (authenticator_removed, "second-factor-removed", done),
        (authenticator_reset, "recovery-codes-renewed", done),
        (password_changed, "password-changed", done),
        (password_reset, "password-reset", done),
    ):
        signal.connect(_listener(word, outcome), weak=False, dispatch_uid=f"sign_in_trail.{word}")
    authentication_step_completed.connect(_confirmed_again, dispatch_uid="sign_in_trail.confirmed")
    portal_step.connect(_portal_step, dispatch_uid="sign_in_trail.portal")
    portal_doors.provide_places(may_sign_in)


def _listener(word: str, outcome: Outcome) -> Any:
    def listen(sender: Any, **kwargs: Any) -> None:
        _write(word, outcome, kwargs.get("user"))

    return listen


def _confirmed_again(sender: Any, user: Any, **kwargs: Any) -> None:
    if kwargs.get("reauthenticated"):
        _write("confirmed-again", Outcome.DONE, user)


def _portal_step(sender: Any, word: str, succeeded: bool, user: Any = None, **kwargs: Any) -> None:
    _write(word, Outcome.DONE if succeeded else Outcome.DENIED, user)


def _write(word: str, outcome: Outcome, user: Any) -> None:
    """One row; a failed sign-in has no user, for what was typed is nobody's name yet."""
    if user is not None and user.pk is not None:
        context.learn(user.pk, context.current().role)
    with transaction.atomic():
        events.record_platform(Action.SIGN_IN, outcome=outcome, data=word)
