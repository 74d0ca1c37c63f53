"""Before something dangerous somebody confirms again, for five minutes."""

import re
import sys
import time
from html import unescape
from uuid import uuid4

import pytest
from allauth.core.context import request_context
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from casemgmt.accounts.confirm import confirm_again
from casemgmt.web.routes import declarations
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@confirm_again
def dangerous(request):
    """Something that cannot be undone."""
    return HttpResponse("done")


def asked(client, user, method="get", **extra):
    """A request with the session of ``client``."""
    from django.contrib.messages.storage.fallback import FallbackStorage

    place = "/o/huis/vernietig/" if method == "post" else "/o/huis/vernietig/?a=1"
    request = getattr(RequestFactory(), method)(place, **extra)
    request.session, request.user = client.session, user
    request._messages = FallbackStorage(request)
    return request


def ask(client, user, method="get", **extra):
    """What the view answers."""
    return answer_of(asked(client, user, method, **extra))


def answer_of(request):
    """What the view answers inside allauth's middleware, which knows the request."""
    with request_context(request):
        return dangerous(request)


def posted(client, user, data, session=None):
    """A form sent, in the session of ``client`` or in one that went on from it."""
    request = asked(client, user, "post", data=data)
    request.session = session or request.session
    return request


def test_confirming_is_asked_and_lasts_five_minutes(client, staff):
    staff.sign_in(client)
    first = ask(client, staff.user)
    assert first["Location"] == "/inloggen/bevestigen/?next=%2Fo%2Fhuis%2Fvernietig%2F%3Fa%3D1"
    assert client.post("/inloggen/bevestigen/", {"password": "iets heel anders hier"}).status_code == 422
    done = client.post("/inloggen/bevestigen/", {"password": PASSWORD, "next": "/o/huis/vernietig/?a=1"})
    assert (done.status_code, done["Location"]) == (303, "/o/huis/vernietig/?a=1")
    assert ask(client, staff.user).content == b"done"
    session = client.session
    records = session["account_authentication_methods"]
    records[-1]["at"] = time.time() - 301
    session["account_authentication_methods"] = records
    session.save()
    assert ask(client, staff.user).status_code == 302


TYPED = {"reason": "GEHEIM <b>", "who": ["an", "bo"], "csrfmiddlewaretoken": "x"}


def hidden(page):
    """What the form carries in hidden fields, except its token."""
    form = page.split('action="/o/huis/vernietig/"')[1].split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)"[^>]* value="([^"]*)">', form)
    return [(name, unescape(value)) for name, value in found if name != "csrfmiddlewaretoken"]


def test_what_was_typed_is_carried_by_the_page_and_kept_nowhere_else(client, staff):
    staff.sign_in(client)
    answer = ask(client, staff.user, "post", data=TYPED)
    page = answer.content.decode()
    assert answer.status_code == 422 and "GEHEIM <b>" not in page
    assert hidden(page) == [("reason", "GEHEIM <b>"), ("who", "an"), ("who", "bo")]
    assert 'action="/o/huis/vernietig/"' in page
    assert "GEHEIM" not in str(dict(client.session))


def test_with_the_password_it_is_carried_out_at_once_and_asked_no_more(client, staff):
    staff.sign_in(client)
    wrong = ask(client, staff.user, "post", data={**TYPED, "confirm-password": "iets heel anders"})
    assert wrong.status_code == 422 and ("reason", "GEHEIM <b>") in hidden(wrong.content.decode())
    assert "iets heel anders" not in wrong.content.decode()
    request = posted(client, staff.user, {**TYPED, "confirm-password": PASSWORD})
    assert answer_of(request).content == b"done"
    assert request.POST.getlist("who") == ["an", "bo"] and "confirm-password" not in request.POST
    assert answer_of(posted(client, staff.user, TYPED, request.session)).content == b"done"


def test_guessing_the_password_here_is_counted_as_on_the_page_of_its_own(client, staff):
    staff.sign_in(client)
    guess = {**TYPED, "confirm-password": "iets heel anders"}
    codes = [ask(client, staff.user, "post", data=guess).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


CANCEL = re.compile(r'<a class="button button--bare" href="([^"]*)"')
HERE = "http://testserver/o/huis/x/?a=1"


def cancelled(answer):
    """Where "cancel" leads."""
    return unescape(CANCEL.search(answer.content.decode())[1])


def test_who_cancels_goes_back_to_the_page_they_came_from_also_after_a_wrong_password(client, staff):
    staff.sign_in(client)
    first = ask(client, staff.user, "post", data=TYPED, headers={"referer": HERE})
    assert cancelled(first) == "/o/huis/x/?a=1"
    again = dict(hidden(first.content.decode())) | {"confirm-password": "iets heel anders"}
    wrong = ask(client, staff.user, "post", data=again, headers={"referer": "http://testserver/o/huis/vernietig/"})
    assert (wrong.status_code, cancelled(wrong)) == (422, "/o/huis/x/?a=1")


def test_the_page_one_came_from_is_not_carried_into_the_act(client, staff):
    staff.sign_in(client)
    request = posted(client, staff.user, {"confirm-back": "/o/huis/x/", "confirm-password": PASSWORD})
    assert answer_of(request).content == b"done" and "confirm-back" not in request.POST


@pytest.mark.parametrize("outside", ["https://evil.example/x", "//evil.example/x", "http://[", "javascript:alert(1)"])
def test_nobody_is_led_outside_by_cancelling(client, staff, outside):
    staff.sign_in(client)
    carried = ask(client, staff.user, "post", data={"confirm-back": outside})
    came = ask(client, staff.user, "post", headers={"referer": outside})
    elsewhere = [client.get("/inloggen/bevestigen/", {name: outside}) for name in ("next", "back")]
    assert [cancelled(answer) for answer in (carried, came, *elsewhere)] == ["/"] * 4


def test_a_page_that_is_shut_until_one_confirms_is_not_where_cancelling_leads(client, staff):
    staff.sign_in(client)
    asked_there = ask(client, staff.user, headers={"referer": HERE})["Location"]
    page = client.get(asked_there)
    assert cancelled(page) == "/o/huis/x/?a=1"
    wrong = client.post("/inloggen/bevestigen/", {"password": "iets heel anders", "back": "/o/huis/x/?a=1"})
    assert (wrong.status_code, cancelled(wrong)) == (422, "/o/huis/x/?a=1")


def test_the_page_says_for_how_long_nobody_asks_again(client, staff):
    staff.sign_in(client)
    here = ask(client, staff.user, "post", data=TYPED).content.decode()
    assert "5 minuten niet opnieuw" in here


def test_who_has_no_password_confirms_elsewhere_and_comes_back(client, staff):
    staff.sign_in(client)
    staff.user.set_unusable_password()
    answer = ask(client, staff.user, "post", data=TYPED, headers={"referer": "http://testserver/o/huis/x/"})
    assert (answer.status_code, answer["Location"]) == (303, "/inloggen/bevestigen/?next=%2Fo%2Fhuis%2Fx%2F")
    assert "GEHEIM" not in str(dict(client.session))


DANGEROUS = {
    "policy:publish", "retention:approve", "retention:run", "retention:again",
    "disclosures:approve", "disclosures:hand-over",
    "client_requests:invite_again", "client_requests:freeze", "client_requests:end_access",
}  # fmt: skip


# A form that is no good by itself comes back before anybody is asked for a password; this is good.
GOOD = {"how": "document", "until": "31-12-2199", "why": "Op verzoek.", "sure": "on"}

# What who manages users may send without confirming: the name of a team, and work in the background once more.
HARMLESS = {"organisations:units", "organisations:unit", "work:start_again"}


def without(kwargs):
    """What a view gets: the middleware has taken the organisation out."""
    return {name: value for name, value in kwargs.items() if name != "organisation"}


def test_everything_dangerous_asks_first(client, staff):
    pages = declared(lambda each: each.name in DANGEROUS)
    assert set(pages) == DANGEROUS
    staff.sign_in(client)
    for name, pattern in pages.items():
        assert asks_first(client, staff.user, pattern), name


def test_whatever_changes_who_works_here_asks_first(client, staff):
    """Also a page that is made tomorrow: whatever is sent by who manages users asks, or is listed as harmless."""
    pages = declared(lambda each: "POST" in each.methods and "users.manage" in str(each.needs).split(" or "))
    assert set(pages) >= HARMLESS | {"organisations:reset", "organisations:invite", "work:close_account"}
    staff.sign_in(client)
    for name in set(pages) - HARMLESS:
        assert asks_first(client, staff.user, pages[name]), name


def declared(which):
    """The pages whose declaration answers to ``which``, by name, with their address."""
    routes = (route for route in declarations() if route.declaration and which(route.declaration))
    return {route.declaration.name: f"/{route.pattern}" for route in routes}


def asks_first(client, user, pattern):
    """Called as the middleware would, by somebody who did not confirm: it asks before it looks anything up."""
    address = re.sub(r"<uuid:\w+>", str(uuid4()), pattern.replace("<slug:organisation>", "huis"))
    page = resolve(address)
    answer = page.func(posted(client, user, TYPED | GOOD), **without(page.kwargs))
    return answer.status_code == 422 and 'name="confirm-password"' in answer.content.decode()


def test_a_code_confirms_too(client, staff):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    staff.sign_in(client)
    code = RecoveryCodes.activate(staff.user).get_unused_codes()[0]
    assert client.post("/inloggen/bevestigen/code/", {"code": code, "next": "/x/"})["Location"] == "/x/"
    assert ask(client, staff.user).content == b"done"


def test_no_page_is_loaded_first_by_a_test_that_lets_everybody_pass_for_confirmed():
    """It would keep that for every test after it, and a client would never be asked again who they are."""
    assert "casemgmt.accounts.portal_views" in sys.modules
