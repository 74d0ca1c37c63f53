"""Where only one thing can be chosen, it is chosen; and a hint that means nothing here is not given."""

from types import SimpleNamespace

from client_requests.forms import ExecuteForm, IdentifyForm
from client_requests.vocabulary import Executed
from disclosures.guarded import Guard


def test_the_only_way_to_carry_it_out_is_chosen_already_and_two_are_left_open() -> None:
    assert ExecuteForm(kind="correction", guard=Guard())["how"].value() == Executed.OTHER
    assert not ExecuteForm(kind="inspection", guard=Guard())["how"].value()


def test_only_an_inspection_that_can_open_in_the_portal_needs_no_words() -> None:
    unneeded = "Niet nodig als het daar opengaat."
    assert unneeded in str(ExecuteForm(kind="inspection", guard=Guard()).fields["done_words"].help_text)
    shut = ExecuteForm(kind="inspection", guard=Guard(), no_portal="Geen account.")
    assert unneeded not in str(shut.fields["done_words"].help_text)
    assert unneeded not in str(ExecuteForm(kind="correction", guard=Guard()).fields["done_words"].help_text)


def test_how_somebody_was_known_is_never_chosen_beforehand_for_a_person_says_it() -> None:
    ways = [SimpleNamespace(value="document", label="identity document shown")]
    assert not IdentifyForm(page=SimpleNamespace(ways=ways))["how"].value()  # type: ignore[arg-type]
