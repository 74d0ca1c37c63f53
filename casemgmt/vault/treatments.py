"""What happens to the vault's fields."""

from casemgmt.base.treatments import declare

declare(
    "vault.SearchToken",
    """
    id               erase never none
    organisation_id  erase never none
    token            erase never none
    dossier_id       erase never none
    source_id        erase never none
    """,
)
declare(
    "vault.SealedFile",
    """
    id               erase omit plain
    organisation_id  erase omit none
    dossier_id       erase omit none
    stored_as        erase never none
    size             erase omit plain
    content_type     erase omit plain
    created_at       erase copy plain
    """,
)
declare(
    "keystore.OrganisationKey",
    """
    id               keep never none
    organisation_id  keep never none
    wrapped          keep never none
    version          keep never none
    search           keep never none
    created_at       keep never none
    """,
)
declare(
    "keystore.DossierKey",
    """
    id               erase never none
    organisation_id  erase never none
    dossier_id       erase never none
    wrapped          erase never none
    key_version      erase never none
    created_at       erase never none
    """,
)
