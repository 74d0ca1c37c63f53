"""The gallery: every component in all its states, with invented samples. Not served in production."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from casemgmt.web import charts, forms
from casemgmt.web.render import render

DAY = date(2026, 11, 23)
PAGES = ("staff", "dossier", "portal")


@dataclass(frozen=True)
class SampleFact:
    """A fact as a decision names it."""

    name: str
    value: Any
    label: str
    said: str = ""


@dataclass(frozen=True)
class SampleDecision:
    """A decision as the rules give it."""

    outcome: dict[str, Any]
    articles: tuple[str, ...]
    explanation: str
    facts: tuple[SampleFact, ...]
    version: str
    absolute: bool = False
    overrule_by: str | None = None
    sum: dict[str, Any] | None = None


class SampleForm(forms.Form):
    """One field of each kind."""

    about = forms.LineField(label="Over wie gaat dit?", help_text="Meer dan één mag.")
    source = forms.LineField(label="Van wie komt dit?")
    happened = forms.TextField(label="Wat is er gebeurd, gezegd of vermoed?", rows=3)
    day = forms.DateField(label="Op welke dag?")
    kind = forms.ChoiceField(
        label="Wat is het?",
        choices=[("fact", "Feit"), ("opinion", "Mening"), ("hypothesis", "Hypothese")],
        hints={"fact": "gezien of gehoord", "opinion": "van iemand", "hypothesis": "nog toetsen"},
    )
    people = forms.ChoicesField(
        label="Wie was erbij?", choices=[("sem", "Sem"), ("yara", "Yara"), ("samira", "Samira")], required=False
    )
    team = forms.SelectField(
        label="Team", choices=[("", "Kies een team"), ("z", "Zuid"), ("n", "Noord")], required=False
    )
    paper = forms.FileField(label="Stuk", help_text="PDF of foto, ten hoogste 10 MB.", required=False)
    told = forms.TickField(label="De cliënt weet dat dit wordt vastgelegd", required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components; `?pagina=dossier` and `?pagina=portal` show the other two layouts."""
    wanted = request.GET.get("pagina", "staff")
    name = wanted if wanted in PAGES else "staff"
    return render(request, f"gallery/{name}.html", samples())


def samples() -> dict[str, Any]:
    """Give what the gallery shows."""
    wrong = SampleForm({"about": "Sem", "happened": "Hij was er niet.", "day": "31-02-2026"})
    wrong.is_valid()
    return {
        "day": DAY,
        "decision": _decision(),
        "never": _decision(absolute=True, overrule_by=None),
        "total": _sum(),
        "on_time": charts.clock(date(2026, 11, 3), date(2026, 11, 30), DAY),
        "too_late": charts.clock(date(2026, 10, 24), date(2026, 11, 20), DAY),
        "form": SampleForm(initial={"about": "Sem", "day": DAY, "kind": "fact", "people": ["sem"]}, auto_id="goed_%s"),
        "wrong": wrong,
        **_drawings(),
    }


def _decision(**changes: Any) -> SampleDecision:
    values: dict[str, Any] = {
        "outcome": {"who": ["child", "parent"]},
        "articles": ("Sterk Huis, artikel 3.7.2", "artikel 3.1"),
        "explanation": (
            "Vanaf 12 jaar beslist een kind dat zijn eigen belangen goed kan afwegen mee, naast de ouder. "
            "Alleen een ja van een ouder is niet genoeg."
        ),
        "facts": (
            SampleFact("age", 13, "leeftijd van Yara"),
            SampleFact("capacity_since", date(2026, 1, 12), "kan haar belangen afwegen sinds"),
            SampleFact("custody", True, "Samira heeft gezag"),
        ),
        "version": "2026-1",
        "overrule_by": "De gedragswetenschapper",
    }
    return SampleDecision(**{**values, **changes})


def _sum() -> dict[str, Any]:
    return {
        "rows": [
            {"op": "", "value": "ma 2 november", "label": "ontvangen"},
            {"op": "+", "value": "28 dagen", "label": "artikel 3.4.5"},
            {"op": "+", "value": "6 dagen", "label": "wachten op identiteit"},
        ],
        "answer": {"value": "zo 6 december", "label": "uiterlijk besluit"},
    }


def _drawings() -> dict[str, charts.Drawing]:
    weeks = [((3, 1, 1), 1), ((2, 1, 1), 0), ((1, 2, 0), 0), ((3, 1, 1), 0), ((0, 1, 0), 0), ((1, 0, 1), 0)]
    looked = {DAY - timedelta(days=offset): (offset * 7) % 13 for offset in range(1, 120, 3)}
    domains = (
        "Inkomen", "Dagbesteding", "Huisvesting", "Huiselijke relaties", "Geestelijke gezondheid",
        "Lichamelijke gezondheid", "Verslaving", "Dagelijks leven", "Sociaal netwerk", "Meedoen", "Justitie",
    )  # fmt: skip
    return {
        "deadlines": charts.deadlines(
            [charts.Week(DAY + timedelta(days=7 * index), counts, late) for index, (counts, late) in enumerate(weeks)],
            ("verzoek of toestemming", "plan of verslag", "bewaren"),
            DAY,
        ),
        "looked": charts.calendar(looked, DAY - timedelta(days=125), DAY, {DAY - timedelta(days=40)}),
        "horizon": charts.horizon({2025: 2, 2026: 14, 2027: 31, 2028: 22, 2030: 40, 2034: 18}, DAY, {2026: 3, 2030: 4}),
        "caseload": charts.caseload(
            [
                charts.Load("Noor van Dalen", 18, 20),
                charts.Load("Ruud Hofstra", 24, 20),
                charts.Load("Fenna Smit", 9, 16),
            ]
        ),
        "bars": charts.bars("Wie gegevens kreeg", [("Huisarts", 12), ("School", 7), ("Gezinsvoogd", 3)]),
        "radar": charts.radar(domains, (3, 4, 2, 2, 3, 4, 5, 4, 3, 3, 5), (2, 3, 2, 1, 2, 4, 5, 3, 2, 2, 5)),
        "trend": charts.trend("Huisvesting", [(date(2025, 11, 3), 1), (date(2026, 4, 2), 2), (date(2026, 11, 1), 4)]),
    }
