"""What happens to a letter's fields: it goes with its dossier and belongs in a client's copy."""

from casemgmt.base.treatments import declare

declare(
    "letters.Letter",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier_id       erase omit none
    kind             erase copy plain
    addressee        erase omit sealed
    title            erase copy name
    body             erase copy name
    to_person_id     erase omit plain
    file             erase omit plain
    state            erase omit plain
    made_at          erase copy plain
    made_by_id       erase omit plain
    read_at          erase omit plain
    """,
)
