"""Dutch for the closed lists of a profile, so that people read a regulation and not its keys.

Like the sentences of a profile these are data of a Dutch regulation: they are not translated.
"""

from __future__ import annotations

from enum import StrEnum

from casemgmt.policy.schema import vocabulary as v

# By list and key: members of two lists with the same text are equal to Python.
_Key = tuple[type[StrEnum], str]


def _table(kind: type[StrEnum], text: str) -> dict[_Key, str]:
    lines = (line.strip().partition(" ") for line in text.strip().splitlines())
    return {(kind, kind(key).value): label for key, _space, label in lines}


LABELS: dict[_Key, str] = {
    **_table(
        v.Person,
        """
        client cliënt
        legal_representative wettelijk vertegenwoordiger
        parent_without_custody ouder zonder gezag
        stepparent_without_custody stiefouder zonder gezag
        parent ouder
        spouse_or_partner echtgenoot of partner
        adult_sibling volwassen broer of zus
        adult_child volwassen kind
        person_in_other_dossier iemand uit een ander dossier
        network_person persoon uit het netwerk
        """,
    ),
    **_table(
        v.Mode,
        """
        alone alleen
        beside naast elkaar, elk zelf
        jointly samen
        any_of een van hen
        none niemand volgens de tekst
        """,
    ),
    **_table(
        v.Cell,
        """
        under_12 jonger dan 12
        capable_12_to_15 12 tot en met 15, kan afwegen
        incapable_12_to_15 12 tot en met 15, kan niet afwegen
        capable_16_17 16 en 17, kan afwegen
        incapable_16_17 16 en 17, kan niet afwegen
        capable_adult volwassen, kan afwegen
        incapable_adult volwassen, kan niet afwegen
        """,
    ),
    **_table(
        v.Judge,
        """
        leader de leider
        worker de hulpverlener
        doctor een arts
        """,
    ),
    **_table(
        v.Right,
        """
        inspection inzage
        correction correctie
        destruction vernietiging
        """,
    ),
    **_table(
        v.RequestKind,
        """
        inspection inzien
        copy kopie
        information overzicht van gegevens
        correction verbeteren
        supplement aanvullen
        own_statement eigen verklaring toevoegen
        restriction afschermen
        removal verwijderen
        destruction vernietigen
        objection bezwaar maken
        complaint klacht
        """,
    ),
    **_table(
        v.Reason,
        """
        age_or_capacity leeftijd of niet zelf kunnen afwegen
        privacy_of_other privacy van een ander
        weighty_interest_of_controller zwaarwegend belang van de organisatie
        substantial_interest_of_other groot belang van een ander
        law_forbids de wet verbiedt het
        funder_accountability verantwoording aan de financier
        needed_to_investigate_suspicion nodig om een vermoeden te onderzoeken
        necessary_for_task nodig voor de taak
        state_security veiligheid van de staat
        prevention_of_crime voorkomen van strafbare feiten
        rights_and_freedoms_of_others rechten en vrijheden van anderen
        protection_of_client bescherming van de cliënt
        legitimate_interest gerechtvaardigd belang
        professional_opinion professioneel oordeel
        worker_disagrees de hulpverlener is het er niet mee eens
        too_much_work te veel werk
        client_is_rude de cliënt is onbeleefd
        no_motive_given geen reden gegeven
        """,
    ),
    **_table(
        v.Purpose,
        """
        help hulp
        external_consultation overleg met iemand van buiten
        research onderzoek
        learning leren
        external_audit controle van buiten
        statistics statistiek
        funding_and_control financiering en controle
        """,
    ),
    **_table(
        v.Recipient,
        """
        school school
        gp huisarts
        police politie
        court rechter
        crisis_service crisisdienst
        health_insurer zorgverzekeraar
        municipality gemeente
        public_body overheidsorgaan
        housing_corporation woningcorporatie
        debt_counsellor schuldhulpverlener
        gezinsvoogd gezinsvoogd
        raad_voor_de_kinderbescherming Raad voor de Kinderbescherming
        amhk AMHK
        social_investigator sociaal rechercheur
        confidant vertrouwenspersoon
        professional professional
        private_person particulier
        reporter melder
        researcher onderzoeker
        minister minister
        college college van burgemeester en wethouders
        cbs CBS
        other_veilig_thuis andere Veilig Thuis-organisatie
        verwijsindex_partner partner in de verwijsindex
        team_colleague collega in het team
        legal_representative wettelijk vertegenwoordiger
        learning_meeting leerbijeenkomst
        external_auditor controleur van buiten
        """,
    ),
    # For a role that the organisation itself does not have; its own names stand in the profile.
    **_table(
        v.RoleKey,
        """
        caseworker hulpverlener
        behavioural_scientist gedragswetenschapper
        intern stagiair
        volunteer vrijwilliger
        secretary secretarieel medewerker
        manager leidinggevende
        unit_manager unitmanager
        deputy_manager plaatsvervangend leidinggevende
        director bestuurder
        records_administrator dossierbeheerder
        internal_controller intern beheerder
        organisation_administrator functioneel beheerder
        """,
    ),
    **_table(
        v.Force,
        """
        must moet
        may mag
        """,
    ),
    **_table(
        v.About,
        """
        refused_inspection geweigerde inzage
        refused_information geweigerd overzicht
        refused_correction geweigerde correctie
        refused_removal geweigerde verwijdering
        refused_destruction geweigerde vernietiging
        dossier_dispute meningsverschil over het dossier
        general_complaint andere klacht
        """,
    ),
    **_table(
        v.Route,
        """
        complaints_committee klachtencommissie
        objection_and_appeal bezwaar en beroep
        complaint_to_controller klacht bij de verantwoordelijke
        none_in_text geen weg in de tekst
        """,
    ),
    **_table(
        v.FeeKind,
        """
        copy kopie
        overview overzicht
        inspection inzage
        """,
    ),
    **_table(
        v.Clock,
        """
        closed_on de afsluiting van het dossier
        year_end_of_closing het einde van het jaar van afsluiting
        last_trajectory het einde van het laatste traject
        complaint_settled_on de afhandeling van de klacht
        next_session de volgende sessie
        """,
    ),
    **_table(
        v.EndAction,
        """
        destroy vernietigen
        anonymise anoniem maken
        """,
    ),
    **_table(
        v.Capability,
        """
        dossier.read dossiers lezen
        dossier.add vastleggen
        dossier.change wijzigen
        dossier.open dossiers openen
        note.keep werkaantekeningen maken
        disclosure.prepare verstrekkingen voorbereiden
        disclosure.approve verstrekkingen goedkeuren
        request.handle verzoeken behandelen
        request.decide over verzoeken beslissen
        removal.review vernietiging beoordelen
        removal.approve vernietiging goedkeuren
        retention.close dossiers afsluiten
        consent.record toestemming vastleggen
        capacity.judge oordelen of iemand kan afwegen
        authorisation.grant toegang geven
        emergency.review noodtoegang toetsen
        audit.read het inzagelogboek lezen
        policy.read regels lezen
        policy.draft regels voorbereiden
        policy.publish regels publiceren
        users.manage medewerkers beheren
        search.use zoeken
        portal.invite uitnodigen voor het portaal
        """,
    ),
    **_table(
        v.StatementKind,
        """
        fact feit
        opinion mening
        hypothesis vermoeden
        judgement oordeel
        diagnosis diagnose
        """,
    ),
    **_table(
        v.EntryField,
        """
        statement_kind soort vastlegging
        source bron
        about_whom over wie
        channel vorm
        current_contact actueel contact
        client_involved cliënt betrokken
        category categorie
        purpose doel
        relevance waarom het ertoe doet
        diagnosed_by wie de diagnose stelde
        approved_by_informant goedgekeurd door de informant
        report_attached verslag toegevoegd
        on_behalf_of namens wie
        """,
    ),
    **_table(
        v.AskWhen,
        """
        always altijd
        third_party bij gegevens over een ander
        informant bij een informant
        diagnosis bij een diagnose
        external_report bij een verslag van buiten
        network_person bij een persoon uit het netwerk
        secretary als een secretaresse vastlegt
        never nooit
        """,
    ),
    **_table(
        v.ConsentPurpose,
        """
        processing gegevens vastleggen
        disclosure gegevens verstrekken
        request_information gegevens opvragen
        external_audit controle van buiten
        share_inside_team delen in het team
        """,
    ),
    **_table(
        v.Informed,
        """
        purpose het doel
        recipient de ontvanger
        content de inhoud
        """,
    ),
    **_table(
        v.Staff,
        """
        unit_manager unitmanager
        cluster_manager clustermanager
        team_leader teamleider
        team_member teamlid
        """,
    ),
    **_table(
        v.Event,
        """
        disclosure na een verstrekking
        first_dossier_opened bij het eerste dossier
        recording_planned bij een geplande opname
        intake bij de intake
        data_breach bij een datalek
        data_obtained_from_others bij gegevens van anderen
        origin_of_data over de herkomst van gegevens
        transfer_to_other_region bij overdracht naar een andere regio
        network_person_registered bij een persoon uit het netwerk
        """,
    ),
    **_table(
        v.Content,
        """
        recipient de ontvanger
        ground de grond
        motives de redenen
        recorded_data de vastgelegde gegevens
        purpose het doel
        rights de rechten
        contact_for_rights waar men de rechten uitoefent
        team_and_method het team en de werkwijze
        team_may_see_data dat het team gegevens kan zien
        referrer_identity wie verwees
        data_from_referrer wat de verwijzer vertelde
        """,
    ),
    **_table(
        v.Timing,
        """
        before vooraf
        as_soon_as_possible zo snel mogelijk
        may_be_deferred mag worden uitgesteld
        """,
    ),
    **_table(
        v.InformWho,
        """
        ladder wie de rechten uitoefent
        client_12_and_parents de cliënt vanaf 12 en de ouders
        client_and_representatives de cliënt en de vertegenwoordigers
        network_person de persoon uit het netwerk
        """,
    ),
    **_table(
        v.Channel,
        """
        oral mondeling
        written schriftelijk
        """,
    ),
    **_table(
        v.Ground,
        """
        consent toestemming
        very_serious_situation zeer ernstige situatie
        conflict_of_duties conflict van plichten
        legal_duty wettelijke plicht
        family_guardian gezinsvoogd
        child_protection_board Raad voor de Kinderbescherming
        participatiewet Participatiewet
        amhk_request vraag van het AMHK
        safety veiligheid
        involved_in_help betrokken bij de hulp
        child_protection_measure kinderbeschermingsmaatregel
        public_task publieke taak
        anonymised zonder persoonsgegevens
        cooperating_professional professional met wie wij samenwerken
        representative_not_another vertegenwoordiger, over niemand anders
        confidant vertrouwenspersoon
        reporter_steps gezette stappen, aan de melder
        force_majeure overmacht
        research onderzoek
        statistics statistiek
        transfer overdracht
        inside_team binnen het team
        municipality gemeente
        """,
    ),
    **_table(
        v.RetentionKind,
        """
        dossier dossier
        descent_and_birth_data gegevens over afstamming en geboorte
        first_years_data gegevens over de eerste levensjaren
        raw_test_data ruwe testgegevens
        complaint_file klachtdossier
        recording opname
        """,
    ),
    **_table(
        v.Item,
        """
        dossier dossier
        final_report eindverslag
        personal_working_notes werkaantekeningen
        report_in_progress verslag in wording
        data_about_other_person gegevens over een ander
        original_document origineel stuk
        informant_information informatie van een informant
        reporter_data gegevens van de melder
        steps_taken gezette stappen
        inquiry_findings uitkomsten van onderzoek
        partner_data gegevens van de partner
        provision_in_client_view voorziening in het klantbeeld
        paper_dossier papieren dossier
        """,
    ),
}

# Texts that stand in profiles as a key where the schema has no closed list for them.
WORDS = {
    "worker": "wie met de cliënt werkt",
    "team_leader": "teamleider",
    "external_auditor": "controleur van buiten",
    "committee_member": "lid van een commissie",
    "supervisory_official": "toezichthouder",
    "other_official": "andere ambtenaar",
    "police_officer": "politieagent",
    "foster_parent": "pleegouder",
    "researcher": "onderzoeker",
    "written": "schriftelijk",
    "oral": "mondeling",
    "either": "mondeling of schriftelijk",
    "substantial": "substantieel",
    "high": "hoog",
}


def dutch(key: str) -> str:
    """The Dutch word for a key of a closed list; the key with spaces when there is none."""
    if isinstance(key, StrEnum):
        return LABELS.get((type(key), key.value)) or key.value.replace("_", " ")
    return WORDS.get(key, key)
