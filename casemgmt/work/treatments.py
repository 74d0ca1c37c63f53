"""What happens to a task: it goes with its dossier. An alarm is about staff and about no dossier."""

from casemgmt.base.treatments import declare

declare(
    "work.Task",
    """
    id               erase omit none
    organisation_id  erase omit none
    kind             erase omit plain
    dossier_id       erase omit none
    assignee_id      erase omit plain
    capability       erase omit plain
    unit             erase omit plain
    title            erase omit none
    detail           erase omit none
    decision         erase omit none
    due_on           erase omit plain
    link_name        erase omit none
    object_id        erase omit none
    state            erase omit plain
    made_at          erase omit none
    done_at          erase omit plain
    done_by_id       erase omit plain
    reminded_days    erase omit none
    escalated_at     erase omit plain
    """,
)
declare(
    "work.ReadingAlarm",
    """
    id               term never none
    organisation_id  term never none
    user_id          term never none
    began_at         term never none
    last_at          term never none
    dossiers         term never none
    most             term never none
    minutes          term never none
    raised_at        term never none
    looked_at        term never plain
    looked_by_id     term never plain
    """,
)
