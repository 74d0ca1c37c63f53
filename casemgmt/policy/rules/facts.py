"""The facts that rules judge, in the vocabulary of the public decide contract. Absent means: not established.

One frozen dataclass per family of questions; `LABELS` gives each fact its Dutch name for people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from casemgmt.policy.schema.vocabulary import (
    AskWhen,
    Channel,
    ConsentPurpose,
    EntryField,
    Event,
    FeeKind,
    Ground,
    Informed,
    Item,
    Judge,
    Person,
    Purpose,
    Reason,
    Recipient,
    RequestKind,
    RetentionKind,
    Right,
    Staff,
    StatementKind,
)


class FactError(ValueError):
    """A question that cannot be judged: the name of the fact and a Dutch sentence about it."""

    def __init__(self, name: str, sentence: str) -> None:
        """Keep both parts; the message is the sentence."""
        self.name = name
        self.sentence = sentence
        super().__init__(sentence)


class MissingFact(FactError):
    """A fact that the question needs is absent."""


class ImpossibleFact(FactError):
    """Facts that cannot be true together, such as a birth date after the day of the question."""


@dataclass(frozen=True)
class Partner:
    """Spouse or life companion, and whether he or she wants to act."""

    willing: bool = False


@dataclass(frozen=True, kw_only=True)
class ClientFacts:
    """Who the client is, how old, able to weigh interests or not, and who could act for the client.

    Without a birth date the client is an adult. `emancipated`: married or declared of age before 18.
    """

    birth_date: date | None = None
    client_capable: bool = True
    capacity_judged_by: Judge | None = None
    has_legal_representative: bool | None = None
    has_parent: bool = False
    partner: Partner | None = None
    siblings_birth_dates: tuple[date, ...] = ()
    own_children_birth_dates: tuple[date, ...] = ()
    emancipated: bool = False


@dataclass(frozen=True, kw_only=True)
class RightFacts(ClientFacts):
    """Which right is exercised; None: any right."""

    right: Right | None = None


@dataclass(frozen=True, kw_only=True)
class ConsentFacts(ClientFacts):
    """For what consent is asked."""

    purpose: ConsentPurpose | None = None
    source: str = "private_person"
    cooperation_needed: bool = False
    suspicion_from_report: bool = False
    necessary: bool = False


@dataclass(frozen=True, kw_only=True)
class GivenConsent:
    """One answer to a question for consent: by whom, when, how, and whether it was a refusal or withdrawn.

    ``differs``: what of this disclosure is, in its own words, other than what the answer was given to.
    """

    by: tuple[Person, ...] = ()
    given_on: date | None = None
    written: bool = False
    informed_of: tuple[Informed, ...] = ()
    recipient: Recipient | None = None
    purpose: Purpose = Purpose.HELP
    differs: tuple[Informed, ...] = ()
    for_this_exchange: bool = False
    refused: bool = False
    withdrawn_on: date | None = None


SIX_QUESTIONS = (
    "everything_tried_for_consent",
    "silence_seriously_harms_other",
    "moral_distress",
    "no_other_way",
    "almost_certain_harm_prevented",
    "secret_violated_as_little_as_possible",
)


@dataclass(frozen=True, kw_only=True)
class SixQuestions:
    """Answers to the questions of conflict of duties (SH-2.7.c); None: not answered."""

    everything_tried_for_consent: bool | None = None
    silence_seriously_harms_other: bool | None = None
    moral_distress: bool | None = None
    no_other_way: bool | None = None
    almost_certain_harm_prevented: bool | None = None
    secret_violated_as_little_as_possible: bool | None = None


@dataclass(frozen=True, kw_only=True)
class DisclosureFacts(ClientFacts):
    """One disclosure as described: recipient, purpose, data, consents and everything a ground may ask."""

    recipient: Recipient | None = None
    purpose: Purpose = Purpose.HELP
    item: Item = Item.DOSSIER
    channel: Channel = Channel.WRITTEN
    consent: GivenConsent | None = None
    consents: tuple[GivenConsent, ...] = ()
    objection_by: tuple[Person, ...] = ()
    consent_statement_received: bool = False
    consent_unobtainable: bool = False
    requested: bool = False
    necessary: bool = False
    only_necessary_data: bool = False
    proportionate: bool = False
    legal_duty: bool = False
    supervision_order: bool = False
    child_protection_measure: bool = False
    directly_involved: bool = False
    cooperation_needed: bool = False
    very_serious_situation: bool = False
    vital_interests: bool = False
    intervention_needed_outside_team: bool = False
    only_way: bool = False
    client_interest_outweighs_secrecy: bool = False
    recipient_can_contribute: bool = False
    consulted_before: tuple[Staff, ...] = ()
    consultation_anonymous: bool = False
    acute_danger: bool = False
    six_questions: SixQuestions = field(default_factory=SixQuestions)
    safety_at_stake: bool = False
    force_majeure: bool = False
    about_report: bool = False
    client_moved: bool = False
    transfer_agreed: bool = False
    delivery: str | None = None
    contains_personal_data: bool = False
    fields: tuple[str, ...] = ()
    research_field: str = "other"
    asking_consent_possible: bool = True
    safeguards: bool = False
    general_interest: bool = False
    impossible_without_data: bool = False
    informant_approved: bool = False
    anonymised: bool = False
    harms_privacy_of_other: bool = False


@dataclass(frozen=True, kw_only=True)
class InformFacts(ClientFacts):
    """After which event somebody may have to be told, and what stands in the way."""

    event: Event | None = None
    ground: Ground | None = None
    safety_threat: str = "none"
    participatiewet_requires_delay: bool = False
    other_reason_for_delay: bool = False
    informing_possible: bool = True
    already_knows: bool = False
    intake: str = "self"
    informed_of_inquiry: bool = False
    necessary_to_end_or_investigate: bool = False
    source: str = "private_person"
    source_consents: bool = False
    threat_to_victim: bool = False
    threat_to_source: bool = False
    trust_disturbed: bool = False
    notification_necessary: bool = False


@dataclass(frozen=True, kw_only=True)
class RequestFacts(ClientFacts):
    """One request: what, by whom, in which form, about which data, and what could oppose."""

    request: RequestKind | None = None
    requested_by: tuple[Person, ...] = ()
    received_on: date | None = None
    identified: bool = False
    channel: Channel = Channel.WRITTEN
    written: bool = False
    reason_given: bool = False
    client_consents: bool = False
    parent_consented_to_treatment: bool = False
    asks: str = "inspection"
    names_dossier_holder: bool = False
    secrecy_opposes: bool = False
    against_interest_of_client: bool = False
    leader_refuses_representative: bool = False
    item: Item = Item.DOSSIER
    note_in_dossier: bool = False
    harms_privacy_of_other: bool = False
    reason: Reason | None = None
    refusal_written: bool | None = None
    refusal_reasoned: bool | None = None
    refused_text_kept: bool | None = None
    closed_on: date | None = None
    archived: bool = False


@dataclass(frozen=True, kw_only=True)
class FeeFacts:
    """What is delivered and how many pages it has."""

    kind: FeeKind | None = None
    pages: int | None = None


@dataclass(frozen=True, kw_only=True)
class KeepingFacts(RequestFacts):
    """Everything that decides how long data are kept and whether they may be destroyed.

    In `trajectories_closed_on` None stands for a trajectory that is still open; an empty tuple: no trajectories known.
    `children_of_unknown_age`: how many children of the family are known without their birth date.
    """

    kind: RetentionKind = RetentionKind.DOSSIER
    trajectories_closed_on: tuple[date | None, ...] = ()
    adoption_or_relinquishment: bool = False
    family_children_birth_dates: tuple[date, ...] = ()
    children_of_unknown_age: int = 0
    keeping_helps: bool = False
    adult_youth: str = "none"
    extended_until: date | None = None
    extension_needed_for_care: bool = False
    complaint_settled_on: date | None = None
    session_on: date | None = None
    next_session_on: date | None = None
    treatment_ends_on: date | None = None
    kept_by_agreement: bool = False
    request_granted: bool = False
    substantial_interest_of_other: bool = False
    law_forbids: bool = False
    funder_accountability: bool = False


@dataclass(frozen=True, kw_only=True)
class AccessFacts:
    """Who wants to look at what, and on which footing."""

    role: str | None = None
    item: Item = Item.DOSSIER
    necessary: bool = False
    involved: bool = False
    collected_data: bool = False
    deputy: bool = False
    is_author: bool = False
    supervisor_has_access: bool = False
    designated: bool = False
    responsible_person: str | None = None
    charged_with_task: bool = False
    paid: bool | None = None
    authorised: bool = False
    authorised_parts: tuple[str, ...] | None = None
    requested_part: str | None = None
    conflict_of_interest: bool = False
    anonymised: bool = False
    calamity: bool = False
    legal_duty: bool = False
    client_consented: bool = False
    via_member_with_access: bool = False
    client_contacted: bool = False
    intake: str = "self"
    safety_threat: str = "none"
    reason: str | None = None
    mfa_passed: bool = False


@dataclass(frozen=True, kw_only=True)
class EntryFacts:
    """An entry as typed so far: what it is, where it comes from, and which fields are filled."""

    statement_kind: StatementKind | None = None
    situations: tuple[AskWhen, ...] = ()
    filled: tuple[EntryField, ...] = ()
    category: str | None = None
    purpose: str | None = None


LABELS = {
    "birth_date": "geboortedatum van de cliënt",
    "age": "leeftijd van de cliënt",
    "client_capable": "de cliënt kan de eigen belangen afwegen",
    "capacity_judged_by": "wie dat beoordeelde",
    "has_legal_representative": "er is een wettelijk vertegenwoordiger",
    "has_parent": "er is een ouder die geen wettelijk vertegenwoordiger is",
    "partner": "partner",
    "siblings_birth_dates": "geboortedatums van broers en zussen",
    "own_children_birth_dates": "geboortedatums van eigen kinderen",
    "emancipated": "getrouwd of meerderjarig verklaard",
    "right": "recht",
    "purpose": "doel",
    "source": "bron",
    "recipient": "ontvanger",
    "requested_by": "wie het vraagt",
    "request": "soort verzoek",
    "received_on": "ontvangen op",
    "identified": "legitimatie gezien",
    "written": "schriftelijk gevraagd",
    "client_consents": "de cliënt vindt het goed",
    "parent_consented_to_treatment": "de ouder stemde in met de behandeling",
    "item": "om welke gegevens het gaat",
    "harms_privacy_of_other": "schaadt de privacy van een ander",
    "necessary": "nodig",
    "legal_duty": "wettelijke plicht",
    "safety_threat": "gevaar voor de veiligheid",
    "closed_on": "afgesloten op",
    "trajectories_closed_on": "trajecten afgesloten op",
    "kind": "soort gegevens",
    "pages": "aantal pagina's",
    "family_children_birth_dates": "geboortedatums van de kinderen van het gezin",
    "children_of_unknown_age": "kinderen van het gezin zonder bekende geboortedatum",
    "keeping_helps": "bewaren kan helpen tegen kindermishandeling of telt voor gezag",
    "adult_youth": "wat de jongere deed die nu volwassen is",
    "extended_until": "verlengd tot",
    "substantial_interest_of_other": "groot belang van een ander",
    "law_forbids": "de wet verzet zich tegen vernietiging",
    "funder_accountability": "verantwoording aan de financier",
    "role": "rol",
    "involved": "nu direct betrokken",
    "authorised": "heeft autorisatie",
    "reason": "reden",
    "event": "gebeurtenis",
    "ground": "grond",
    "item_kind": "soort gegevens",
    "statement_kind": "soort vastlegging",
    "situations": "wanneer dit gevraagd wordt",
    "filled": "wat is ingevuld",
    "cooperation_needed": "samenwerking is nodig",
    "suspicion_from_report": "er is een vermoeden na een melding",
    "asks": "wat wordt gevraagd",
    "names_dossier_holder": "noemt wiens dossier het is",
    "secrecy_opposes": "de geheimhouding verzet zich ertegen",
    "refusal_written": "de weigering is schriftelijk",
    "refusal_reasoned": "de weigering heeft een reden",
    "refused_text_kept": "de geweigerde tekst is bewaard",
    "request_granted": "het verzoek is toegewezen",
    "about": "waarover het besluit gaat",
    "duty_to_speak": "er is een plicht om te spreken",
    "acute_danger": "er is acuut gevaar",
    "asked_on": "gevraagd op",
    "made_on": "gemaakt op",
    "postponed_on": "uitgesteld op",
    "put_ready_on": "klaargezet op",
    "stopped_on": "gestopt op",
    "deferred_on": "uitgesteld op",
    "today": "vandaag",
    "asked_when": "wanneer dit gevraagd wordt",
    "required": "verplicht",
    "colleagues": "collega's met toegang",
    "wordings": "versies van de tekst",
    "letters": "brieven",
    "offered": "verzoeken die u kunt aannemen",
    "version_number": "nummer van de versie",
    "changes": "wijzigingen in deze versie",
    "had_a_hand": "u werkte aan deze versie mee",
    "term_passed_on": "termijn voorbij op",
    "approved_on": "goedgekeurd op",
    "dossier_open": "het dossier is open",
    "second_factor": "tweede stap ingesteld",
}
"""Dutch names of facts; every fact that a decision names has one."""
