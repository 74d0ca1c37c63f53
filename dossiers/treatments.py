"""What happens to every field of a dossier."""

from casemgmt.base.treatments import declare

declare(
    "dossiers.Dossier",
    """
    id               erase omit none
    organisation_id  erase omit none
    number           erase copy sealed
    unit             erase omit plain
    name             erase copy sealed
    state            erase copy plain
    opened_at        erase omit none
    opened_on        erase copy plain
    closed_on        erase copy plain
    """,
)
declare(
    "dossiers.Assignment",
    """
    id               erase omit none
    organisation_id  erase omit none
    permission       erase omit none
    user             erase omit plain
    content_object   erase omit none
    role_in_care     erase copy name
    ground           erase copy name
    opened_at        erase omit none
    starts_on        erase copy plain
    ends_on          erase copy plain
    """,
)
declare(
    "dossiers.Person",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    role             erase copy plain
    capable          erase copy plain
    capable_judged_by_id erase omit plain
    capable_judged_at erase copy plain
    name             erase copy sealed
    birth_date       erase copy sealed
    bsn              erase copy sealed
    address          erase copy sealed
    address_secret   erase omit plain
    phone            erase copy sealed
    safe_contact     erase copy sealed
    warning          erase omit sealed
    once_secret      erase omit none
    relevance        erase copy sealed
    position         erase omit none
    """,
)
declare(
    "dossiers.Representation",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    representative   erase copy plain
    client           erase copy plain
    starts_on        erase copy plain
    ends_on          erase copy plain
    """,
)
declare(
    "dossiers.PortalAccess",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    person           erase omit plain
    user_id          erase omit plain
    since            erase copy plain
    ended_at         erase copy plain
    frozen_until     erase omit plain
    frozen_why       erase omit sealed
    """,
)
declare(
    "dossiers.Entry",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    kind             erase copy plain
    author_id        erase copy plain
    happened_on      erase copy plain
    recorded_at      erase copy none
    version          erase copy plain
    """,
)
declare(
    "dossiers.EntryVersion",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    entry            erase omit plain
    number           erase copy plain
    text             erase copy name
    source           erase copy name
    details          erase copy name
    test_before      erase copy name
    why              erase copy name
    made_by_id       erase copy none
    made_at          erase copy none
    """,
)
declare(
    "dossiers.EntryAbout",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    entry            erase omit plain
    person           erase copy plain
    """,
)
declare(
    "dossiers.WorkingNote",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase never none
    author_id        erase never none
    text             erase never none
    made_at          erase never none
    remind_on        erase never none
    """,
)
declare(
    "dossiers.Draft",
    """
    id               erase never none
    organisation_id  erase never none
    dossier          erase never none
    author_id        erase never none
    place_id         erase never none
    content          erase never none
    saved_at         erase never none
    """,
)
