"""What happens to the fields of keeping and letting go."""

from casemgmt.base.treatments import declare

declare(
    "retention.EndDate",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    due_on           erase copy plain
    waits            erase copy plain
    extended_until   erase copy plain
    extended_why     erase copy sealed
    answers          erase copy sealed
    decision         erase copy name
    version          erase copy none
    calculated_at    erase omit none
    """,
)
declare(
    "retention.Hold",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    why              erase copy sealed
    placed_by_id     erase omit plain
    placed_at        erase copy plain
    lifted_by_id     erase omit plain
    lifted_at        erase copy plain
    """,
)
declare(
    "retention.Removal",
    """
    id                keep omit none
    organisation_id   keep omit none
    dossier_id        keep omit none
    state             keep copy plain
    due_on            keep copy plain
    articles          keep copy none
    version           keep omit none
    decision          keep omit name
    words             keep omit sealed
    proposed_at       keep copy none
    reviewed_by_id    keep omit plain
    reviewed_at       keep copy none
    approved_by_id    keep omit plain
    approved_at       keep copy none
    cooling_until     keep copy plain
    manifest          keep never none
    absence           keep never none
    key_destroyed_at  keep never plain
    ended_at          keep never none
    """,
)
declare(
    "retention.Certificate",
    """
    id               keep never none
    organisation_id  keep never none
    dossier_id       keep never none
    number           keep never none
    text             keep never none
    signature        keep never none
    made_at          keep never none
    """,
)
declare(
    "retention.ErasureLedger",
    """
    id               keep never none
    organisation_id  keep never none
    dossier_id       keep never none
    erased_at        keep never none
    """,
)
