"""What happens to every field: on destruction, in a client's copy, in the trail.

Each package declares its models in its ``treatments.py``; a standing test fails
on a field nobody decided about, and destruction reads its manifest from here.
"""

from dataclasses import dataclass

from casemgmt.base.registries import Registry

RETENTION = frozenset({"erase", "keep", "term", "library"})
EXPORT = frozenset({"copy", "omit", "never"})
AUDIT = frozenset({"sealed", "name", "plain", "none"})


@dataclass(frozen=True, slots=True)
class Treatment:
    """The decision about one field."""

    retention: str
    export: str
    audit: str


@dataclass(frozen=True, slots=True)
class ModelTreatment:
    """The decisions about all fields of one model."""

    model: str
    fields: dict[str, Treatment]

    @property
    def goes_with_dossier(self) -> bool:
        """Whether rows of this model are erased when their dossier is destroyed."""
        return any(field.retention == "erase" for field in self.fields.values())


declared: Registry[ModelTreatment] = Registry("treatment of model")


def declare(model: str, table: str) -> ModelTreatment:
    """Declare a model's fields: one line each, ``field retention export audit``.

    Raises ValueError on a word that is no treatment, so a typing error cannot
    leave a field undecided.
    """
    fields: dict[str, Treatment] = {}
    for line in filter(str.strip, table.splitlines()):
        name, retention, export, audit = line.split()
        if retention not in RETENTION or export not in EXPORT or audit not in AUDIT:
            raise ValueError(f"Unknown treatment for {model}.{name}: {line.strip()!r}")
        fields[name] = Treatment(retention, export, audit)
    return declared.add(model, ModelTreatment(model, fields))
