"""Which judgements of a person an organisation's own rules of keeping ask for; read from the profile."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.keeping import Extension, FamilyClock
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.schema.vocabulary import RetentionKind

LABELS = {
    "keeping_helps": _("Keeping this can help to end child abuse, or matters for a decision about custody"),
    "adoption_or_relinquishment": _("This is about relinquishment or adoption"),
    "substantial_interest_of_other": _("Keeping this is of substantial interest to somebody else"),
    "law_forbids": _("A law obliges us to keep this"),
    "funder_accountability": _("We need this to account to whoever pays for the help"),
}
YOUTH_CHOICES = (
    ("none", _("not asked yet")),
    ("asked", _("asked, no answer yet")),
    ("inspected", _("has inspected the dossier")),
    ("received_copy", _("has received a copy")),
    ("written_waiver", _("wrote not to want it, but did not ask for destruction")),
    ("written_waiver_and_request", _("wrote not to want it and asks for destruction")),
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One question at closing, with the rule that asks it."""

    name: str
    rule: Cited

    @property
    def label(self) -> str:
        """The question as a statement to tick."""
        return str(LABELS[self.name])

    @property
    def cite(self) -> str:
        """The rule's sentence and articles."""
        return f"{self.rule.sentence} ({', '.join(self.rule.articles)})" if self.rule.articles else self.rule.sentence


def judgements(profile: Profile) -> tuple[Judgement, ...]:
    """What this organisation must judge about keeping, in the order of the regulation."""
    found: dict[str, Cited] = {}
    family = family_clock(profile)
    if family is not None:
        found["keeping_helps"] = family
    for one in profile.retention.classes.values():
        if one.only_when_adoption and one.in_dossier:
            found.setdefault("adoption_or_relinquishment", one)
    for bar in profile.retention.bars_expiry:
        found[bar.reason.value] = bar
    return tuple(Judgement(name, rule) for name, rule in found.items() if name in LABELS)


def family_clock(profile: Profile) -> FamilyClock | None:
    """The clock that follows the youngest child, where the regulation has one (VT-18.3)."""
    return profile.retention.classes[RetentionKind.DOSSIER].family


def extension_rule(profile: Profile) -> Extension | None:
    """The rule that lets somebody keep longer with a reason, where the regulation has one (SH-4.2.1, GT-9.2)."""
    return profile.retention.classes[RetentionKind.DOSSIER].extension
