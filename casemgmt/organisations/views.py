"""Pages of those who manage users: inviting, one colleague, teams. They ask, act and show; nothing is decided here."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from casemgmt.accounts.confirm import confirm_again, once_confirmed
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations import acts, queries
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.forms import CloseUnitForm, EndForm, InviteForm, ResetForm, RoleForm, UnitForm
from casemgmt.organisations.roles import roles_to_give
from casemgmt.web import forms
from casemgmt.web.render import render, see_other


@confirm_again
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague, with a first role."""
    form = InviteForm(_sent(request), **_choices())

    def act() -> HttpResponse:
        told = {"email": form.cleaned_data["email"], "name": form.cleaned_data["name"]}
        made = acts.invite_staff(**told, roles=[form.new_role()], by=_actor(request), at=clock.now())
        return _done(
            request, _("The invitation goes to %(email)s.") % told, "organisations:person", member_id=made.user_id
        )

    return _answer(request, "organisations/invite.html", form, act)


def person(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """One colleague: the account, and every role there was, is and will be."""
    return render(request, "organisations/person.html", _person(request, member_id))


@confirm_again
def give_role(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Give a colleague another role, or the same one in another team."""
    values, form = _person(request, member_id), RoleForm(_sent(request), **_choices())

    def act() -> HttpResponse:
        acts.give_role(user_id=member_id, new=form.new_role(), by=_actor(request), at=clock.now())
        told = _("The role is given. It counts on its first day, with the next click.")
        return _done(request, told, "organisations:person", member_id=member_id)

    return _answer(request, "organisations/role.html", form, act, values)


@confirm_again
def end_role(request: HttpRequest, member_id: UUID, membership_id: UUID) -> HttpResponse:
    """End one role of a colleague, at once or after a last day."""
    values, form = _person(request, member_id), EndForm(_sent(request), on=clock.today())
    held = next((one for one in values["colleague"].held if one.id == membership_id and one.state != "over"), None)
    if held is None:
        raise NotThere

    def act() -> HttpResponse:
        acts.end_role(membership_id=membership_id, by=_actor(request), at=clock.now(), last_day=form.last())
        return _done(request, _("The role ends."), "organisations:person", member_id=member_id)

    return _answer(request, "organisations/end_role.html", form, act, values | {"held": held})


@confirm_again
def reset(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Let a colleague in again who lost the second factor."""
    values, form = _person(request, member_id), ResetForm(_sent(request))

    def act() -> HttpResponse:
        loss = form.cleaned_data["loss"]
        acts.reset_second_factor(user_id=member_id, loss=loss, by=_actor(request), at=clock.now())
        told = _("What opened the account is gone. A message with a code is on its way.")
        return _done(request, told, "organisations:person", member_id=member_id)

    return _answer(request, "organisations/reset.html", form, act, values)


@confirm_again
def invite_again(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Send an invitation that was lost or is too old once more."""
    acts.invite_again(user_id=member_id, by=_actor(request), at=clock.now())
    told = _("A new code is on its way. The earlier one works no more.")
    return _done(request, told, "organisations:person", member_id=member_id)


@confirm_again
def withdraw_invitation(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Take back an invitation that nobody used."""
    acts.withdraw_invitation(user_id=member_id, by=_actor(request), at=clock.now())
    told = _("The invitation is withdrawn. The code works no more, and the roles are ended.")
    return _done(request, told, "organisations:person", member_id=member_id)


def units(request: HttpRequest) -> HttpResponse:
    """The teams, and adding one."""
    form = UnitForm(_sent(request))

    def act() -> HttpResponse:
        acts.add_unit(name=form.cleaned_data["name"], by=_actor(request), at=clock.now())
        return _done(request, _("The team is there. Give people a role in it."), "organisations:units")

    values = {"units": queries.units(clock.today())}
    return _answer(request, "organisations/units.html", form, act, values, field="name")


def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One team: another name."""
    found = queries.unit(unit_id, clock.today())
    form = UnitForm(_sent(request), initial={"name": found.name})

    def act() -> HttpResponse:
        acts.rename_unit(unit_id=unit_id, name=form.cleaned_data["name"], by=_actor(request), at=clock.now())
        return _done(request, _("The team has its new name."), "organisations:units")

    values = {"unit": found, "close_form": CloseUnitForm()}
    return _answer(request, "organisations/unit.html", form, act, values, field="name")


def close_unit(request: HttpRequest, unit_id: UUID) -> HttpResponseBase:
    """Close a team."""
    form = CloseUnitForm(_sent(request))
    if form.is_valid():
        return once_confirmed(request, lambda: _close(request, unit_id, form))
    return _close(request, unit_id, form)


def _close(request: HttpRequest, unit_id: UUID, form: CloseUnitForm) -> HttpResponse:
    found = queries.unit(unit_id, clock.today())

    def act() -> HttpResponse:
        acts.close_unit(unit_id=unit_id, by=_actor(request), at=clock.now())
        return _done(request, _("The team is closed. What was written in it stays."), "organisations:units")

    values = {"unit": found, "form": UnitForm(initial={"name": found.name})}
    return _answer(request, "organisations/unit.html", form, act, values, called="close_form")


def _answer(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    act: Callable[[], HttpResponse],
    values: Mapping[str, Any] | None = None,
    *,
    called: str = "form",
    field: str | None = None,
) -> HttpResponse:
    """The page with its form, or what ``act`` answers to a good one; a Conflict stands at ``field``, or on top."""
    if form.is_bound and form.is_valid():
        try:
            return act()
        except Conflict as conflict:
            form.add_error(field, conflict.sentence)
    return render(request, template, {**(values or {}), called: form}, status=422 if form.is_bound else 200)


def _done(request: HttpRequest, told: str, page: str, **where: UUID) -> HttpResponse:
    messages.success(request, told)
    return see_other(request, page, **where)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _person(request: HttpRequest, member_id: UUID) -> dict[str, Any]:
    return {"colleague": queries.colleague(member_id, _actor(request), clock.now())}


def _choices() -> dict[str, Any]:
    on = clock.today()
    return {"roles": roles_to_give(on), "units": queries.open_units(), "on": on}
