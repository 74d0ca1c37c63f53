"""Forms refuse what cannot be kept, say how to mend it, and lose nothing of what was typed."""

from datetime import date
from uuid import uuid4

import pytest
from django import forms as django_forms
from django.http import QueryDict
from django.utils import translation

from casemgmt.web import forms
from casemgmt.web.controls import control
from casemgmt.web.forms import invalid
from tests.web.pages import sample_request


class Sample(forms.Form):
    name = forms.LineField(label="Naam")
    story = forms.TextField(label="Verhaal", required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], required=False, hints={"a": "eerste"})


@pytest.mark.parametrize(
    "text", ["nul\x00teken", "alleen \ud800 half", "gat \ufffd", "bel\x07", "\x9fvreemd", "weg\x7f"]
)
@pytest.mark.parametrize("field", ["name", "story", "kind"])
def test_unfit_characters_are_refused_in_any_field_and_shown_as_a_mark(field: str, text: str) -> None:
    form = Sample({"name": "Sem", field: text})
    assert not form.is_valid()
    assert list(form.errors) == [field]
    shown = str(form[field].value())
    assert "\ufffd" in shown
    shown.encode("utf-8")


def test_line_ends_tabs_and_all_scripts_are_fine_in_a_story() -> None:
    form = Sample({"name": "Şükran Ó", "story": "één\r\ntwee\tdrie 👩‍👧 عربي"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["story"].startswith("één\ntwee\t")


def test_ten_megabytes_are_refused_with_a_sentence_and_still_there() -> None:
    form = Sample({"name": "Sem", "story": "a" * 10_000_000})
    assert not form.is_valid()
    assert "10000000" in form.errors["story"][0]
    assert len(form["story"].value()) == 10_000_000


def test_a_line_end_does_not_fit_on_one_line() -> None:
    assert "name" in Sample({"name": "een\ntwee"}).errors


@pytest.mark.parametrize("sent", ["name=Sem&story=half+%ED%A0%80", "name=Sem&story=%FF%FE", "name=Sem&story=%EF%BF%BD"])
@pytest.mark.parametrize(
    ("language", "sentence"), [("nl", "Een teken in deze tekst"), ("en", "A character in this text")]
)
def test_what_django_could_not_read_is_refused_in_the_visitors_language(
    sent: str, language: str, sentence: str
) -> None:
    """Half of a surrogate pair, bytes that are not UTF-8, and the mark that an earlier refusal left in the page."""
    with translation.override(language):
        form = Sample(QueryDict(sent))
        assert list(form.errors) == ["story"]
        assert sentence in form.errors["story"][0]


def test_only_the_faulty_text_is_marked_in_a_posted_form() -> None:
    data = QueryDict(mutable=True)
    data.setlist("name", ["Sem"])
    data.setlist("story", ["a\x00b"])
    form = Sample(data)
    assert list(form.errors) == ["story"]
    assert form["name"].value() == "Sem"


@pytest.mark.parametrize(
    "text",
    ["23-11-2026", "2026-11-23", "23 november 2026", "23 nov. 2026", "ma 23 november 2026", "23/11/2026", "23.11.2026",
     " 23  November 2026 ", "23 nov 2026"],
)  # fmt: skip
def test_a_date_is_read_as_people_write_it(text: str) -> None:
    assert forms.DateField().clean(text) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "text", ["31-02-2026", "23-13-2026", "morgen", "23-11-26", "1-1-0001", "23 fluitmaand 2026", "٢٣-١١-٢٠٢٦x"]
)
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(forms.forms.ValidationError):
        forms.DateField().clean(text)


def test_an_invalid_form_answers_422_with_every_error_beside_its_field_and_nothing_lost() -> None:
    from casemgmt.web.gallery import SampleForm, samples

    form = SampleForm({"about": "Sem <b>", "day": "31-02-2026"})
    form.is_valid()
    answer = invalid(sample_request(), "gallery/staff.html", form, {**samples(), "wrong": form})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-describedby=" id_day-error" aria-invalid="true"' in page or 'id_day-error"' in page
    assert 'value="31-02-2026"' in page
    assert "Sem &lt;b&gt;" in page
    assert 'href="#id_kind_0"' in page


def test_a_control_names_its_kind_choices_and_hints() -> None:
    it = control(Sample({"name": "x", "kind": "b"})["kind"])
    assert it.kind == "radios"
    assert [(option.value, option.selected, option.hint) for option in it.options] == [
        ("a", False, "eerste"),
        ("b", True, ""),
    ]


class Carrying(forms.Form):
    """A form with a hidden id, as pages send along so that sending twice has one effect."""

    row_id = django_forms.UUIDField(widget=django_forms.HiddenInput)
    name = forms.LineField(label="Naam")


@pytest.mark.parametrize("sent", [{}, {"row_id": ""}, {"row_id": "geen nummer"}, {"row_id": "nul\x00"}])
def test_a_hidden_field_never_names_itself_and_what_was_typed_stays(sent: dict[str, str]) -> None:
    with translation.override("nl"):
        form = Carrying({"name": "Sem", **sent})
        assert dict(form.errors) == {
            "__all__": ["Deze pagina is niet volledig meegestuurd. Laad de pagina opnieuw; wat was bewaard, is er nog."]
        }
    assert form["name"].value() == "Sem"


def test_a_complete_form_is_not_touched() -> None:
    assert Carrying({"name": "Sem", "row_id": str(uuid4())}).is_valid()
    assert list(Carrying({"row_id": str(uuid4())}).errors) == ["name"]
    assert not Carrying().errors
