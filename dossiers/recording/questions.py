"""What the entry form asks: the profile's `recording` section, for what is being recorded and by whom.

A question that only counts in a situation (somebody else as source, a diagnosis,
somebody of the network) is required in that situation and nowhere else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.answer import answer, fact
from casemgmt.policy.rules.facts import EntryFacts
from casemgmt.policy.rules.recording import entry_is_complete
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.basics import AskedField
from casemgmt.policy.schema.vocabulary import AskWhen, EntryField, StatementKind
from casemgmt.policy.versions import profile_in_force
from dossiers.people.vocabulary import PersonRole

# Where a statement comes from, and the situations that makes.
ORIGINS: dict[str, frozenset[AskWhen]] = {
    "client": frozenset(),
    "own": frozenset(),
    "other": frozenset({AskWhen.THIRD_PARTY, AskWhen.INFORMANT}),
    "report": frozenset({AskWhen.THIRD_PARTY, AskWhen.EXTERNAL_REPORT}),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form as the organisation words it, with the rule that asks it."""

    key: str
    label: str
    hint: str
    when: str
    required: bool
    sentence: str
    reason: Decision
    options: tuple[tuple[str, str], ...] = ()


def questions(roles: Iterable[str], on: date) -> tuple[Question, ...]:
    """Everything the form may ask somebody with these roles, in the order of the regulation."""
    profile = profile_in_force(on)
    secretary = "secretary" in set(roles)
    return tuple(
        _question(profile, key, asked)
        for key, asked in profile.recording.fields.items()
        if asked.when is not AskWhen.NEVER and (asked.when is not AskWhen.SECRETARY or secretary)
    )


def situations(kind: str, origin: str, people_roles: Iterable[str], roles: Iterable[str]) -> frozenset[AskWhen]:
    """In which situations this entry is: they decide which questions must be answered."""
    found = {AskWhen.ALWAYS, *ORIGINS.get(origin, frozenset())}
    if kind == StatementKind.DIAGNOSIS.value:
        found.add(AskWhen.DIAGNOSIS)
    if PersonRole.NETWORK.value in set(people_roles):
        found.add(AskWhen.NETWORK_PERSON)
    if "secretary" in set(roles):
        found.add(AskWhen.SECRETARY)
    return frozenset(found)


def judge_entry(kind: str, answers: Mapping[str, str], here: frozenset[AskWhen], on: date) -> Decision:
    """Whether the answers make an entry complete by the regulation; ``missing`` names what is not answered."""
    known = {key.value: key for key in EntryField}
    kinds = {one.value: one for one in StatementKind}
    facts = EntryFacts(
        statement_kind=kinds.get(kind),
        situations=tuple(sorted(here - {AskWhen.ALWAYS})),
        filled=tuple(known[key] for key, value in answers.items() if key in known and str(value).strip()),
        category=answers.get("category") or None,
        purpose=answers.get("purpose") or None,
    )
    return entry_is_complete(facts, profile_in_force(on), on)


def tested_only(on: date) -> frozenset[str]:
    """The kinds of statement that belong in the dossier only once they are tested; before that they are notes."""
    kinds = profile_in_force(on).recording.statement_kinds
    return frozenset(kind.key.value for kind in kinds if kind.tested_only)


def needs_origin(asked: Iterable[Question]) -> bool:
    """Whether where it comes from decides which questions must be answered."""
    by_origin = {when.value for found in ORIGINS.values() for when in found}
    return any(question.when in by_origin for question in asked)


def _question(profile: Profile, key: EntryField, asked: AskedField) -> Question:
    return Question(
        key=key.value,
        label=asked.label,
        hint=asked.hint or "",
        when=asked.when.value,
        required=asked.required,
        sentence=asked.sentence,
        reason=answer(profile, {}, (asked,), (fact("asked_when", asked.when), fact("required", asked.required))),
        options=_options(profile, key),
    )


def _options(profile: Profile, key: EntryField) -> tuple[tuple[str, str], ...]:
    recording = profile.recording
    if key is EntryField.STATEMENT_KIND:
        return tuple((kind.key.value, kind.label) for kind in recording.statement_kinds)
    lists = {
        EntryField.CATEGORY: recording.categories,
        EntryField.PURPOSE: recording.purposes,
        EntryField.CHANNEL: recording.channels,
    }
    return tuple((choice.key, choice.label) for choice in lists.get(key, ()))
