"""What can be done with a dossier, and which capability each needs."""

from enum import StrEnum


class Verb(StrEnum):
    """An act on one dossier; its value is the capability a role must give."""

    READ = "dossier.read"
    ADD = "dossier.add"
    CHANGE = "dossier.change"
    JUDGE_CAPACITY = "capacity.judge"
    KEEP_NOTE = "note.keep"
    RECORD_CONSENT = "consent.record"
    PREPARE_DISCLOSURE = "disclosure.prepare"
    APPROVE_DISCLOSURE = "disclosure.approve"
    HANDLE_REQUEST = "request.handle"
    DECIDE_REQUEST = "request.decide"
    GRANT_ACCESS = "authorisation.grant"
    INVITE_TO_PORTAL = "portal.invite"
    CLOSE = "retention.close"
    REVIEW_REMOVAL = "removal.review"
    APPROVE_REMOVAL = "removal.approve"
    READ_TRAIL = "audit.read"


# Done from a desk for the whole organisation: the capability alone decides.
# Everything else also needs to be at work with the client: a team or an assignment.
FROM_A_DESK = frozenset(
    {
        Verb.HANDLE_REQUEST,
        Verb.DECIDE_REQUEST,
        Verb.GRANT_ACCESS,
        Verb.REVIEW_REMOVAL,
        Verb.APPROVE_REMOVAL,
        Verb.READ_TRAIL,
    }
)

# What still goes on when a dossier is closed; recording in it is over.
AFTER_CLOSING = FROM_A_DESK | {
    Verb.READ,
    Verb.CLOSE,
    Verb.KEEP_NOTE,
    Verb.PREPARE_DISCLOSURE,
    Verb.APPROVE_DISCLOSURE,
    Verb.INVITE_TO_PORTAL,
    # Rights go on after closing, and hang on who can weigh own interests.
    Verb.JUDGE_CAPACITY,
    # A yes can be taken back at any time.
    Verb.RECORD_CONSENT,
}
