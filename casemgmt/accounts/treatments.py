"""What happens to accounts: staff accounts stay (people who worked here did), portal accounts hold no identity."""

from casemgmt.base.treatments import declare

declare(
    "accounts.User",
    """
    id          keep omit plain
    password    keep never none
    last_login  keep omit none
    kind        keep omit plain
    username    keep never none
    email       keep never none
    name        keep never none
    language    keep omit none
    is_active   keep omit plain
    created_at  keep omit plain
    """,
)
declare(
    "accounts.PortalInvitation",
    """
    id               keep never none
    organisation_id  keep never none
    user_id          keep never none
    code_hash        keep never none
    expires_at       keep never none
    used_at          keep never none
    """,
)
declare(
    "accounts.StaffInvitation",
    """
    id               keep never none
    organisation_id  keep never none
    user_id          keep never none
    name             keep never none
    code_hash        keep never none
    after_loss       keep never none
    expires_at       keep never none
    used_at          keep never none
    attempts         keep never none
    """,
)
