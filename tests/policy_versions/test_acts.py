"""Draft, work through, submit, publish: in that order, by two people, from a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor
from casemgmt.policy import acts, queries, simulation
from casemgmt.policy.models import PolicyChange, PolicyVersion, State
from casemgmt.policy.versions import forget_held, held_versions, profile_in_force, version_in_force, version_label
from casemgmt.web.dates import date_plain

from .conftest import (
    KEPT,
    NOW,
    TODAY,
    Place,
    counted,
    drafted,
    in_force,
    published,
    queued,
    row,
    submitted,
    worked_through,
)

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def kept(on: date) -> str:
    return str(profile_in_force(on).retention.classes["dossier"].term.value)


def test_a_published_version_holds_from_its_first_day_and_the_old_one_until_then(inside: Place) -> None:
    draft = published(inside)
    assert kept(date(2026, 12, 31)) == "15 years"
    assert kept(date(2027, 1, 1)) == "20 years"
    old, new = held_versions()
    assert (old.until_date, new.id, new.until_date) == (date(2027, 1, 1), draft, None)
    assert row(old.id).state == State.SUPERSEDED


def test_the_one_who_made_the_draft_cannot_publish_it(inside: Place) -> None:
    draft = submitted(inside)
    joris = inside.actor("joris")
    both = also_publishing(joris)
    with pytest.raises(NotAllowed, match=r"collega|colleague"):
        acts.publish(version_id=draft, confirm="2", by=both, at=NOW)
    assert row(draft).state == State.SUBMITTED


def test_a_colleague_who_changed_one_value_cannot_publish_it_either(inside: Place) -> None:
    draft = drafted(inside)
    femke = inside.actor("femke")
    acts.change_values(version_id=draft, values={"house_rules.cooling_off": "9 days"}, by=femke, at=NOW)
    worked_through(inside, draft)
    acts.submit(version_id=draft, from_date=date(2027, 1, 1), why="Wet", by=inside.actor("joris"), at=NOW)
    both = also_publishing(femke)
    with pytest.raises(NotAllowed):
        acts.publish(version_id=draft, confirm="2", by=both, at=NOW)


def test_only_who_may_publish_publishes(inside: Place) -> None:
    with pytest.raises(NotAllowed):
        acts.publish(version_id=submitted(inside), confirm="2", by=inside.actor("femke"), at=NOW)


def test_publishing_asks_for_the_number_typed(inside: Place) -> None:
    draft = submitted(inside)
    with pytest.raises(acts.WrongValues) as wrong:
        acts.publish(version_id=draft, confirm="ja", by=inside.actor("hanneke"), at=NOW)
    assert set(wrong.value.errors) == {"confirm"}


def test_a_draft_that_was_not_worked_through_cannot_be_submitted(inside: Place) -> None:
    with pytest.raises(Conflict):
        acts.submit(version_id=drafted(inside), from_date=date(2027, 1, 1), why="Wet", by=inside.actor("joris"), at=NOW)


def test_a_change_after_working_through_makes_it_a_draft_again(inside: Place) -> None:
    draft = worked_through(inside, drafted(inside))
    assert row(draft).state == State.SIMULATED
    acts.change_values(version_id=draft, values={KEPT: "18 years"}, by=inside.actor("joris"), at=NOW)
    assert row(draft).state == State.DRAFT


def test_a_submitted_version_cannot_be_changed_until_it_is_taken_back(inside: Place) -> None:
    draft = submitted(inside)
    with pytest.raises(Conflict):
        acts.change_values(version_id=draft, values={KEPT: "18 years"}, by=inside.actor("joris"), at=NOW)
    acts.withdraw(version_id=draft, by=inside.actor("hanneke"), at=NOW, answer="Eerst de cliëntenraad vragen.")
    assert row(draft).answer == "Eerst de cliëntenraad vragen."
    acts.change_values(version_id=draft, values={KEPT: "18 years"}, by=inside.actor("joris"), at=NOW)


@pytest.mark.parametrize(("day", "needs_reason"), [(-1, True), (0, False), (1, False)])
def test_a_first_day_in_the_past_needs_a_reason(inside: Place, day: int, needs_reason: bool) -> None:
    draft = worked_through(inside, drafted(inside))
    first = TODAY + timedelta(days=day)
    told = {"version_id": draft, "from_date": first, "why": "Wet", "by": inside.actor("joris"), "at": NOW}
    if needs_reason:
        with pytest.raises(acts.WrongValues) as wrong:
            acts.submit(**told)
        assert set(wrong.value.errors) == {"why_past"}
        acts.submit(**told, why_past="Het besluit gold al, wij hoorden het later.")
    else:
        acts.submit(**told)
    assert row(draft).state == State.SUBMITTED


def test_a_first_day_that_passed_while_waiting_is_not_published_by_itself(inside: Place) -> None:
    draft = submitted(inside, TODAY)
    with pytest.raises(Conflict):
        acts.publish(version_id=draft, confirm="2", by=inside.actor("hanneke"), at=NOW + timedelta(days=1))


def test_every_submission_says_why(inside: Place) -> None:
    draft = worked_through(inside, drafted(inside))
    with pytest.raises(acts.WrongValues) as wrong:
        acts.submit(version_id=draft, from_date=date(2027, 1, 1), why="  ", by=inside.actor("joris"), at=NOW)
    assert "why" in wrong.value.errors


def test_a_draft_equal_to_what_holds_is_not_submitted(inside: Place) -> None:
    draft = worked_through(inside, drafted(inside, "15 years"))
    with pytest.raises(acts.WrongValues):
        acts.submit(version_id=draft, from_date=date(2027, 1, 1), why="Wet", by=inside.actor("joris"), at=NOW)


def test_only_one_draft_at_a_time(inside: Place) -> None:
    drafted(inside)
    with pytest.raises(Conflict):
        acts.start_draft(based_on=in_force(), by=inside.actor("femke"), at=NOW)


def test_a_draft_thrown_away_leaves_only_its_trail(inside: Place) -> None:
    draft = worked_through(inside, drafted(inside))
    acts.discard(version_id=draft, by=inside.actor("joris"), at=NOW)
    with transaction.atomic():
        assert not PolicyVersion.objects.filter(id=draft).exists()
        assert list(AccessEvent.objects.filter(object_id=draft).values_list("ground", flat=True).order_by("at"))[
            -1
        ] == ("discard")


def test_a_value_out_of_bounds_is_refused_with_the_bounds(inside: Place) -> None:
    draft = drafted(inside)
    with pytest.raises(acts.WrongValues) as wrong:
        values = {"house_rules.cooling_off": "31 days"}
        acts.change_values(version_id=draft, values=values, by=inside.actor("joris"), at=NOW)
    assert "2 dagen tot en met 30 dagen" in wrong.value.errors["house_rules.cooling_off"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("no.such.rule", 1),
        ("meta.slug", "x"),
        ("house_rules.emergency_hours", 12),
        (KEPT, "ooit"),
        (KEPT, None),
        (KEPT, "\x00"),
    ],
)
def test_what_is_no_value_of_the_profile_is_refused(inside: Place, path: str, value: object) -> None:
    draft = drafted(inside)
    with pytest.raises(acts.WrongValues):
        acts.change_values(version_id=draft, values={path: value}, by=inside.actor("joris"), at=NOW)


def test_of_several_values_one_wrong_changes_none(inside: Place) -> None:
    draft = drafted(inside)
    values = {"house_rules.cooling_off": "9 days", "house_rules.staff_idle_minutes": 999}
    with pytest.raises(acts.WrongValues) as wrong:
        acts.change_values(version_id=draft, values=values, by=inside.actor("joris"), at=NOW)
    assert set(wrong.value.errors) == {"house_rules.staff_idle_minutes"}
    with transaction.atomic():
        assert list(PolicyChange.objects.values_list("path", flat=True)) == [KEPT]


def test_the_trail_names_every_step(inside: Place) -> None:
    draft = published(inside)
    with transaction.atomic():
        told = list(AccessEvent.objects.filter(object_id=draft).order_by("at").values_list("ground", flat=True))
    begun = ["draft", "change", "change", "simulate", "simulated"]  # a value, and a sentence that is right as it is
    assert told == [*begun, "submit", "simulated", "publish"]


def test_nothing_is_published_when_the_trail_cannot_be_written(inside: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = submitted(inside)
    hanneke = inside.actor("hanneke")

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no trail")

    monkeypatch.setattr("casemgmt.audit.events.record", broken)
    with pytest.raises(RuntimeError):
        acts.publish(version_id=draft, confirm="2", by=hanneke, at=NOW)
    assert row(draft).state == State.SUBMITTED
    assert not queued(simulation.BEGINS)


def test_a_version_between_two_others_ends_where_the_planned_one_begins(inside: Place) -> None:
    first = in_force()
    planned = published(inside, date(2028, 1, 1))
    soon = acts.start_draft(based_on=first, by=inside.actor("joris"), at=NOW)
    acts.change_values(version_id=soon, values={KEPT: "16 years"}, by=inside.actor("joris"), at=NOW)
    worked_through(inside, soon)
    acts.submit(version_id=soon, from_date=date(2027, 1, 1), why="Wet", by=inside.actor("joris"), at=NOW)
    counted(soon)
    acts.publish(version_id=soon, confirm="3", takes_over=2, by=inside.actor("hanneke"), at=NOW)
    assert row(soon).until_date == date(2028, 1, 1)
    assert [kept(date(year, 6, 1)) for year in (2026, 2027, 2028)] == ["15 years", "16 years", "20 years"]
    assert row(planned).state == State.PUBLISHED


def test_a_draft_made_from_another_version_than_holds_on_its_first_day_is_refused(inside: Place) -> None:
    first = in_force()
    published(inside, date(2027, 1, 1))
    late = acts.start_draft(based_on=first, by=inside.actor("joris"), at=NOW)
    acts.change_values(version_id=late, values={KEPT: "16 years"}, by=inside.actor("joris"), at=NOW)
    worked_through(inside, late)
    with pytest.raises(acts.WrongValues) as wrong:
        acts.submit(version_id=late, from_date=date(2027, 1, 1), why="Wet", by=inside.actor("joris"), at=NOW)
    assert "2" in wrong.value.errors["from_date"]


@pytest.mark.parametrize("known", [None, 1, 3])
def test_who_publishes_a_version_that_a_planned_one_ends_says_to_know_that_one(inside: Place, known: int) -> None:
    first = in_force()
    published(inside, date(2028, 1, 1))
    soon = acts.start_draft(based_on=first, by=inside.actor("joris"), at=NOW)
    acts.change_values(version_id=soon, values={KEPT: "16 years"}, by=inside.actor("joris"), at=NOW)
    worked_through(inside, soon)
    acts.submit(version_id=soon, from_date=date(2027, 1, 1), why="Wet", by=inside.actor("joris"), at=NOW)
    counted(soon)
    with pytest.raises(acts.WrongValues) as wrong:
        acts.publish(version_id=soon, confirm="3", takes_over=known, by=inside.actor("hanneke"), at=NOW)
    assert set(wrong.value.errors) == {"takes_over"}
    assert "2" in wrong.value.errors["takes_over"] and "1 januari 2028" in wrong.value.errors["takes_over"]
    assert row(soon).state == State.SUBMITTED


def test_a_version_that_nothing_takes_over_from_asks_no_such_thing(inside: Place) -> None:
    draft = submitted(inside)
    acts.publish(version_id=draft, confirm="2", by=inside.actor("hanneke"), at=NOW)
    assert row(draft).until_date is None


def test_a_first_day_before_the_rules_begin_is_refused_with_the_day_they_begin(inside: Place) -> None:
    """Such a version would hold for nobody: it would end on the day on which the first one begins."""
    begin = held_versions()[0].from_date
    draft = worked_through(inside, drafted(inside))
    told = {"version_id": draft, "why": "Wet", "why_past": "Vergeten.", "by": inside.actor("joris"), "at": NOW}
    with pytest.raises(acts.WrongValues) as wrong:
        acts.submit(from_date=begin - timedelta(days=1), **told)
    assert set(wrong.value.errors) == {"from_date"}
    assert date_plain(begin) in wrong.value.errors["from_date"]
    acts.submit(from_date=begin, **told)
    assert row(draft).state == State.SUBMITTED


def test_publication_asks_once_more_which_version_holds_on_the_first_day(inside: Place) -> None:
    """Between submitting and publishing another version came in, such as one that was restored or loaded."""
    draft, base = submitted(inside), row(in_force())
    between = date(2026, 12, 15)
    with transaction.atomic():
        PolicyVersion.objects.filter(id=base.id).update(until_date=between, state=State.SUPERSEDED)
        PolicyVersion.objects.create(
            number=9,
            state=State.PUBLISHED,
            body=base.body,
            body_hash=base.body_hash,
            source="between.toml",
            from_date=between,
            made_at=NOW,
            published_at=NOW,
        )
        forget_held()
    with pytest.raises(Conflict):
        acts.publish(version_id=draft, confirm="2", by=inside.actor("hanneke"), at=NOW)
    assert row(draft).state == State.SUBMITTED
    assert kept(date(2027, 6, 1)) == "15 years"


def test_a_sentence_that_still_tells_of_the_old_value_keeps_a_draft_from_being_submitted(inside: Place) -> None:
    draft, joris = drafted(inside, "10 years"), inside.actor("joris")
    counted_now(inside, draft)
    told = {"version_id": draft, "from_date": date(2027, 1, 1), "why": "Wet", "by": joris, "at": NOW}
    with pytest.raises(acts.WrongValues) as wrong:
        acts.submit(**told)
    assert set(wrong.value.errors) == {"sentences"}
    above = KEPT.rpartition(".")[0]
    said = {KEPT: "Wij bewaren het dossier tien jaar.", above: "Dat is korter dan het was."}
    acts.change_values(version_id=draft, values={}, sentences=said, by=joris, at=NOW)
    counted_now(inside, draft)
    acts.submit(**told)
    assert row(draft).state == State.SUBMITTED


def test_a_sentence_is_right_as_it_is_when_somebody_says_so_of_that_value(inside: Place) -> None:
    """It is kept as a change by who said so, who had a hand in the version; the draft stays worked through."""
    draft, femke = drafted(inside, "10 years"), inside.actor("femke")
    counted_now(inside, draft)
    stale = [one.path for one in queries.draft(draft, TODAY).stale]
    assert len(stale) == 2
    acts.change_values(version_id=draft, values={}, right=stale, by=femke, at=NOW)
    assert row(draft).state == State.SIMULATED
    found = queries.draft(draft, TODAY)
    assert (found.stale, [one.path for one in found.right]) == ((), stale)
    assert femke.user_id in found.hands
    after = NOW + timedelta(minutes=1)
    acts.change_values(version_id=draft, values={KEPT: "11 years"}, by=femke, at=after)
    assert [one.path for one in queries.draft(draft, TODAY).stale] == stale


@pytest.mark.parametrize(
    ("value", "path"),
    [("20 years", "no.such.rule"), ("20 years", "house_rules.cooling_off"), ("20 years", "\x00"), ("15 years", KEPT)],
)
def test_only_an_old_sentence_is_said_to_be_right(inside: Place, value: str, path: str) -> None:
    draft = drafted(inside, value)
    old = queries.draft(draft, TODAY).stale
    assert acts.change_values(version_id=draft, values={}, right=[path], by=inside.actor("joris"), at=NOW) == 0
    assert queries.draft(draft, TODAY).stale == old


def test_a_planned_version_can_be_replaced_before_its_first_day(inside: Place) -> None:
    planned = published(inside, date(2027, 1, 1))
    better = acts.start_draft(based_on=planned, by=inside.actor("joris"), at=NOW)
    acts.change_values(version_id=better, values={KEPT: "17 years"}, by=inside.actor("joris"), at=NOW)
    worked_through(inside, better)
    acts.submit(version_id=better, from_date=date(2027, 1, 1), why="Fout", by=inside.actor("joris"), at=NOW)
    acts.publish(version_id=better, confirm="3", by=inside.actor("hanneke"), at=NOW)
    assert kept(date(2027, 1, 1)) == "17 years"
    assert row(planned).until_date == date(2027, 1, 1)


def test_another_organisations_version_is_not_there(inside: Place, other: Place) -> None:
    with organisation(other.id):
        theirs = version_in_force(TODAY).id
    for perform in (
        lambda: acts.start_draft(based_on=theirs, by=inside.actor("joris"), at=NOW),
        lambda: acts.simulate(version_id=theirs, by=inside.actor("joris"), at=NOW),
        lambda: acts.withdraw(version_id=theirs, by=inside.actor("joris"), at=NOW),
        lambda: acts.discard(version_id=theirs, by=inside.actor("joris"), at=NOW),
    ):
        with pytest.raises(NotThere):
            perform()


def test_who_may_not_draft_does_nothing(inside: Place) -> None:
    wim, draft = inside.actor("wim"), drafted(inside)
    for perform in (
        lambda: acts.start_draft(based_on=in_force(), by=wim, at=NOW),
        lambda: acts.change_values(version_id=draft, values={KEPT: "1 year"}, by=wim, at=NOW),
        lambda: acts.simulate(version_id=draft, by=wim, at=NOW),
        lambda: acts.withdraw(version_id=draft, by=wim, at=NOW),
        lambda: acts.discard(version_id=draft, by=wim, at=NOW),
    ):
        with pytest.raises(NotAllowed):
            perform()


def test_a_stored_decision_can_name_its_version(inside: Place) -> None:
    assert "1" in version_label(profile_in_force(TODAY).version_id)
    assert version_label("sterk-huis_2099_000000000000") == "sterk-huis_2099_000000000000"


def test_of_two_versions_with_the_same_content_a_decision_names_the_one_of_its_day(inside: Place) -> None:
    """A term was lengthened and later given back what it was: both versions say the same."""
    published(inside, date(2027, 1, 1))
    back = acts.start_draft(based_on=version_in_force(date(2028, 1, 1)).id, by=inside.actor("joris"), at=NOW)
    acts.change_values(version_id=back, values={KEPT: "15 years"}, by=inside.actor("joris"), at=NOW)
    worked_through(inside, back)
    acts.submit(version_id=back, from_date=date(2028, 1, 1), why="Terug", by=inside.actor("joris"), at=NOW)
    acts.publish(version_id=counted(back), confirm="3", by=inside.actor("hanneke"), at=NOW)
    early, late = (profile_in_force(day).version_id for day in (TODAY, date(2028, 6, 1)))
    assert early == late
    assert version_label(early, TODAY).startswith("versie 1,")
    assert version_label(late, date(2028, 6, 1)) == "versie 3, vanaf 1 januari 2028"


def test_the_day_begins_in_amsterdam(inside: Place) -> None:
    published(inside, date(2027, 1, 1))
    (waiting,) = queued(simulation.BEGINS)
    assert waiting.due_at == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)


def counted_now(place: Place, draft: UUID) -> None:
    """Work a draft through, whatever its sentences say."""
    acts.simulate(version_id=draft, by=place.actor("joris"), at=NOW)
    counted(draft)


def also_publishing(actor: Actor) -> Actor:
    """The same person with a second role, as in a small organisation."""
    return replace(
        actor, units_by_capability={**actor.units_by_capability, "policy.publish": actor.units_where("policy.draft")}
    )


def test_a_reason_for_the_past_is_not_kept_with_a_version_that_begins_later(inside: Place) -> None:
    reason = "Dit stond al in de wet."
    later = submitted(inside, why_past=reason)
    assert row(later).why_past == ""
    acts.withdraw(version_id=later, by=inside.actor("joris"), at=NOW)
    yesterday = TODAY - timedelta(days=1)
    given = {"from_date": yesterday, "why": "Wet", "why_past": reason}
    acts.submit(version_id=later, by=inside.actor("joris"), at=NOW, **given)
    assert row(later).why_past == reason


@pytest.mark.parametrize(
    ("term", "kept_so"),
    [("0 years", False), ("0 days", False), ("1 day", True), ("100 years", True), ("101 years", False)],
)
def test_nobody_keeps_for_no_time_or_for_more_than_a_hundred_years(inside: Place, term: str, kept_so: bool) -> None:
    draft = drafted(inside)
    if kept_so:
        acts.change_values(version_id=draft, values={KEPT: term}, by=inside.actor("joris"), at=NOW)
        return
    with pytest.raises(acts.WrongValues) as wrong:
        acts.change_values(version_id=draft, values={KEPT: term}, by=inside.actor("joris"), at=NOW)
    assert set(wrong.value.errors) == {KEPT} and "100" in wrong.value.errors[KEPT]
