"""Whether the triggers and functions that guard the trail are the ones that this release put in the database.

No digest is believed because of it (``casemgmt.audit.statements``): it finds who changed how rows are written from now
on, such as a trigger that lets some of them vanish before they are linked.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

Ask = Callable[..., list[tuple[Any, ...]]]

# What each function of the trail is, as a SHA-256 of how it is made; `tests/audit/test_guards.py` prints what is new.
FUNCTIONS: dict[str, str] = {
    "casemgmt_close_list": "990d35d25d4c2f655c2ff5ec5b3d48ffe1b41294bdf33e51064569a0eecd055c",
    "casemgmt_entry_digest": "5e94ab6380641376949f9aaf99bb72f260acbb171bc11e120e39a5952c75e213",
    "casemgmt_event_digest": "33b41faae3a6cbb882a921e3767e951bb9c270d1df2b6b9e0b2c063d241cd698",
    "casemgmt_link": "c1fa14f4728a6a6d8a87c31c2bcd5c9332b95c2d74e3660c3c140008b3e96b85",
    "casemgmt_platform_append": "cff91f2733fa0aec442bcb6ef564813689d8750c3ee902780b4aa8219b50118d",
    "casemgmt_platform_link": "659bedb2cff6824ab171d2ece6ae7da7499bc6d22957378e5143d88eb8143eda",
    "casemgmt_refuse_change": "89634a218ba31235dddf71766d6eb1b86998a72719b40e4ea73d6de7e53f14eb",
    "casemgmt_subject_key": "8b93a8f8f334caa0077782f808c551bfab5e12848ccbd506c764bd13c2b408f4",
    "casemgmt_subjects_digest": "d91cc4c165995baf984c8302b62e80faf99c534dc04ec49c9b0a0312871ee59d",
}

_LINK = "AFTER INSERT ON public.{} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.{}"
_KEPT = "BEFORE DELETE OR UPDATE ON public.{} FOR EACH ROW EXECUTE FUNCTION public.casemgmt_refuse_change()"
_WHOLE = "BEFORE TRUNCATE ON public.{} FOR EACH STATEMENT EXECUTE FUNCTION public.casemgmt_refuse_change()"
_ADDED_TO = ("audit_accessevent", "audit_eventsubject", "audit_logentry", "audit_platformevent")
TRIGGERS: dict[str, str] = {
    "audit_accessevent_link": _LINK.format("audit_accessevent", "casemgmt_link('event')"),
    "audit_logentry_link": _LINK.format("audit_logentry", "casemgmt_link('entry')"),
    "audit_platformevent_link": _LINK.format("audit_platformevent", "casemgmt_platform_link()"),
    "audit_eventsubject_closed": "AFTER INSERT ON public.audit_eventsubject REFERENCING NEW TABLE AS fresh"
    " FOR EACH STATEMENT EXECUTE FUNCTION public.casemgmt_close_list()",
    **{f"{table}_immutable": _KEPT.format(table) for table in _ADDED_TO},
}
# A trail that was emptied is found by its links and heads, so that the tests may lift these to clear away.
MAY_BE_LIFTED: dict[str, str] = {f"{table}_no_truncate": _WHOLE.format(table) for table in _ADDED_TO}

_FUNCTIONS = """
select p.proname, pg_get_function_identity_arguments(p.oid), p.prosrc, p.prosecdef, l.lanname, p.proconfig::text[]
from pg_proc p join pg_language l on l.oid = p.prolang
where p.pronamespace = 'public'::regnamespace and p.proname = any(%s) order by 1, 2
"""
_TRIGGERS = """
select t.tgname, t.tgenabled::text, pg_get_triggerdef(t.oid)
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where c.relnamespace = 'public'::regnamespace and c.relname like 'audit\\_%%' and not t.tgisinternal order by 1
"""
# A view in the place of a table, or a rule beside it, would show or write something else.
_TABLES = """
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relname like 'audit\\_%%' and (c.relkind in ('v', 'm', 'f')
  or exists (select from pg_rewrite r where r.ev_class = c.oid)) order by 1
"""


def strange(ask: Ask) -> Iterator[tuple[str, str]]:
    """The kind and name of what is missing, switched off, changed or added; ``ask`` puts a question to PostgreSQL."""
    functions = fingerprints(ask)
    yield from (("function", name) for name in sorted(FUNCTIONS) if functions.get(name) != FUNCTIONS[name])
    found = {name: (enabled, _purpose(text)) for name, enabled, text in ask(_TRIGGERS)}
    known = {name: ("O", text) for name, text in {**TRIGGERS, **MAY_BE_LIFTED}.items()}
    for name in sorted(found.keys() | TRIGGERS.keys()):
        if found.get(name) != known.get(name):
            yield "trigger", name
    yield from (("table", name) for (name,) in ask(_TABLES))


def fingerprints(ask: Ask) -> dict[str, str]:
    """A SHA-256 of each function of the trail as the database has it."""
    rows = ask(_FUNCTIONS, list(FUNCTIONS))
    names = sorted({row[0] for row in rows})
    return {name: sha256(repr([row for row in rows if row[0] == name]).encode()).hexdigest() for name in names}


def _purpose(definition: str) -> str:
    """The definition without its first words, which say what sort of trigger it is and its name."""
    words = definition.split(" ")
    return " ".join(words[words.index("TRIGGER") + 2 :])
