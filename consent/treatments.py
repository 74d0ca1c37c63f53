"""What happens to every field of a consent."""

from casemgmt.base.treatments import declare

declare(
    "consent.Consent",
    """
    id                 erase omit none
    organisation_id    erase omit none
    dossier            erase omit none
    person             erase copy plain
    about              erase copy plain
    purpose            erase copy plain
    recipient_kind     erase copy plain
    recipient          erase copy sealed
    what_for           erase copy sealed
    pieces             erase omit sealed
    state              erase copy plain
    given_on           erase copy plain
    form               erase copy plain
    informed_of        erase copy plain
    for_this_exchange  erase copy plain
    exchange_id        erase omit plain
    note               erase copy name
    recorded_by_id     erase omit plain
    recorded_at        erase copy plain
    withdrawn_at       erase copy plain
    withdrawn_by_id    erase omit plain
    withdrawn_form     erase copy plain
    """,
)
