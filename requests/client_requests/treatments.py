"""What happens to the fields of a request.

``details`` holds, beside what the asker filled in, what colleagues did with it and marks of secret addresses: as a
whole it goes into no copy. The asker reads their own part of it on the page of the request.
"""

from casemgmt.base.treatments import declare

declare(
    "client_requests.ClientRequest",
    """
    id                erase omit none
    organisation_id   erase omit none
    dossier           erase omit none
    kind              erase copy plain
    asker             erase copy plain
    about             erase copy plain
    channel           erase copy plain
    state             erase copy plain
    words             erase copy sealed
    details           erase omit sealed
    received_at       erase copy none
    received_on       erase copy plain
    due_on            erase copy plain
    deadline          erase copy name
    entitled          erase copy name
    recorded_by_id    erase omit plain
    identified_how    erase copy plain
    identified_by_id  erase omit plain
    identified_at     erase copy plain
    outcome           erase copy plain
    ground            erase copy plain
    reason            erase copy sealed
    decided           erase copy name
    decided_by_id     erase omit plain
    decided_at        erase copy plain
    letter_id         erase omit plain
    executed_how      erase copy plain
    executed_at       erase copy plain
    done_words        erase copy sealed
    ended_at          erase copy plain
    """,
)
