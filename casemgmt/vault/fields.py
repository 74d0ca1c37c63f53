"""Sealed fields: bytes in the database, words only when the row's dossier key is at hand.

A field opens by a descriptor on first access. Unusual ways are closed:
filtering, ordering and ``update()`` raise, ``values()`` yields sealed bytes.
"""

import json
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import FieldError
from django.db import models

from casemgmt.vault.keys import dossier_key
from casemgmt.vault.sealing import place, seal, unseal

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
else:
    _Field = models.Field


class Sealed(bytes):
    """A value as the database keeps it; says nothing."""

    def __repr__(self) -> str:
        return "<sealed>"


class _Opens:
    """The descriptor: opens a sealed value once and remembers the words beside it."""

    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self
        data = instance.__dict__
        name = self.field.attname
        if name not in data:
            instance.refresh_from_db(fields=[name])
        value = data[name]
        if not isinstance(value, Sealed):
            return value
        opened = data.setdefault("_opened", {})
        if name not in opened:
            opened[name] = self.field.open(instance, value)
        return opened[name]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__.get("_opened", {}).pop(self.field.attname, None)
        instance.__dict__[self.field.attname] = value


class SealedField(_Field):
    """A value sealed under its dossier's key; ``label`` names it for ever, whatever columns are called."""

    def __init__(self, *, label: str, **kwargs: Any) -> None:
        self.label = label
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """The field as a migration writes it."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "label": self.label}

    def get_internal_type(self) -> str:
        """Stored as bytes."""
        return "BinaryField"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Put the opening descriptor on the model."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opens(self))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        """What comes from the database stays sealed until somebody asks for it."""
        return None if value is None else Sealed(bytes(value))

    def open(self, instance: Any, value: Sealed) -> Any:
        """The words of ``value``; raises KeyNotLoaded, KeyDestroyed or CannotOpen."""
        return self.open_of(instance.dossier_id, instance.pk, value, instance.organisation_id)

    def open_of(self, dossier_id: UUID, row_id: UUID, value: Sealed, organisation_id: UUID) -> Any:
        """The words of ``value`` as ``values_list`` gave it, for lists that make no rows; raises as ``open`` does."""
        where = place(organisation_id, dossier_id, self.label, row_id)
        return self.decode(unseal(dossier_key(dossier_id), value, where).decode())

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """Seal what was written; what was never opened or changed keeps its bytes."""
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        instance: Any = model_instance
        key = dossier_key(instance.dossier_id)
        sealed = Sealed(seal(key, self.encode(value).encode(), self._place(instance)))
        instance.__dict__[self.attname] = sealed
        instance.__dict__.setdefault("_opened", {})[self.attname] = value
        return sealed

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Only sealed bytes ever reach a statement."""
        return self.get_db_prep_value(value, connection)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Only sealed bytes ever reach a statement; words raise FieldError."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise FieldError(f"{self.label} is sealed: save the row, it cannot be updated or compared.")
        return connection.Database.Binary(bytes(value))

    def get_lookup(self, lookup_name: str) -> Any:
        """No comparison but with nothing at all."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.label} is sealed: it cannot be searched.")

    def encode(self, value: Any) -> str:
        """The value as text, before sealing."""
        return str(value)

    def decode(self, text: str) -> Any:
        """The value from its text, after opening."""
        return text

    def value_to_string(self, obj: Any) -> str:
        """Serializers get nothing to read."""
        return "<sealed>"

    def _place(self, instance: Any) -> bytes:
        row_id: UUID = instance.pk
        return place(instance.organisation_id, instance.dossier_id, self.label, row_id)


class SealedText(SealedField):
    """Sealed words."""


class SealedDate(SealedField):
    """A sealed calendar date."""

    def encode(self, value: Any) -> str:
        """ISO form."""
        if not isinstance(value, date):
            raise FieldError(f"{self.label} takes a date.")
        return value.isoformat()

    def decode(self, text: str) -> date:
        """From ISO form."""
        return date.fromisoformat(text)


class SealedJSON(SealedField):
    """A sealed structure of JSON values."""

    def encode(self, value: Any) -> str:
        """As JSON, keys sorted."""
        return json.dumps(value, sort_keys=True, ensure_ascii=False)

    def decode(self, text: str) -> Any:
        """From JSON."""
        return json.loads(text)
