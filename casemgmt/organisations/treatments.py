"""What happens to organisations' own fields: they say how work is divided, not about whom."""

from casemgmt.base.treatments import declare

declare(
    "organisations.Organisation",
    """
    id            library omit none
    slug          library omit none
    name          library omit none
    kind          library omit none
    abbreviation  library omit none
    regulation    library omit none
    created_at    library omit none
    """,
)
declare(
    "organisations.SignInPlace",
    """
    id            keep never none
    user_id       keep never none
    organisation  keep never none
    """,
)
declare(
    "organisations.Unit",
    """
    id               keep omit plain
    organisation_id  keep omit none
    name             keep omit plain
    closed_on        keep omit plain
    """,
)
declare(
    "organisations.Membership",
    """
    id               keep never none
    organisation_id  keep never none
    user_id          keep never plain
    unit             keep never plain
    role             keep never plain
    starts_on        keep never plain
    ends_on          keep never plain
    """,
)
