"""The closed lists a profile is written in: persons, roles, capabilities, age cells, kinds of request.

The names are those of the public decide contract, so that facts, profiles and outcomes speak one language.
Dutch labels for people stand in the profile, not here.
"""

from __future__ import annotations

from enum import StrEnum


class Person(StrEnum):
    """Who can act, consent or ask."""

    CLIENT = "client"
    LEGAL_REPRESENTATIVE = "legal_representative"
    PARENT_WITHOUT_CUSTODY = "parent_without_custody"
    STEPPARENT_WITHOUT_CUSTODY = "stepparent_without_custody"
    PARENT = "parent"
    SPOUSE_OR_PARTNER = "spouse_or_partner"
    ADULT_SIBLING = "adult_sibling"
    ADULT_CHILD = "adult_child"
    PERSON_IN_OTHER_DOSSIER = "person_in_other_dossier"
    NETWORK_PERSON = "network_person"


class Mode(StrEnum):
    """How several people act: alone, beside (naast), jointly (beiden), any one of them, or nobody can."""

    ALONE = "alone"
    BESIDE = "beside"
    JOINTLY = "jointly"
    ANY_OF = "any_of"
    NONE = "none"


class Cell(StrEnum):
    """An age band with a capacity: one step of a ladder. Bands begin at 00:00 on the birthday."""

    UNDER_12 = "under_12"
    CAPABLE_12_TO_15 = "capable_12_to_15"
    INCAPABLE_12_TO_15 = "incapable_12_to_15"
    CAPABLE_16_17 = "capable_16_17"
    INCAPABLE_16_17 = "incapable_16_17"
    CAPABLE_ADULT = "capable_adult"
    INCAPABLE_ADULT = "incapable_adult"


class Judge(StrEnum):
    """Who judged that a client is not able to weigh his own interests."""

    LEADER = "leader"
    WORKER = "worker"
    DOCTOR = "doctor"


class Right(StrEnum):
    """A client's right that somebody exercises."""

    INSPECTION = "inspection"
    CORRECTION = "correction"
    DESTRUCTION = "destruction"


class RequestKind(StrEnum):
    """What a client can ask."""

    INSPECTION = "inspection"
    COPY = "copy"
    INFORMATION = "information"
    CORRECTION = "correction"
    SUPPLEMENT = "supplement"
    OWN_STATEMENT = "own_statement"
    RESTRICTION = "restriction"
    REMOVAL = "removal"
    DESTRUCTION = "destruction"
    OBJECTION = "objection"
    COMPLAINT = "complaint"


class Reason(StrEnum):
    """A reason somebody gives for refusing a request; most are a ground in some organisations only."""

    AGE_OR_CAPACITY = "age_or_capacity"
    PRIVACY_OF_OTHER = "privacy_of_other"
    WEIGHTY_INTEREST_OF_CONTROLLER = "weighty_interest_of_controller"
    SUBSTANTIAL_INTEREST_OF_OTHER = "substantial_interest_of_other"
    LAW_FORBIDS = "law_forbids"
    FUNDER_ACCOUNTABILITY = "funder_accountability"
    NEEDED_TO_INVESTIGATE_SUSPICION = "needed_to_investigate_suspicion"
    NECESSARY_FOR_TASK = "necessary_for_task"
    STATE_SECURITY = "state_security"
    PREVENTION_OF_CRIME = "prevention_of_crime"
    RIGHTS_AND_FREEDOMS_OF_OTHERS = "rights_and_freedoms_of_others"
    PROTECTION_OF_CLIENT = "protection_of_client"
    LEGITIMATE_INTEREST = "legitimate_interest"
    PROFESSIONAL_OPINION = "professional_opinion"
    WORKER_DISAGREES = "worker_disagrees"
    TOO_MUCH_WORK = "too_much_work"
    CLIENT_IS_RUDE = "client_is_rude"
    NO_MOTIVE_GIVEN = "no_motive_given"


class Force(StrEnum):
    """Whether a ground obliges to refuse (must) or leaves it to a person (may, Dutch "kan")."""

    MUST = "must"
    MAY = "may"


class About(StrEnum):
    """The decision or dispute somebody appeals against."""

    REFUSED_INSPECTION = "refused_inspection"
    REFUSED_INFORMATION = "refused_information"
    REFUSED_CORRECTION = "refused_correction"
    REFUSED_REMOVAL = "refused_removal"
    REFUSED_DESTRUCTION = "refused_destruction"
    DOSSIER_DISPUTE = "dossier_dispute"
    GENERAL_COMPLAINT = "general_complaint"


class Route(StrEnum):
    """Where an appeal goes."""

    COMPLAINTS_COMMITTEE = "complaints_committee"
    OBJECTION_AND_APPEAL = "objection_and_appeal"
    COMPLAINT_TO_CONTROLLER = "complaint_to_controller"
    NONE_IN_TEXT = "none_in_text"


class FeeKind(StrEnum):
    """What is delivered when a fee may be asked."""

    COPY = "copy"
    OVERVIEW = "overview"
    INSPECTION = "inspection"


class RetentionKind(StrEnum):
    """What is kept; each has its own class of retention where the regulation gives one."""

    DOSSIER = "dossier"
    DESCENT_AND_BIRTH_DATA = "descent_and_birth_data"
    FIRST_YEARS_DATA = "first_years_data"
    COMPLAINT_FILE = "complaint_file"
    RECORDING = "recording"
    RAW_TEST_DATA = "raw_test_data"


class Clock(StrEnum):
    """From when a retention term runs."""

    CLOSED_ON = "closed_on"
    YEAR_END_OF_CLOSING = "year_end_of_closing"
    LAST_TRAJECTORY = "last_trajectory"
    COMPLAINT_SETTLED_ON = "complaint_settled_on"
    NEXT_SESSION = "next_session"


class EndAction(StrEnum):
    """What happens to data at the end."""

    DESTROY = "destroy"
    ANONYMISE = "anonymise"


class RoleKey(StrEnum):
    """The roles a member of staff can have; labels per organisation."""

    CASEWORKER = "caseworker"
    BEHAVIOURAL_SCIENTIST = "behavioural_scientist"
    INTERN = "intern"
    VOLUNTEER = "volunteer"
    SECRETARY = "secretary"
    MANAGER = "manager"
    UNIT_MANAGER = "unit_manager"
    DEPUTY_MANAGER = "deputy_manager"
    DIRECTOR = "director"
    RECORDS_ADMINISTRATOR = "records_administrator"
    INTERNAL_CONTROLLER = "internal_controller"
    ORGANISATION_ADMINISTRATOR = "organisation_administrator"


class Capability(StrEnum):
    """What a role may do at all; whether it may be done in this dossier is decided at the dossier's door."""

    DOSSIER_READ = "dossier.read"
    DOSSIER_ADD = "dossier.add"
    DOSSIER_CHANGE = "dossier.change"
    DOSSIER_OPEN = "dossier.open"
    NOTE_KEEP = "note.keep"
    DISCLOSURE_PREPARE = "disclosure.prepare"
    DISCLOSURE_APPROVE = "disclosure.approve"
    REQUEST_HANDLE = "request.handle"
    REQUEST_DECIDE = "request.decide"
    REMOVAL_REVIEW = "removal.review"
    REMOVAL_APPROVE = "removal.approve"
    RETENTION_CLOSE = "retention.close"
    CONSENT_RECORD = "consent.record"
    CAPACITY_JUDGE = "capacity.judge"
    AUTHORISATION_GRANT = "authorisation.grant"
    EMERGENCY_REVIEW = "emergency.review"
    AUDIT_READ = "audit.read"
    POLICY_READ = "policy.read"
    POLICY_DRAFT = "policy.draft"
    POLICY_PUBLISH = "policy.publish"
    USERS_MANAGE = "users.manage"
    SEARCH_USE = "search.use"
    PORTAL_INVITE = "portal.invite"


class StatementKind(StrEnum):
    """What a statement in the dossier is."""

    FACT = "fact"
    OPINION = "opinion"
    HYPOTHESIS = "hypothesis"
    JUDGEMENT = "judgement"
    DIAGNOSIS = "diagnosis"


class EntryField(StrEnum):
    """What the entry form can ask beside the text."""

    STATEMENT_KIND = "statement_kind"
    SOURCE = "source"
    ABOUT_WHOM = "about_whom"
    CHANNEL = "channel"
    CURRENT_CONTACT = "current_contact"
    CLIENT_INVOLVED = "client_involved"
    CATEGORY = "category"
    PURPOSE = "purpose"
    RELEVANCE = "relevance"
    DIAGNOSED_BY = "diagnosed_by"
    APPROVED_BY_INFORMANT = "approved_by_informant"
    REPORT_ATTACHED = "report_attached"
    ON_BEHALF_OF = "on_behalf_of"


class AskWhen(StrEnum):
    """When a field of the entry form is asked."""

    ALWAYS = "always"
    THIRD_PARTY = "third_party"
    INFORMANT = "informant"
    DIAGNOSIS = "diagnosis"
    EXTERNAL_REPORT = "external_report"
    NETWORK_PERSON = "network_person"
    SECRETARY = "secretary"
    NEVER = "never"


class ConsentPurpose(StrEnum):
    """What consent is asked for."""

    PROCESSING = "processing"
    DISCLOSURE = "disclosure"
    REQUEST_INFORMATION = "request_information"
    EXTERNAL_AUDIT = "external_audit"
    SHARE_INSIDE_TEAM = "share_inside_team"


class Informed(StrEnum):
    """What somebody is told before consenting."""

    PURPOSE = "purpose"
    RECIPIENT = "recipient"
    CONTENT = "content"


class Purpose(StrEnum):
    """Why data are given."""

    HELP = "help"
    EXTERNAL_CONSULTATION = "external_consultation"
    RESEARCH = "research"
    LEARNING = "learning"
    EXTERNAL_AUDIT = "external_audit"
    STATISTICS = "statistics"
    FUNDING_AND_CONTROL = "funding_and_control"


class Recipient(StrEnum):
    """Who receives data."""

    SCHOOL = "school"
    GP = "gp"
    POLICE = "police"
    COURT = "court"
    CRISIS_SERVICE = "crisis_service"
    HEALTH_INSURER = "health_insurer"
    MUNICIPALITY = "municipality"
    PUBLIC_BODY = "public_body"
    HOUSING_CORPORATION = "housing_corporation"
    DEBT_COUNSELLOR = "debt_counsellor"
    GEZINSVOOGD = "gezinsvoogd"
    RAAD_VOOR_DE_KINDERBESCHERMING = "raad_voor_de_kinderbescherming"
    AMHK = "amhk"
    SOCIAL_INVESTIGATOR = "social_investigator"
    CONFIDANT = "confidant"
    PROFESSIONAL = "professional"
    PRIVATE_PERSON = "private_person"
    REPORTER = "reporter"
    RESEARCHER = "researcher"
    MINISTER = "minister"
    COLLEGE = "college"
    CBS = "cbs"
    OTHER_VEILIG_THUIS = "other_veilig_thuis"
    VERWIJSINDEX_PARTNER = "verwijsindex_partner"
    TEAM_COLLEAGUE = "team_colleague"
    LEGAL_REPRESENTATIVE = "legal_representative"
    LEARNING_MEETING = "learning_meeting"
    EXTERNAL_AUDITOR = "external_auditor"


class Ground(StrEnum):
    """On what a disclosure rests; the first nine names are those of the decide contract."""

    CONSENT = "consent"
    VERY_SERIOUS_SITUATION = "very_serious_situation"
    CONFLICT_OF_DUTIES = "conflict_of_duties"
    LEGAL_DUTY = "legal_duty"
    FAMILY_GUARDIAN = "family_guardian"
    CHILD_PROTECTION_BOARD = "child_protection_board"
    PARTICIPATIEWET = "participatiewet"
    AMHK_REQUEST = "amhk_request"
    SAFETY = "safety"
    INVOLVED_IN_HELP = "involved_in_help"
    CHILD_PROTECTION_MEASURE = "child_protection_measure"
    PUBLIC_TASK = "public_task"
    ANONYMISED = "anonymised"
    COOPERATING_PROFESSIONAL = "cooperating_professional"
    REPRESENTATIVE_NOT_ANOTHER = "representative_not_another"
    CONFIDANT = "confidant"
    REPORTER_STEPS = "reporter_steps"
    FORCE_MAJEURE = "force_majeure"
    RESEARCH = "research"
    STATISTICS = "statistics"
    TRANSFER = "transfer"
    INSIDE_TEAM = "inside_team"
    MUNICIPALITY = "municipality"


class Item(StrEnum):
    """What kind of data is asked for or given."""

    DOSSIER = "dossier"
    FINAL_REPORT = "final_report"
    PERSONAL_WORKING_NOTES = "personal_working_notes"
    REPORT_IN_PROGRESS = "report_in_progress"
    DATA_ABOUT_OTHER_PERSON = "data_about_other_person"
    ORIGINAL_DOCUMENT = "original_document"
    INFORMANT_INFORMATION = "informant_information"
    REPORTER_DATA = "reporter_data"
    STEPS_TAKEN = "steps_taken"
    INQUIRY_FINDINGS = "inquiry_findings"
    PARTNER_DATA = "partner_data"
    PROVISION_IN_CLIENT_VIEW = "provision_in_client_view"
    PAPER_DOSSIER = "paper_dossier"


class Channel(StrEnum):
    """By word of mouth or in writing."""

    ORAL = "oral"
    WRITTEN = "written"


class Staff(StrEnum):
    """Who is consulted."""

    UNIT_MANAGER = "unit_manager"
    CLUSTER_MANAGER = "cluster_manager"
    TEAM_LEADER = "team_leader"
    TEAM_MEMBER = "team_member"


class Event(StrEnum):
    """What happened, for informing."""

    DISCLOSURE = "disclosure"
    FIRST_DOSSIER_OPENED = "first_dossier_opened"
    RECORDING_PLANNED = "recording_planned"
    INTAKE = "intake"
    DATA_BREACH = "data_breach"
    DATA_OBTAINED_FROM_OTHERS = "data_obtained_from_others"
    ORIGIN_OF_DATA = "origin_of_data"
    TRANSFER_TO_OTHER_REGION = "transfer_to_other_region"
    NETWORK_PERSON_REGISTERED = "network_person_registered"


class Content(StrEnum):
    """What somebody is told."""

    RECIPIENT = "recipient"
    GROUND = "ground"
    MOTIVES = "motives"
    RECORDED_DATA = "recorded_data"
    PURPOSE = "purpose"
    RIGHTS = "rights"
    CONTACT_FOR_RIGHTS = "contact_for_rights"
    TEAM_AND_METHOD = "team_and_method"
    TEAM_MAY_SEE_DATA = "team_may_see_data"
    REFERRER_IDENTITY = "referrer_identity"
    DATA_FROM_REFERRER = "data_from_referrer"


class Timing(StrEnum):
    """When somebody is told."""

    BEFORE = "before"
    AS_SOON_AS_POSSIBLE = "as_soon_as_possible"
    MAY_BE_DEFERRED = "may_be_deferred"


class InformWho(StrEnum):
    """Whom to tell: by the rights ladder, the client himself, client from 12 with parents, or somebody else."""

    LADDER = "ladder"
    CLIENT_12_AND_PARENTS = "client_12_and_parents"
    CLIENT_AND_REPRESENTATIVES = "client_and_representatives"
    NETWORK_PERSON = "network_person"
