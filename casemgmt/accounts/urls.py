"""Addresses of staff sign-in. What is not listed as open is closed."""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from django.urls import URLPattern, register_converter
from django.urls.converters import StringConverter

from casemgmt.accounts import views
from casemgmt.web.routes import Needs, page

BOTH = ("GET", "POST")


class AlphanumericConverter(StringConverter):
    """Letters and digits only, so that the dash after it is the first one."""

    regex = "[0-9A-Za-z]+"


register_converter(AlphanumericConverter, "alphanumeric")

# Before or during signing in. allauth itself sends away who has no business there.
ENTRANCE: list[tuple[str, Any, str]] = [
    ("inloggen/", account.login, "account_login"),
    ("inloggen/geblokkeerd/", account.account_inactive, "account_inactive"),
    ("inloggen/code/", mfa.authenticate, "mfa_authenticate"),
    ("inloggen/sleutel/", webauthn.login_webauthn, "mfa_login_webauthn"),
    ("inloggen/bevestigen/", account.reauthenticate, "account_reauthenticate"),
    ("inloggen/bevestigen/code/", mfa.reauthenticate, "mfa_reauthenticate"),
    ("inloggen/bevestigen/sleutel/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    ("inloggen/wachtwoord-vergeten/", account.password_reset, "account_reset_password"),
    ("inloggen/wachtwoord-vergeten/verstuurd/", account.password_reset_done, "account_reset_password_done"),
    (
        "inloggen/wachtwoord-vergeten/klaar/",
        account.password_reset_from_key_done,
        "account_reset_password_from_key_done",
    ),
    (
        "inloggen/wachtwoord-vergeten/<alphanumeric:uidb36>-<str:key>/",
        account.password_reset_from_key,
        "account_reset_password_from_key",
    ),
    ("inloggen/tweede-stap/app/", totp.activate_totp, "mfa_activate_totp"),
    ("inloggen/tweede-stap/sleutels/nieuw/", webauthn.add_webauthn, "mfa_add_webauthn"),
    ("uitloggen/", account.logout, "account_logout"),
]

# One's own pages: only with a second factor shown.
OWN: list[tuple[str, Any, str]] = [
    ("inloggen/wachtwoord/", account.password_change, "account_change_password"),
    ("inloggen/tweede-stap/", mfa.index, "mfa_index"),
    ("inloggen/tweede-stap/app/weg/", views.remove_app, "mfa_deactivate_totp"),
    ("inloggen/tweede-stap/herstelcodes/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    ("inloggen/tweede-stap/herstelcodes/nieuw/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
    ("inloggen/tweede-stap/sleutels/", views.list_passkeys, "mfa_list_webauthn"),
    ("inloggen/tweede-stap/sleutels/<int:pk>/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    ("inloggen/tweede-stap/sleutels/<int:pk>/weg/", views.remove_passkey, "mfa_remove_webauthn"),
    ("inloggen/sessies/", usersessions.list_usersessions, "usersessions_list"),
]

# allauth knows these names; here nobody signs up, manages addresses or links accounts.
CLOSED = {
    "account_signup": "aanmelden/",
    "account_email": "adressen/",
    "account_email_verification_sent": "adres-bevestigen/",
    "account_confirm_email": "adres-bevestigen/<str:key>/",
    "account_set_password": "wachtwoord-kiezen/",
    "account_confirm_login_code": "code-per-mail/",
    "mfa_download_recovery_codes": "herstelcodes-bestand/",
    "socialaccount_login_cancelled": "elders/afgebroken/",
    "socialaccount_login_error": "elders/fout/",
    "socialaccount_signup": "elders/aanmelden/",
    "socialaccount_connections": "elders/",
}

urlpatterns: list[URLPattern] = [
    *[page(at, views.ours(view), name=name, needs=Needs.public(), methods=BOTH) for at, view, name in ENTRANCE],
    *[page(at, views.ours(view), name=name, needs=Needs.signed_in(), methods=BOTH) for at, view, name in OWN],
    *[
        page(f"inloggen/gesloten/{at}", views.closed, name=name, needs=Needs.public(), methods=BOTH)
        for name, at in CLOSED.items()
    ],
]
