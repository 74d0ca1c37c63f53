"""What happens to every field of a disclosure."""

from casemgmt.base.treatments import declare

declare(
    "disclosures.Disclosure",
    """
    id                 erase omit none
    organisation_id    erase omit none
    dossier            erase omit none
    about              erase copy plain
    state              erase copy plain
    recipient_kind     erase copy plain
    recipient          erase copy sealed
    purpose_kind       erase copy plain
    purpose            erase copy sealed
    answers            erase copy sealed
    judgement          erase copy name
    assessed_at        erase omit none
    proposed_by_id     erase omit plain
    proposed_at        erase copy plain
    asked_by_id        erase omit plain
    asked_at           erase omit plain
    content_hash       erase never name
    approval_needed    erase omit plain
    approved_by_id     erase omit plain
    approved_at        erase copy plain
    voided_at          erase omit plain
    handed_over_by_id  erase omit plain
    handed_over_at     erase copy plain
    how                erase copy plain
    package            erase omit plain
    package_hash       erase never name
    informed_at        erase copy plain
    deferred_until     erase omit plain
    deferred_why       erase omit sealed
    ended_why          erase copy sealed
    ended_by_id        erase omit plain
    ended_at           erase copy plain
    """,
)
declare(
    "disclosures.DisclosureItem",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    disclosure       erase omit plain
    entry            erase copy plain
    version          erase copy plain
    redactions       erase never name
    position         erase omit none
    """,
)
declare(
    "disclosures.DisclosureRegisterRow",
    """
    id               erase omit none
    organisation_id  erase omit none
    dossier          erase omit none
    disclosure       erase omit plain
    about            erase copy plain
    at               erase copy plain
    recipient_kind   erase copy plain
    with_consent     erase copy plain
    content          erase copy name
    """,
)
