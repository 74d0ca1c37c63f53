"""Whether an entry is complete: only what the organisation's rule requires."""

from __future__ import annotations

from datetime import date

from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.answer import answer, used
from casemgmt.policy.rules.facts import EntryFacts
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.basics import AskedField, Statement
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import AskWhen, EntryField, StatementKind


def entry_is_complete(facts: EntryFacts, profile: Profile, on: date) -> Decision:
    """Whether an entry may become part of the dossier: nothing required is empty, every choice is on its list.

    `missing` and `invalid` name the fields; the explanation is the sentence of each rule that is not met.
    """
    asked = _asked(facts, profile)
    missing = [key for key, field in asked.items() if field.required and key not in facts.filled]
    invalid = [key for key in _invalid(facts, profile) if key not in missing]
    outcome = {"complete": not missing and not invalid, "missing": tuple(missing), "invalid": tuple(invalid)}
    broken: list[Cited] = [asked[key] for key in (*missing, *invalid) if key in asked]
    cited = broken or [_statement(facts, profile)]
    return answer(profile, outcome, cited, used(facts, "statement_kind", "situations", "filled"))


def _asked(facts: EntryFacts, profile: Profile) -> dict[EntryField, AskedField]:
    diagnosis = (AskWhen.DIAGNOSIS,) if facts.statement_kind is StatementKind.DIAGNOSIS else ()
    now = {AskWhen.ALWAYS, *facts.situations, *diagnosis} - {AskWhen.NEVER}
    return {key: field for key, field in profile.recording.fields.items() if field.when in now}


def _invalid(facts: EntryFacts, profile: Profile) -> tuple[EntryField, ...]:
    recording = profile.recording
    checks = (
        (EntryField.STATEMENT_KIND, facts.statement_kind, [one.key for one in recording.statement_kinds]),
        (EntryField.CATEGORY, facts.category, [one.key for one in recording.categories]),
        (EntryField.PURPOSE, facts.purpose, [one.key for one in recording.purposes]),
    )
    return tuple(field for field, value, allowed in checks if value is not None and value not in allowed)


def _statement(facts: EntryFacts, profile: Profile) -> Statement:
    kinds = profile.recording.statement_kinds
    return next((kind for kind in kinds if kind.key is facts.statement_kind), kinds[0])
