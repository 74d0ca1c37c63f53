"""What happens to the trail's own fields: it outlives dossiers and holds no content."""

from casemgmt.base.treatments import declare

declare(
    "audit.AccessEvent",
    """
    id               term omit none
    organisation_id  term omit none
    at               term copy none
    action           term copy none
    outcome          term copy none
    user_id          term omit none
    role             term copy none
    on_behalf_of_id  term omit none
    dossier_id       term omit none
    data             term copy none
    object_id        term omit none
    ground           term copy none
    sealed           term omit none
    source           term omit none
    ip               term never none
    request_id       term omit none
    list_id          term omit none
    subject_count    term omit none
    subjects_digest  term omit none
    """,
)
declare(
    "audit.EventSubject",
    """
    id               term omit none
    organisation_id  term omit none
    list_id          term omit none
    dossier_id       term omit none
    day              term copy none
    """,
)
declare(
    "audit.PlatformEvent",
    """
    id          term never none
    at          term never none
    action      term never none
    outcome     term never none
    user_id     term never none
    data        term never none
    ip          term never none
    request_id  term never none
    """,
)
declare(
    "audit.LogEntry",
    """
    id               term omit none
    organisation_id  term omit none
    content_type     term omit none
    object_pk        term omit none
    object_id        term omit none
    object_repr      term omit none
    serialized_data  term never none
    action           term omit none
    changes_text     term never none
    changes          term omit none
    actor            term omit none
    cid              term omit none
    remote_addr      term never none
    remote_port      term never none
    timestamp        term omit none
    additional_data  term never none
    dossier_id       term omit none
    sealed           term omit none
    """,
)
declare(
    "audit.AuditHead",
    """
    id               keep never none
    organisation_id  keep never none
    seq              keep never none
    hash             keep never none
    """,
)
declare(
    "audit.AuditLink",
    """
    id               keep never none
    organisation_id  keep never none
    seq              keep never none
    kind             keep never none
    row_id           keep never none
    hash             keep never none
    """,
)
declare(
    "audit.PlatformHead",
    """
    id    keep never none
    seq   keep never none
    hash  keep never none
    """,
)
declare(
    "audit.PlatformLink",
    """
    seq     keep never none
    row_id  keep never none
    hash    keep never none
    """,
)
