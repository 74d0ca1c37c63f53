"""Ending sessions: of one account, all or all but this one."""

from uuid import UUID

from allauth.usersessions.models import UserSession


def end_sessions(user_id: UUID, *, but: str | None = None) -> int:
    """End the sessions of an account, except the one with key ``but``; returns how many."""
    ended = 0
    for session in UserSession.objects.filter(user_id=user_id).exclude(session_key=but or ""):
        session.end()
        ended += 1
    return ended
