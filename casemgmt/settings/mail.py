"""Where mail goes: one address names the server, how it is spoken to, and as whom."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from casemgmt.settings.environment import PRODUCTION, ROOT, address, backend, optional, required

# Whether the connection is TLS from the beginning, and whether it is asked for afterwards; the usual port.
SCHEMES = {"smtp": (False, False, 25), "smtp+starttls": (False, True, 587), "smtps": (True, False, 465)}
HERE = ("localhost", "127.0.0.1", "::1")
# A server that hangs holds up one job, and not for long: the job is tried again.
SECONDS = 20


@dataclass(frozen=True)
class MailServer:
    """How a mail server is spoken to, and as whom; empty when it asks for nobody."""

    host: str
    port: int
    user: str
    password: str
    tls_at_once: bool
    tls_asked_for: bool


def server(url: str) -> MailServer:
    """The mail server that an address names, such as smtp+starttls://user:word@mail.example.org.

    Raises ImproperlyConfigured with a sentence that never tells the address, for a password may stand in it.
    """
    try:
        parts = urlsplit(url)
        known, port = SCHEMES.get(parts.scheme), parts.port
    except ValueError:
        parts, known, port = urlsplit(""), None, None
    if known is None or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            "CASEMGMT_MAIL_URL must name a mail server: smtp://, smtp+starttls:// or smtps://, and user:password@"
            " where it asks for them."
        )
    if parts.password and parts.scheme == "smtp" and parts.hostname not in HERE:
        raise ImproperlyConfigured("CASEMGMT_MAIL_URL sends a password in the clear: use smtp+starttls:// or smtps://.")
    at_once, asked_for, usual = known
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, port or usual, user, password, at_once, asked_for)


EMAIL_BACKEND = backend(
    "CASEMGMT_MAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = optional("CASEMGMT_MAIL", str(Path(optional("CASEMGMT_STATE", str(ROOT / ".state"))) / "mail"))
EMAIL_TIMEOUT = SECONDS
# A container has no mail server of its own: without this an invitation or an alarm would wait for ever, in silence.
_SERVER = server(required("CASEMGMT_MAIL_URL", "the server that sends mail", "smtp://localhost"))
EMAIL_HOST, EMAIL_PORT = _SERVER.host, _SERVER.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _SERVER.user, _SERVER.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _SERVER.tls_at_once, _SERVER.tls_asked_for
DEFAULT_FROM_EMAIL = address("CASEMGMT_MAIL_FROM", "the sender of mail", "dossier@example.org")
