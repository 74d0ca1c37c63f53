"""How django-allauth works here: nobody signs up, secrets are sealed."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from casemgmt.accounts.secrets import open_secret, seal_secret


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff accounts are made by an administrator; no one signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A sign-in at the employer's own provider finds an existing account or none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticators are kept sealed."""

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return base64.b64encode(seal_secret(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret as it is used."""
        return open_secret(base64.b64decode(encrypted_text)).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name a passkey is kept under."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Dossier"}
