"""What happens to the fields of versions: they say how an organisation works, not about whom."""

from casemgmt.base.treatments import declare

declare(
    "policy.PolicyVersion",
    """
    id               keep never none
    organisation_id  keep never none
    number           keep never plain
    state            keep never plain
    body             keep never name
    body_hash        keep never plain
    source           keep never plain
    from_date        keep never plain
    until_date       keep never plain
    based_on         keep never plain
    made_by_id       keep never plain
    made_at          keep never none
    submitted_by_id  keep never plain
    submitted_at     keep never none
    published_by_id  keep never plain
    published_at     keep never none
    why              keep never name
    why_past         keep never name
    answer           keep never name
    """,
)
declare(
    "policy.PolicyChange",
    """
    id               keep never none
    organisation_id  keep never none
    version          keep never plain
    path             keep never plain
    old              keep never plain
    new              keep never plain
    by_id            keep never plain
    at               keep never none
    """,
)
# Progress and numbers: asked again at any time, and the act that asked stands in the trail.
declare(
    "policy.PolicySimulation",
    """
    id               keep never none
    organisation_id  keep never none
    version          keep never none
    body_hash        keep never none
    on               keep never none
    state            keep never none
    asked_by_id      keep never none
    asked_at         keep never none
    finished_at      keep never none
    doing            keep never none
    done             keep never none
    total            keep never none
    result           keep never none
    """,
)
