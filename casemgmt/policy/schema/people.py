"""Ladders: who exercises a client's rights and whose consent is needed, per age cell."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from casemgmt.policy.schema.values import Cited, Label, Strict, Table, Valued, ValuedMany
from casemgmt.policy.schema.vocabulary import Cell, ConsentPurpose, Informed, Judge, Mode, Person, Right, RoleKey


class Rung(Cited):
    """One step of a ladder: these people, in this mode; or nobody by the text, and a person must decide."""

    by: tuple[Person, ...] = Field(title="Wie")
    mode: Mode = Field(title="Hoe")
    escalate: bool = Field(default=False, title="Iemand moet beslissen")
    substitutes: bool = Field(default=False, title="Anders de vervangers")

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if (self.mode is Mode.NONE) != (not self.by):
            raise ValueError("“by” is leeg als en alleen als “mode” none is")
        if self.mode is Mode.ALONE and len(self.by) != 1:
            raise ValueError("“alone” is één persoon")
        return self


class Substitute(Cited):
    """A group that may act for an incapable adult when no earlier group can; unranked inside the group."""

    by: tuple[Person, ...] = Field(min_length=1, title="Wie")


class Representation(Strict):
    """Who exercises rights: one ladder, exceptions per right, substitutes for incapable adults."""

    ladder: Table[Cell, Rung] = Field(title="Wie de rechten uitoefent")
    per_right: Table[Right, Table[Cell, Rung]] = Field(default={}, title="Afwijking per recht")
    all_needed: tuple[Right, ...] = Field(default=(), title="Rechten waarvoor allen nodig zijn")
    substitutes: tuple[Substitute, ...] = Field(default=(), title="Vervangers bij een volwassene")
    judged_by: Valued[Judge] | None = Field(default=None, title="Wie oordeelt over wilsbekwaamheid")
    adult_when_emancipated: Valued[bool] | None = Field(default=None, title="Getrouwd of meerderjarig verklaard")
    may_be_refused: Cited | None = Field(default=None, title="Vertegenwoordiger beperken of weigeren")
    decided_by: Valued[RoleKey] = Field(title="Wie beslist als de tekst zwijgt")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        whole(self.ladder)
        return self


class Test(Strict):
    """A condition over the facts: "name", "not name", or "name in a|b"; with the question a person answers."""

    test: Label
    question: Label


class ConsentException(Cited):
    """When consent is not needed after all; every test must hold."""

    when: tuple[Test, ...] = Field(min_length=1, title="Voorwaarden")


class ConsentRule(Cited):
    """Whether consent is needed for a purpose, from whom, and in which form."""

    needed: bool = Field(title="Toestemming nodig")
    ladder: Table[Cell, Rung] | None = Field(default=None, title="Wie toestemming geeft")
    written: Valued[bool] = Field(title="Schriftelijk")
    prior: Valued[bool] = Field(title="Vooraf")
    each_time: Valued[bool] = Field(title="Elke keer opnieuw")
    informed_of: ValuedMany[Informed] | None = Field(default=None, title="Vooraf verteld")
    exceptions: tuple[ConsentException, ...] = Field(default=(), title="Niet nodig als")
    before: Cited | None = Field(default=None, title="Wat eraan voorafgaat")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.ladder is not None:
            whole(self.ladder)
        return self


class Consent(Strict):
    """Consent per purpose, and what withdrawing does."""

    purposes: Table[ConsentPurpose, ConsentRule] = Field(title="Toestemming per doel")
    withdrawal: Cited = Field(title="Intrekken")
    refusal_blocks: Cited = Field(title="Wie weigert")
    specific: Valued[bool] = Field(title="Per ontvanger en doel")


def whole(ladder: Table[Cell, Rung]) -> None:
    """A ladder answers for every cell; raises ValueError naming the missing ones."""
    missing = [cell.value for cell in Cell if cell not in ladder]
    if missing:
        raise ValueError(f"de ladder mist: {', '.join(missing)}")
