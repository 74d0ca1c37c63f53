"""Which table lives in which cluster: the keys apart, everything else together."""

from typing import Any

KEYSTORE = "keystore"
_MAIN = ("default", "owner")
_VAULT = ("vault", "vault_owner")


class VaultRouter:
    """Sends the keystore's models to the vault's cluster and keeps the two apart."""

    def db_for_read(self, model: type[Any], **hints: Any) -> str | None:
        """The alias the application reads ``model`` from."""
        return "vault" if model._meta.app_label == KEYSTORE else None

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Never a relation between the clusters."""
        return bool((one._meta.app_label == KEYSTORE) == (other._meta.app_label == KEYSTORE))

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """The keystore migrates in the vault's cluster, the rest in the main one."""
        return db in (_VAULT if app_label == KEYSTORE else _MAIN)
