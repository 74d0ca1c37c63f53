"""How long data are kept and what happens at the end; and the house rules for what the texts leave open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import Field

from casemgmt.policy.schema.values import Cited, Label, Strict, Table, TermValue, Valued, ValuedMany, unread
from casemgmt.policy.schema.vocabulary import Clock, EndAction, Reason, RetentionKind


def counted(title: str, unit: str) -> Any:
    """A field that counts something: its Dutch title and the unit shown behind the number."""
    return Field(title=title, json_schema_extra={"unit": unit})


class FamilyClock(Cited):
    """Keeping until the youngest child of the family is of age, and then until the youth was asked (VT-18)."""

    majority: int = Field(ge=12, le=30, title="Meerderjarig met (jaar)")
    waits_for_adult_youth: Cited = Field(title="Wacht op de jongere")
    cap: Valued[TermValue] = Field(title="Ten hoogste na meerderjarigheid")


class Extension(Cited):
    """A longer term that a person may decide with a reason."""

    reason_needed: bool = Field(default=True, title="Reden nodig")


class RetentionClass(Cited):
    """One class of data: from when, how long, and what then. No term: kept until an event on the same day."""

    label: Label = Field(title="Naam")
    clock: Clock = Field(title="Telt vanaf")
    term: Valued[TermValue] | None = Field(default=None, title="Bewaartermijn")
    maximum: bool = Field(default=False, title="Het is een maximum")
    only_when_adoption: bool = Field(default=False, title="Alleen bij adoptie of afstand")
    extension: Extension | None = Field(default=None, title="Verlenging")
    family: FamilyClock | None = Field(default=None, title="Gezinsklok")
    execute_within: Valued[TermValue] | None = Field(default=None, title="Vernietigen binnen")
    actions: tuple[EndAction, ...] = Field(min_length=1, title="Wat er gebeurt")
    in_dossier: bool = Field(default=True, title="Hoort bij het dossier")


class ExpiryBar(Cited):
    """Something that stops destruction although the term has passed."""

    reason: Reason = Field(title="Reden")


class Retention(Strict):
    """Classes of retention; data without a class of their own follow the dossier when they belong to it."""

    classes: Table[RetentionKind, RetentionClass] = Field(title="Bewaren")
    bars_expiry: tuple[ExpiryBar, ...] = Field(default=(), title="Wat vernietiging tegenhoudt")
    archive: Cited | None = Field(default=None, title="Archief")


class HouseRules(Strict):
    """Defaults for what the regulations leave open, each with its bounds; never shown as the regulation's text."""

    disclosure_approval: Valued[bool] = Field(title="Goedkeuring van een verstrekking")
    disclosure_review_within: Valued[int] = counted("Toetsing achteraf bij acuut gevaar", "werkdagen")
    disclosure_question_within: Valued[TermValue] | None = Field(
        default=None, title="Vraag over geven beantwoord binnen"
    )
    second_person: Valued[bool] = Field(title="Altijd een tweede persoon")
    cooling_off: Valued[TermValue] = Field(title="Bedenktijd voor vernietiging")
    execution_term: Valued[TermValue] | None = Field(default=None, title="Vernietigen binnen")
    emergency_access: Valued[bool] = unread("Noodtoegang")
    emergency_hours: Valued[int] = unread("Noodtoegang duurt", unit="uur")
    emergency_review_within: Valued[int] = unread("Noodtoegang getoetst binnen", unit="werkdagen")
    emergency_alarm_after: Valued[int] = unread("Alarm bij meer noodtoegangen in 30 dagen dan", unit="keer")
    log_view_delay: Valued[TermValue] = Field(title="Vertraging van het inzageoverzicht")
    log_view_delay_longest: Valued[TermValue] = unread("Langste vertraging van het inzageoverzicht")
    informing_deferred: Valued[TermValue] = Field(title="Uitgesteld informeren komt terug na")
    note_first_reminder: Valued[TermValue] = Field(title="Eerste herinnering werkaantekening")
    note_next_reminder: Valued[TermValue] = Field(title="Volgende herinnering werkaantekening")
    deadline_reminders: ValuedMany[int] = counted("Herinnering vóór een termijn", "dagen")
    correction_receipt_reminder: Valued[TermValue] = unread("Herinnering ontvangstbevestiging correctie")
    removal_work_within: Valued[TermValue] | None = Field(default=None, title="Werk aan vernietigen gedaan binnen")
    stopped_removal_within: Valued[TermValue] | None = Field(default=None, title="Gestopte vernietiging bekeken binnen")
    adult_youth_asked_again: Valued[TermValue] | None = Field(default=None, title="Jongere opnieuw gevraagd na")
    portal_client_age: Valued[int] | None = Field(
        default=None, title="Portaal voor cliënt vanaf", json_schema_extra={"unit": "jaar"}
    )
    draft_kept: Valued[TermValue] | None = Field(default=None, title="Concept bewaard")
    staff_idle_minutes: Valued[int] = counted("Medewerker: sessie zonder gebruik", "minuten")
    staff_session_hours: Valued[int] = counted("Medewerker: langste sessie", "uur")
    portal_idle_minutes: Valued[int] = counted("Portaal: sessie zonder gebruik", "minuten")
    portal_session_hours: Valued[int] = counted("Portaal: langste sessie", "uur")
    confirm_again_minutes: Valued[int] = counted("Opnieuw bevestigen geldt", "minuten")
    portal_invitation: Valued[TermValue] = Field(title="Uitnodiging voor het portaal geldt")
    download_link: Valued[TermValue] = unread("Downloadlink geldt")
    portal_assurance: Valued[Label] = unread("Betrouwbaarheid van inloggen")
    unlikely_share_percent: Valued[Decimal] = counted("Ongewoon groot deel", "procent")
    unlikely_share_number: Valued[int] = counted("Ongewoon groot aantal", "dossiers")
    mass_reading_dossiers: Valued[int] = counted("Alarm bij veel lezen", "dossiers")
    mass_reading_minutes: Valued[int] = counted("Veel lezen: binnen", "minuten")
    sign_in_account: Valued[int] = counted("Aanmeldpogingen per account", "per minuut")
    sign_in_address: Valued[int] = counted("Aanmeldpogingen per adres", "per minuut")
    portal_requests: Valued[int] = counted("Verzoeken per persoon", "per dag")
    key_backups_kept: Valued[TermValue] = Field(title="Reservekopieën van sleutels")
    access_log_kept: Valued[TermValue] = unread("Inzagelogboek bewaard")
    anonymous_group: Valued[int] = unread("Kleinste groep bij anonieme levering", unit="personen")
