"""Pages of those who manage users: inviting, one colleague, teams. They ask, act and show; nothing is decided here."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.accounts.confirm import confirm_again
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
    form = InviteForm(request.POST if request.method == "POST" else None, **_choices())
    if request.method != "POST":
        return render(request, "organisations/invite.html", {"form": form})
    if form.is_valid():
        told = {"email": form.cleaned_data["email"], "name": form.cleaned_data["name"]}
        try:
            made = acts.invite_staff(**told, roles=[form.new_role()], by=_actor(request), at=clock.now())
        except Conflict as conflict:
            form.add_error(None, conflict.sentence)
        else:
            messages.success(request, _("The invitation goes to %(email)s.") % told)
            return see_other(request, "organisations:person", member_id=made.user_id)
    return forms.invalid(request, "organisations/invite.html", form)


def person(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """One colleague: the account, and every role there was, is and will be."""
    return render(request, "organisations/person.html", _person(request, member_id))


@confirm_again
def give_role(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Give a colleague another role, or the same one in another team."""
    values = _person(request, member_id)
    form = RoleForm(request.POST if request.method == "POST" else None, **_choices())
    if request.method != "POST":
        return render(request, "organisations/role.html", values | {"form": form})
    if form.is_valid():
        try:
            acts.give_role(user_id=member_id, new=form.new_role(), by=_actor(request), at=clock.now())
        except Conflict as conflict:
            form.add_error(None, conflict.sentence)
        else:
            messages.success(request, _("The role is given. It counts on its first day, with the next click."))
            return see_other(request, "organisations:person", member_id=member_id)
    return forms.invalid(request, "organisations/role.html", form, values)


@confirm_again
def end_role(request: HttpRequest, member_id: UUID, membership_id: UUID) -> HttpResponse:
    """End one role of a colleague, at once or after a last day."""
    values = _person(request, member_id)
    held = next((one for one in values["colleague"].held if one.id == membership_id and one.state != "over"), None)
    if held is None:
        raise NotThere
    values["held"] = held
    form = EndForm(request.POST if request.method == "POST" else None, on=clock.today())
    if request.method != "POST":
        return render(request, "organisations/end_role.html", values | {"form": form})
    if form.is_valid():
        try:
            acts.end_role(membership_id=membership_id, by=_actor(request), at=clock.now(), last_day=form.last())
        except Conflict as conflict:
            form.add_error(None, conflict.sentence)
        else:
            messages.success(request, _("The role ends."))
            return see_other(request, "organisations:person", member_id=member_id)
    return forms.invalid(request, "organisations/end_role.html", form, values)


@confirm_again
def reset(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Let a colleague in again who lost the second factor."""
    values = _person(request, member_id)
    form = ResetForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "organisations/reset.html", values | {"form": form})
    if form.is_valid():
        loss = form.cleaned_data["loss"]
        try:
            acts.reset_second_factor(user_id=member_id, loss=loss, by=_actor(request), at=clock.now())
        except Conflict as conflict:
            form.add_error(None, conflict.sentence)
        else:
            messages.success(request, _("What opened the account is gone. A message with a code is on its way."))
            return see_other(request, "organisations:person", member_id=member_id)
    return forms.invalid(request, "organisations/reset.html", form, values)


@confirm_again
def invite_again(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Send an invitation that was lost or is too old once more."""
    acts.invite_again(user_id=member_id, by=_actor(request), at=clock.now())
    messages.success(request, _("A new code is on its way. The earlier one works no more."))
    return see_other(request, "organisations:person", member_id=member_id)


@confirm_again
def withdraw_invitation(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Take back an invitation that nobody used."""
    acts.withdraw_invitation(user_id=member_id, by=_actor(request), at=clock.now())
    messages.success(request, _("The invitation is withdrawn. The code works no more, and the roles are ended."))
    return see_other(request, "organisations:person", member_id=member_id)


def units(request: HttpRequest) -> HttpResponse:
    """The teams, and adding one."""
    form = UnitForm(request.POST if request.method == "POST" else None)
    values = {"units": queries.units(clock.today()), "form": form}
    if request.method != "POST":
        return render(request, "organisations/units.html", values)
    if form.is_valid():
        try:
            acts.add_unit(name=form.cleaned_data["name"], by=_actor(request), at=clock.now())
        except Conflict as conflict:
            form.add_error("name", conflict.sentence)
        else:
            messages.success(request, _("The team is there. Give people a role in it."))
            return see_other(request, "organisations:units")
    return forms.invalid(request, "organisations/units.html", form, values)


def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One team: another name."""
    found = queries.unit(unit_id, clock.today())
    form = UnitForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    values = {"unit": found, "form": form, "close_form": CloseUnitForm()}
    if request.method != "POST":
        return render(request, "organisations/unit.html", values)
    if form.is_valid():
        try:
            acts.rename_unit(unit_id=unit_id, name=form.cleaned_data["name"], by=_actor(request), at=clock.now())
        except Conflict as conflict:
            form.add_error("name", conflict.sentence)
        else:
            messages.success(request, _("The team has its new name."))
            return see_other(request, "organisations:units")
    return forms.invalid(request, "organisations/unit.html", form, values)


@confirm_again
def close_unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Close a team."""
    found = queries.unit(unit_id, clock.today())
    form = CloseUnitForm(request.POST)
    if form.is_valid():
        try:
            acts.close_unit(unit_id=unit_id, by=_actor(request), at=clock.now())
        except Conflict as conflict:
            form.add_error(None, conflict.sentence)
        else:
            messages.success(request, _("The team is closed. What was written in it stays."))
            return see_other(request, "organisations:units")
    name = UnitForm(initial={"name": found.name})
    values = {"unit": found, "form": name, "close_form": form}
    return render(request, "organisations/unit.html", values, status=422)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _person(request: HttpRequest, member_id: UUID) -> dict[str, Any]:
    return {"colleague": queries.colleague(member_id, _actor(request), clock.now())}


def _choices() -> dict[str, Any]:
    on = clock.today()
    return {"roles": roles_to_give(on), "units": queries.open_units(), "on": on}
