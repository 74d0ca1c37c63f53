"""Requests through the whole application, in process, as a signed-in person with a second factor."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID


class Visitor:
    """One signed-in person; ``get`` goes through every middleware, as a web server would call it."""

    def __init__(self, user_id: UUID) -> None:
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        from casemgmt.accounts.models import User

        user = User.objects.get(pk=user_id)
        _second_factor(user)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        self.cookie = f"casemgmt_session={session.session_key}"

    def get(self, path: str) -> bytes:
        """The body of a page; raises when it is not 200."""
        status: list[str] = []
        body = b"".join(application()(_environ(path, self.cookie), lambda line, headers: status.append(line)))
        if not status[0].startswith("200"):
            raise RuntimeError(f"{path} answered {status[0]}: {body[:300]!r}")
        return body


def _second_factor(user: Any) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    if not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")


_application: list[Any] = []


def application() -> Any:
    """The application as gunicorn sees it, with the bare view added."""
    if not _application:
        from django.core.handlers.wsgi import WSGIHandler

        _application.append(WSGIHandler())
    return _application[0]


def _environ(path: str, cookie: str) -> dict[str, Any]:
    import io
    import sys

    route, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": route,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_COOKIE": cookie,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def median_ms(call: Callable[[], object], times: int) -> list[float]:
    """How many milliseconds each of ``times`` calls took."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begin) * 1000)
    return taken
