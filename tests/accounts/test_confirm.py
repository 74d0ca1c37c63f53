"""Before something dangerous somebody confirms again, for five minutes."""

import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from casemgmt.accounts.confirm import confirm_again
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@confirm_again
def dangerous(request):
    """Something that cannot be undone."""
    return HttpResponse("done")


def ask(client, user, method="get", **extra):
    """The view, with the session of ``client``."""
    from django.contrib.messages.storage.fallback import FallbackStorage

    request = getattr(RequestFactory(), method)("/o/huis/vernietig/?a=1", **extra)
    request.session, request.user = client.session, user
    request._messages = FallbackStorage(request)
    return dangerous(request)


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


def test_what_was_posted_is_not_kept_in_the_session(client, staff):
    staff.sign_in(client)
    answer = ask(
        client, staff.user, "post", data={"reason": "GEHEIM"}, headers={"referer": "http://testserver/o/huis/x/"}
    )
    assert (answer.status_code, answer["Location"]) == (303, "/inloggen/bevestigen/?next=%2Fo%2Fhuis%2Fx%2F")
    assert "GEHEIM" not in str(dict(client.session))


def test_a_code_confirms_too(client, staff):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    staff.sign_in(client)
    code = RecoveryCodes.activate(staff.user).get_unused_codes()[0]
    assert client.post("/inloggen/bevestigen/code/", {"code": code, "next": "/x/"})["Location"] == "/x/"
    assert ask(client, staff.user).content == b"done"
