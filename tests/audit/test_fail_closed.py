"""What cannot be written down is not shown, and what breaks is written down."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import Client, override_settings

from casemgmt.audit.context import AuditContext, circumstances
from casemgmt.audit.middleware import RequestContextMiddleware, peer_address
from casemgmt.audit.models import AccessEvent, PlatformEvent
from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from tests.audit.conftest import Place

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
]


@pytest.fixture
def client() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF="tests.audit.urls"):
        yield Client(raise_request_exception=False)


@pytest.fixture
def closed_trail() -> Iterator[None]:
    """The application may not write events for a while."""
    role = settings.DATABASES["default"]["USER"]
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"revoke insert on audit_accessevent from {role}")
        try:
            yield
        finally:
            cursor.execute(f"grant insert on audit_accessevent to {role}")


def test_a_read_that_is_written_down_is_shown(client: Client, place: Place) -> None:
    answer = client.get(f"/deur/{place.id}/")
    assert answer.status_code == 200
    assert b"MARKER-content" in answer.content
    with organisation(place.id), transaction.atomic():
        row = AccessEvent.objects.get()
    assert str(row.request_id) == answer["X-Request-Id"]
    assert row.source == "web"


def test_a_read_that_cannot_be_written_down_is_not_shown(client: Client, place: Place, closed_trail: None) -> None:
    answer = client.get(f"/deur/{place.id}/")
    assert answer.status_code in (500, 503)
    assert b"MARKER" not in answer.content


def test_a_crash_leaves_a_row_and_shows_nothing(client: Client, place: Place) -> None:
    answer = client.get("/stuk/")
    assert answer.status_code == 500
    assert b"MARKER" not in answer.content
    row = PlatformEvent.objects.get()
    assert (row.outcome, row.data) == ("failed", "crash")


def test_a_crash_inside_an_organisation_is_in_its_trail(place: Place) -> None:
    middleware = RequestContextMiddleware(lambda request: None)
    with organisation(place.id), circumstances(AuditContext(source="web")):
        middleware.process_exception(None, RuntimeError())
        middleware.process_exception(None, Conflict("nee"))
        with transaction.atomic():
            assert [row.data for row in AccessEvent.objects.all()] == ["crash"]


def test_an_address_or_id_that_the_client_sends_is_not_believed(client: Client, place: Place, rf, settings) -> None:
    client.get(f"/deur/{place.id}/", headers={"X-Forwarded-For": "6.6.6.6", "X-Correlation-ID": "x" * 300})
    with organisation(place.id), transaction.atomic():
        assert AccessEvent.objects.get().ip == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert peer_address(rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.7"})) == "10.0.0.7"
    assert peer_address(rf.get("/", headers={"X-Forwarded-For": "rubbish"})) is None
