"""What guards the data stands in the regulation as a rule: readable, cited, and nobody can turn it off."""

from __future__ import annotations

import pytest

from casemgmt.policy.loader import ProfileError, newest_shipped, with_value
from casemgmt.policy.readable import sections
from casemgmt.policy.rules.pages import PLACES, page_rule
from casemgmt.policy.schema import Profile
from casemgmt.policy.versions import body_of, parse_body

SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")
# Where each organisation's text speaks of it; a house rule has no article.
ROWS = {
    "sterk-huis": {"SH-4.1.0", "SH-4.1.D1", "SH-4.1.D2", "SHC-beveiliging-1"},
    "veilig-thuis-hm": {"VT-7.1", "VT-4.a"},
    "gebiedsteam-opsterland": {"GT-4.1", "GT-5.1.b"},
    "buurteams-nijmegen": {"BT-registr-1", "BT-registr-2", "BT-registr-3", "BT-registr-4", "BT-cookies"},
}


@pytest.fixture(params=SLUGS)
def profile(request: pytest.FixtureRequest) -> Profile:
    return newest_shipped(request.param)


def older(profile: Profile) -> Profile:
    """A version published before the security of the data was written down."""
    return parse_body(body_of(profile.model_copy(update={"security": None})))


def test_the_security_of_the_data_is_on_the_page_of_rules_for_everybody(profile: Profile) -> None:
    section = next(one for one in sections(profile, public=True) if one.key == "security")
    rules = [rule for group in section.groups for rule in group.rules]
    assert section.title == "Beveiliging"
    assert len(rules) == 5
    assert {article for rule in rules for article in rule.articles} == ROWS[profile.meta.slug]
    assert all(rule.articles or rule.kind == "house_rule" for rule in rules)


def test_nobody_can_turn_the_second_step_off(profile: Profile) -> None:
    with pytest.raises(ProfileError):
        with_value(profile, "security.second_factor", False)


def test_a_version_from_before_is_still_read_and_keeps_its_hash(profile: Profile) -> None:
    before = older(profile)
    assert before.security is None
    assert "security" not in before.content()
    assert parse_body(body_of(before)).content_hash == before.content_hash != profile.content_hash


def test_under_a_version_from_before_a_page_names_what_it_can(profile: Profile) -> None:
    before = older(profile)
    silent = {place for place in PLACES if page_rule(place, before) is None}
    assert silent == {"signing_in", "second_factor"}
    assert page_rule("looked", before) is not None


def test_every_page_rests_on_an_article_of_the_own_regulation(profile: Profile) -> None:
    for place in PLACES:
        decision = page_rule(place, profile, letters=2)
        assert decision is not None
        assert decision.articles and decision.explanation, place
        assert [(fact.label, fact.said) for fact in decision.facts] == [("brieven", "2")]
