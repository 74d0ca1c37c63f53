"""Organisations apart at the lowest floor: raw SQL and references (A5, A7), work without a place (A8), caches (A9)."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections, transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job, OrganisationModel
from casemgmt.base.organisation import OutsideOrganisation, organisation
from tests.standing.test_catalogue import CLUSTERS, organisations_tables, rows
from tests.standing.test_routes import Page, at, first_admitted, pages
from tests.standing.world import CLIENT, Site, world


@pytest.fixture(scope="module")
def sites(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Site]]:
    """Two organisations with one of everything."""
    with world(django_db_blocker, ("sterk-huis", "veilig-thuis-hm")) as made:
        yield made


STAMPS = [
    None,
    "",
    "5f1d7a52-3c0e-4b7e-9d55-0c9be0a1f7a1",
    "geen-uuid",
    "' or true --",
    "00000000-0000-0000-0000-000000000000",
]
OWNERS = {application: owner for owner, application in CLUSTERS.items()}


def as_application(alias: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection as somebody with the application's password makes it: none of our code is in between."""
    given, name = settings.DATABASES[alias], connections[alias].settings_dict["NAME"]
    return psycopg.connect(dbname=name, user=given["USER"], password=given["PASSWORD"], host=given["HOST"])


@pytest.mark.parametrize("stamp", STAMPS)
@pytest.mark.parametrize("alias", sorted(OWNERS))
def test_raw_sql_without_a_right_stamp_reads_and_changes_nothing(
    sites: dict[str, Site], alias: str, stamp: str | None
) -> None:
    with as_application(alias) as raw:
        for table in organisations_tables(OWNERS[alias]):
            for sql in (f"select count(*) from {table}", f"delete from {table}"):
                assert touched(raw, sql, stamp) == 0, f"{sql} with {stamp!r}"


def touched(raw: psycopg.Connection[tuple[Any, ...]], sql: str, stamp: str | None) -> int:
    """How many rows a statement reads or deletes under a stamp; refused is as good as none. Undone afterwards."""
    try:
        with raw.transaction(force_rollback=True):
            if stamp is not None:
                raw.execute("select set_config('app.organisation', %s, true)", [stamp])
            done = raw.execute(sql)
            return int(done.fetchone()[0]) if sql.startswith("select") else done.rowcount
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidTextRepresentation):
        return 0


def references() -> list[tuple[str, str, str, str]]:
    """Every reference between organisations' tables: its alias, table, column and the table that it names."""
    return [
        (application, model._meta.db_table, field.column, field.related_model._meta.db_table)
        for owner, application in CLUSTERS.items()
        for model in apps.get_models()
        if model._meta.db_table in organisations_tables(owner)
        for field in model._meta.local_fields
        if field.is_relation and issubclass(field.related_model, OrganisationModel)
    ]


COPY = """
insert into {table} select (jsonb_populate_record(null::{table},
  %s::jsonb || jsonb_build_object('id', gen_random_uuid(), %s::text, %s::uuid))).*
"""


def refused_for(table: str, column: str, parent: str, mine: Site, theirs: Site) -> str | None:
    """PostgreSQL's code for refusing a copy of my row that names theirs; "" when it took it, None without a row."""
    with as_application("default") as raw, raw.transaction(force_rollback=True):
        raw.execute("set constraints all immediate")
        raw.execute("select set_config('app.organisation', %s, true)", [str(theirs.id)])
        target = raw.execute(f"select id from {parent} limit 1").fetchone()
        raw.execute("select set_config('app.organisation', %s, true)", [str(mine.id)])
        source = raw.execute(f"select to_jsonb(t)::text from {table} t limit 1").fetchone()
        if target is None or source is None:
            return None
        try:
            with raw.transaction():
                raw.execute(COPY.format(table=table), [source[0], column, str(target[0])])
        except psycopg.Error as refused:
            return str(refused.sqlstate)
        return ""


# The reference itself; or a rule of the row that PostgreSQL looks at before its references.
FOREIGN_KEY, EARLIER = "23503", {"23505", "23514", "23P01", "42501"}


def test_no_row_can_name_a_row_of_another_organisation(sites: dict[str, Site]) -> None:
    """For each reference of which there are rows: a copy of mine that names theirs is refused by the database."""
    mine, theirs = sites["sterk-huis"], sites["veilig-thuis-hm"]
    said = {
        f"{table}.{column}": refused_for(table, column, parent, mine, theirs)
        for alias, table, column, parent in references()
        if alias == "default"
    }
    wrong = {name: code for name, code in said.items() if code is not None and code not in {FOREIGN_KEY, *EARLIER}}
    assert not wrong, wrong
    tried = [name for name, code in said.items() if code == FOREIGN_KEY]
    assert len(tried) >= 15, said


def test_every_reference_looks_at_the_organisation_too(sites: dict[str, Site]) -> None:
    """Also those of which no row of this world could try it: the same constraint, and a valid one."""
    for alias, table, column, parent in references():
        found = rows(
            OWNERS[alias],
            "select (select array_agg(attname::text) from pg_attribute"
            " where attrelid = conrelid and attnum = any(conkey)) from pg_constraint"
            " where conrelid = %s::regclass and contype = 'f' and confrelid = %s::regclass and convalidated",
            table,
            parent,
        )
        assert any({"organisation_id", column} <= set(columns) for (columns,) in found), (table, column, found)


def test_a_colleague_of_another_organisation_is_offered_in_no_form_and_taken_by_none(sites: dict[str, Site]) -> None:
    mine, theirs = sites["sterk-huis"], sites["veilig-thuis-hm"]
    worker, stranger = mine.client("caseworker"), str(theirs.users["caseworker"].id)
    forms = {
        f"/o/{mine.slug}/dossiers/{mine.dossiers['own']}/toegang/": {"user": stranger},
        f"/o/{mine.slug}/dossiers/nieuw/": {"unit": str(theirs.team.id), "number": "X-1", "name": "Onderschoven"},
    }
    today = f"{clock.today():%d-%m-%Y}"
    rest = {"role_in_care": "waarnemer", "ground": "Ziekte", "starts_on": today, "birth_date": today, "client": "X"}
    before = everything(mine)["dossiers_assignment"], everything(mine)["dossiers_dossier"]
    for path, chosen in forms.items():
        page = worker.get(path).content.decode()
        assert "<option" in page or 'type="radio"' in page, path
        assert not [one for one in theirs_in(theirs) if one in page], path
        answer = worker.post(path, {**rest, **chosen})
        assert answer.status_code in (404, 422), (path, answer.status_code)
    assert (everything(mine)["dossiers_assignment"], everything(mine)["dossiers_dossier"]) == before


def theirs_in(site: Site) -> list[str]:
    return [str(site.team.id), str(site.other_team.id), *(str(user.id) for user in site.users.values())]


def kinds() -> list[str]:
    return sorted(kind for kind, _handler in jobs.handlers if not kind.startswith("test."))


@pytest.mark.parametrize("kind", kinds())
def test_work_without_an_organisation_stops_before_it_asks_anything_of_one(sites: dict[str, Site], kind: str) -> None:
    asked: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen), pytest.raises((OutsideOrganisation, LookupError)):
        jobs.handlers.get(kind)(uuid4())
    assert [sql for sql in asked if any(table in sql for table in organisations_tables("owner"))] == []


@pytest.mark.parametrize("kind", kinds())
def test_work_under_a_forged_organisation_touches_nothing_of_the_real_one(sites: dict[str, Site], kind: str) -> None:
    """A job about my rows that says it is of another place, or of none that is there."""
    mine, theirs = sites["sterk-huis"], sites["veilig-thuis-hm"]
    before = everything(mine)
    subjects = [
        mine.id,
        mine.dossiers["own"],
        *(mine.row(name) for name in ("letter_id", "disclosure_id", "removal_id")),
    ]
    for forged in (theirs.id, uuid4()):
        for subject in filter(None, subjects):
            with organisation(forged):
                try:
                    jobs.handlers.get(kind)(subject)
                except Exception as refused:  # whatever it says, it must have done nothing
                    assert "MARKER" not in str(refused)
    Job.objects.all().delete()
    assert everything(mine) == before


def everything(site: Site) -> dict[str, tuple[Any, ...]]:
    """A digest of every row of an organisation, table by table."""
    found = {}
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("select set_config('app.organisation', %s, true)", [str(site.id)])
        for table in organisations_tables("owner"):
            cursor.execute(f"select count(*), md5(string_agg(t::text, '' order by id)) from {table} t")
            found[table] = cursor.fetchone()
    return found


ODD = [
    {"Host": "localhost"},
    {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "evil.example.org"},
    {"X-Original-URL": "/o/veilig-thuis-hm/", "X-Rewrite-URL": "/o/veilig-thuis-hm/"},
    {"X-Forwarded-Prefix": "/o/veilig-thuis-hm", "Forwarded": "host=evil.example.org"},
    {"Accept-Language": "en", "X-HTTP-Method-Override": "DELETE"},
]


def one_body(page: Page, site: Site, headers: dict[str, str]) -> Any:
    role = first_admitted(page, site)
    return site.client(str(role)).get(at(page, site), headers=headers) if role else None


@pytest.mark.long
def test_no_cache_may_keep_a_page_and_no_header_brings_anothers(sites: dict[str, Site]) -> None:
    """One address after the other for two organisations, each time with other odd headers."""
    wrong, asked = [], 0
    for number, page in enumerate(pages()):
        if page.area == "platform" or "GET" not in page.declaration.methods or page.leaves:
            continue
        for site, other in zip(sites.values(), reversed(sites.values()), strict=True):
            answer = one_body(page, site, ODD[number % len(ODD)])
            if answer is None or page.declaration.needs.is_public:
                continue
            asked += 1
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code == 200 and "no-store" not in answer.get("Cache-Control", ""):
                wrong.append(f"{page.declaration.name}: may be kept ({answer.get('Cache-Control')})")
            words = (other.slug, str(other.dossiers["own"]), "evil.example.org")
            wrong += [f"{page.declaration.name}: shows {word}" for word in words if word.encode() in body]
    assert not wrong, "\n".join(wrong)
    assert asked > 100, asked


def test_the_cache_holds_no_page_and_no_name(sites: dict[str, Site]) -> None:
    """What is kept between requests are counts of signing in and signs of life: nothing of an organisation."""
    for site in sites.values():
        own = f"dossiers/{site.dossiers['own']}/"
        for path in ("", "dossiers/", own, f"{own}personen/", f"{own}wie-keek/"):
            assert site.client("caseworker").get(f"/o/{site.slug}/{path}").status_code == 200
        found = site.client("caseworker").post(f"/o/{site.slug}/zoeken/", {"q": "Bakker"})
        assert "Yara" in found.content.decode()
        assert site.client(CLIENT).get(f"/mijn/{site.slug}/").status_code == 200
    client = cache._cache.get_client(None, write=True)
    # A dump is squeezed, so that a word in it may not be found; a plain value is read as it is.
    plain = {key: client.type(key) == b"string" for key in client.scan_iter()}
    kept = [(key, (client.get(key) if is_plain else client.dump(key)) or b"") for key, is_plain in plain.items()]
    for key, value in kept:
        for site in sites.values():
            for word in (site.slug, str(site.id), str(site.dossiers["own"]), "Bakker", "Idrissi", "Yara", "Samira"):
                assert word.encode() not in key + value, key


def test_every_event_of_this_module_is_of_the_organisation_that_was_asked(sites: dict[str, Site]) -> None:
    for site, other in zip(sites.values(), reversed(sites.values()), strict=True):
        theirs = set(other.dossiers.values())
        with organisation(site.id), transaction.atomic():
            assert not AccessEvent.objects.filter(dossier_id__in=theirs).exists()
