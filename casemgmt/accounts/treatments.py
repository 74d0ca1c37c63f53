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
