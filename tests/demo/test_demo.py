"""The demo builds four organisations through the acts, twice the same, and nobody in it is real."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import all_organisations
from casemgmt.policy.loader import newest_shipped, shipped_profiles
from demo.build import read
from dossiers.models import Dossier
from retention.models import EndDate

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def told() -> dict:
    out = StringIO()
    call_command("demo", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_four_organisations_stand_and_a_second_time_changes_nothing():
    first, second = told(), told()
    assert first == second
    assert len(all_organisations()) == 4
    assert all(person["totp_secret"] and person["password"] for person in first["people"])
    for place in all_organisations():
        with organisation(place.id), transaction.atomic():
            assert Dossier.objects.count() >= 5
            assert EndDate.objects.filter(due_on__isnull=False).exists(), place.slug


def test_no_untested_hypothesis_is_shown_where_only_tested_ones_belong_in_the_dossier():
    for slug in shipped_profiles():
        tested = {kind.key.value for kind in newest_shipped(slug).recording.statement_kinds if kind.tested_only}
        for entry in (entry for dossier in read(slug)["dossier"] for entry in dossier.get("entries", ())):
            if entry["kind"] in tested:
                assert entry["tested_how"] and "test_in" not in entry, (slug, entry["text"])


def test_production_refuses_the_demo(settings):
    settings.CASEMGMT_ENV = "production"
    with pytest.raises(CommandError):
        call_command("demo")
