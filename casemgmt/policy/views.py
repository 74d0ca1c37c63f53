"""Pages of the rules for staff, and the one for everybody. They ask, act and show; nothing is decided here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from casemgmt.accounts.confirm import confirm_again
from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy import acts, drawing, queries
from casemgmt.policy.catalogue import field_catalogue
from casemgmt.policy.forms import AnswerForm, PublishForm, SectionForm, SubmitForm
from casemgmt.policy.loader import dump_profile
from casemgmt.policy.readable import Section, sections
from casemgmt.policy.schema import Profile
from casemgmt.policy.sentences import SUFFIX, sentences_of
from casemgmt.policy.versions import NoVersion
from casemgmt.web import errors, forms
from casemgmt.web.dates import date_plain
from casemgmt.web.downloads import as_download
from casemgmt.web.render import page_or_block, render, see_other


def rules(request: HttpRequest) -> HttpResponse:
    """The regulation at a glance: who decides at which age, the parts, and the draft if there is one."""
    today = clock.today()
    card, profile = queries.in_force(today)
    capable = request.GET.get("afwegen") != "nee"
    return render(
        request,
        "policy/rules.html",
        {
            "card": card,
            "profile": profile,
            "sections": sections(profile),
            "ages": drawing.ages(profile, capable=capable),
            "capable": capable,
            "pending": queries.pending(),
            "may_draft": _actor(request).may(acts.DRAFT),
            "planned": [one for one in queries.history(today) if one.holds == "planned"],
        },
    )


def section(request: HttpRequest, key: str) -> HttpResponse:
    """One part of the regulation that holds, rule by rule."""
    card, profile = queries.in_force(clock.today())
    return render(request, "policy/section.html", _section_values(profile, key) | {"card": card})


def history(request: HttpRequest) -> HttpResponse:
    """Every version there was, is and will be: what changed, by whom and why."""
    return render(request, "policy/history.html", {"cards": queries.history(clock.today())})


def version(request: HttpRequest, number: int, key: str = "meta") -> HttpResponse:
    """One version as it was, part by part."""
    card, profile = queries.version_by_number(number, clock.today())
    return render(request, "policy/version.html", _section_values(profile, key) | {"card": card})


def version_file(request: HttpRequest, number: int) -> HttpResponseBase:
    """One version as the text file that another installation, or a jurist, can read."""
    _card, profile = queries.version_by_number(number, clock.today())
    name = f"{profile.meta.slug}_{number}.toml"
    return as_download(dump_profile(profile), name=name, content_type="text/plain; charset=utf-8")


def start(request: HttpRequest, number: int) -> HttpResponse:
    """Begin a draft from a version."""
    card, _profile = queries.version_by_number(number, clock.today())
    made = acts.start_draft(based_on=card.id, by=_actor(request), at=clock.now())
    return see_other(request, "policy:draft", draft_id=made)


def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A draft: what it changes so far, what is next, and who does that."""
    return render(request, "policy/draft.html", _draft_values(request, draft_id))


def edit(request: HttpRequest, draft_id: UUID, key: str) -> HttpResponse:
    """The values of one part as a form."""
    values = _draft_values(request, draft_id)
    found: queries.Draft = values["draft"]
    if key not in {one.key for one in values["parts"]}:
        raise NotThere
    form = SectionForm(request.POST or None, section=key, profile=found.profile, base=found.base, stale=found.stale)
    values |= {"form": form, "key": key, "title": Profile.model_fields[key].title}
    if request.method != "POST":
        return render(request, "policy/edit.html", values)
    if form.is_valid():
        try:
            if _changed(request, draft_id, form):
                return see_other(request, "policy:draft", draft_id=draft_id)
        except Conflict as conflict:
            values |= _draft_values(request, draft_id)
            return forms.conflict(request, "policy/edit.html", form, conflict, values)
    return forms.invalid(request, "policy/edit.html", form, values)


def restore(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Give one value of a draft back what it was in the version before."""
    found = queries.draft(draft_id, clock.today())
    path = request.POST.get("path", "").removesuffix(SUFFIX)
    before = {field.path: field for field in field_catalogue(found.base)}
    told = sentences_of(found.base)
    if path not in before and path not in told:
        raise NotThere
    acts.change_values(
        version_id=draft_id,
        values={path: acts.raw(before[path].value)} if path in before else {},
        sentences={path: told[path]} if path in told else {},
        by=_actor(request),
        at=clock.now(),
    )
    messages.success(request, _("This value is again as it was."))
    return see_other(request, "policy:draft", draft_id=draft_id)


def simulation(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """What would this change? With progress while it is being worked out; a POST asks for it."""
    if request.method == "POST":
        acts.simulate(version_id=draft_id, by=_actor(request), at=clock.now())
        return see_other(request, "policy:simulation", draft_id=draft_id)
    values = _draft_values(request, draft_id)
    work = values["draft"].work
    values["picture"] = drawing.moved(list(work.results)) if work and work.results else None
    return page_or_block(request, "policy/simulation.html", "work", values)


def submit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Offer a draft for publication."""
    values = _draft_values(request, draft_id)
    form = SubmitForm(request.POST or None)
    values["form"] = form
    if request.method != "POST":
        return render(request, "policy/submit.html", values)
    if form.is_valid():
        try:
            acts.submit(version_id=draft_id, by=_actor(request), at=clock.now(), **form.cleaned_data)
        except acts.WrongValues as wrong:
            _add_errors(form, wrong)
        except Conflict as conflict:
            return forms.conflict(request, "policy/submit.html", form, conflict, _draft_values(request, draft_id))
        else:
            messages.success(request, _("Submitted. A colleague looks at it and publishes it."))
            return see_other(request, "policy:draft", draft_id=draft_id)
    return forms.invalid(request, "policy/submit.html", form, values)


@confirm_again
def publish(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Let a version hold; never by somebody who had a hand in it."""
    values = _draft_values(request, draft_id)
    form = PublishForm(request.POST or None, after=values["draft"].after)
    values |= {"form": form, "answer_form": AnswerForm()}
    if request.method != "POST":
        return render(request, "policy/publish.html", values)
    if form.is_valid():
        try:
            with _denied_is_recorded(draft_id):
                acts.publish(version_id=draft_id, by=_actor(request), at=clock.now(), **form.cleaned_data)
        except acts.WrongValues as wrong:
            _add_errors(form, wrong)
        else:
            day = date_plain(values["card"].from_date)
            messages.success(request, _("Published. The version holds from %(day)s.") % {"day": day})
            return see_other(request, "policy:history")
    return forms.invalid(request, "policy/publish.html", form, values)


def withdraw(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Take a submitted version back, or send it back with an answer."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        values = _draft_values(request, draft_id) | {"answer_form": form}
        return forms.invalid(request, "policy/publish.html", PublishForm(after=values["draft"].after), values)
    acts.withdraw(version_id=draft_id, by=_actor(request), at=clock.now(), **form.cleaned_data)
    return see_other(request, "policy:draft", draft_id=draft_id)


def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    acts.discard(version_id=draft_id, by=_actor(request), at=clock.now())
    messages.success(request, _("The draft was thrown away. What holds did not change."))
    return see_other(request, "policy:rules")


def public(request: HttpRequest) -> HttpResponse:
    """The regulation that holds, for everybody (VT-22.2)."""
    try:
        card, profile = queries.in_force(clock.today())
    except NoVersion:
        return errors.answer(request, 404, detail=_("The rules are not published here yet. Ask for them at reception."))
    values = {
        "card": card,
        "profile": profile,
        "sections": sections(profile, public=True),
        "ages": drawing.ages(profile),
    }
    return render(request, "policy/public.html", values)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _section_values(profile: Profile, key: str) -> dict[str, Any]:
    every = sections(profile)
    chosen: Section | None = next((one for one in every if one.key == key), None)
    if chosen is None:
        raise NotThere
    return {"profile": profile, "sections": every, "section": chosen}


def _draft_values(request: HttpRequest, draft_id: UUID) -> dict[str, Any]:
    found = queries.draft(draft_id, clock.today())
    actor = _actor(request)
    editable = {field.path.split(".")[0] for field in field_catalogue(found.profile)}
    return {
        "draft": found,
        "card": found.card,
        "parts": [one for one in sections(found.profile) if one.key in editable],
        "stale": found.stale,
        "touched_parts": Counter(one.path.split(".")[0] for one in found.card.changes),
        "may_draft": actor.may(acts.DRAFT),
        "may_publish": actor.may(acts.PUBLISH) and actor.user_id not in found.hands,
        "had_a_hand": actor.user_id in found.hands,
        "same_person": acts.same_person_sentence(),
    }


def _changed(request: HttpRequest, draft_id: UUID, form: SectionForm) -> bool:
    try:
        count = acts.change_values(
            version_id=draft_id,
            values=form.changed_values(),
            sentences=form.changed_sentences(),
            right=form.right_sentences(),
            by=_actor(request),
            at=clock.now(),
        )
    except acts.WrongValues as wrong:
        _add_errors(form, wrong)
        return False
    if count:
        messages.success(request, _("Saved in the draft. Nothing changes for clients yet."))
    else:
        messages.info(request, _("Nothing was different, so nothing was saved."))
    return True


def _add_errors(form: forms.Form, wrong: acts.WrongValues) -> None:
    for name, sentence in wrong.errors.items():
        form.add_error(name if name in form.fields else None, sentence)


@contextmanager
def _denied_is_recorded(version_id: UUID) -> Iterator[None]:
    """Write down a refused publication in a transaction of its own, since the act's was undone."""
    try:
        yield
    except NotAllowed:
        with transaction.atomic():
            events.record(
                Action.POLICY,
                outcome=Outcome.DENIED,
                data="policy_version",
                object_id=version_id,
                ground="publish",
            )
        raise
