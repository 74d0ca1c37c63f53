"""Who may be given a page of their own in the portal: the client from twelve, who represents them, a foster parent."""

from __future__ import annotations

from datetime import date

import pytest

from casemgmt.policy.loader import newest_shipped, with_value
from casemgmt.policy.rules.portal import PortalFacts, portal_open_to
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Person

ON = date(2026, 11, 22)
TWELVE_TODAY, TWELVE_TOMORROW = date(2014, 11, 22), date(2014, 11, 23)
SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")


@pytest.fixture(params=SLUGS)
def profile(request: pytest.FixtureRequest) -> Profile:
    return newest_shipped(request.param)


def allowed(profile: Profile, who: Person, born: date | None, *, foster_parent: bool = False) -> bool:
    facts = PortalFacts(birth_date=born, who=who, foster_parent=foster_parent)
    return bool(portal_open_to(facts, profile, ON).outcome["allowed"])


def test_a_client_has_a_page_from_the_twelfth_birthday_and_not_the_day_before(profile: Profile) -> None:
    assert allowed(profile, Person.CLIENT, TWELVE_TODAY)
    assert not allowed(profile, Person.CLIENT, TWELVE_TOMORROW)
    assert not allowed(profile, Person.CLIENT, None), "first it must be known how old somebody is"


def test_beside_a_child_only_who_represents_it_and_a_foster_parent_have_a_page(profile: Profile) -> None:
    child = date(2016, 1, 1)
    found = {who for who in Person if allowed(profile, who, child)}
    assert found == {Person.LEGAL_REPRESENTATIVE}
    assert allowed(profile, Person.NETWORK_PERSON, child, foster_parent=True)


def test_who_is_near_a_capable_adult_has_no_page(profile: Profile) -> None:
    found = {who for who in Person if allowed(profile, who, date(1980, 1, 1))}
    assert found == {Person.CLIENT, Person.LEGAL_REPRESENTATIVE}


def test_an_organisation_may_begin_later_and_says_by_which_house_rule(profile: Profile) -> None:
    rule = profile.house_rules.portal_client_age
    assert rule is not None and rule.kind == "house_rule" and rule.bounds == (12, 16) and not rule.articles
    later = with_value(profile, "house_rules.portal_client_age", 16)
    assert not allowed(later, Person.CLIENT, date(2010, 11, 23)) and allowed(later, Person.CLIENT, date(2010, 11, 22))
    facts = PortalFacts(birth_date=TWELVE_TOMORROW, who=Person.CLIENT)
    assert rule.sentence in portal_open_to(facts, profile, ON).explanation


def test_a_version_without_the_house_rule_begins_at_twelve(profile: Profile) -> None:
    rules = profile.house_rules.model_copy(update={"portal_client_age": None})
    older = profile.model_copy(update={"house_rules": rules})
    assert allowed(older, Person.CLIENT, TWELVE_TODAY) and not allowed(older, Person.CLIENT, TWELVE_TOMORROW)
    facts = PortalFacts(birth_date=TWELVE_TOMORROW, who=Person.CLIENT)
    assert "twaalf jaar" in portal_open_to(facts, older, ON).explanation
