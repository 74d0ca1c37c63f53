"""The SQL that judges the trail, for ``casemgmt.audit.chain``.

It trusts nothing that can be put in the database beside the rows: every digest is written out here (the triggers that
link have functions of their own, which somebody may have replaced), tables are named with their schema, and
PLAIN_GROUND leaves no other schema in which a function of the same name could stand.
"""

# Each row is looked at once: without statistics the planner would search per link. The digests write
# moments as text, so the zone is fixed; a role's own setting of it must not decide.
PLAIN_GROUND = (
    "select pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),"
    " pg_catalog.set_config('timezone', 'UTC', true), pg_catalog.set_config('enable_nestloop', 'off', true)"
)

_EVENT_COLUMNS = """e.id, e.organisation_id, e.at, e.action, e.outcome, e.user_id, e.role, e.on_behalf_of_id,
      e.dossier_id, e.data, e.object_id, e.ground, encode(e.sealed, 'hex'), e.source, e.ip, e.request_id"""
_EVENT = f"""case when e.list_id is null and e.subject_count is null and e.subjects_digest is null
      then jsonb_build_array('event/1', {_EVENT_COLUMNS})
      else jsonb_build_array('event/2', {_EVENT_COLUMNS},
        e.list_id, e.subject_count, encode(e.subjects_digest, 'hex')) end"""
_ENTRY = """jsonb_build_array('entry/1', n.id, n.organisation_id, n.timestamp, n.action, n.content_type_id,
      n.object_pk, n.changes, n.actor_id, n.dossier_id, encode(n.sealed, 'hex'), n.cid, n.remote_addr)"""
_PLATFORM = """jsonb_build_array('platform/1', e.id, e.at, e.action, e.outcome, e.user_id, e.data, e.ip,
      e.request_id)"""

# Each link is checked against the hash stored before it, so one pass finds every edit; an edit that
# also rewrites its own link shows at the next one, and one that rewrites all of them at the published head.
# `format` and not a cast: a cast of these types can be added by whoever may add a function.
_FIRST_BAD_LINK = """
with links as (
  select l.seq, {kind} as kind, l.row_id, l.hash, row_number() over w as place, lag(l.hash) over w as before
  from public.{links} l window w as (order by l.seq)
), judged as (
  select l.*, {found} as found, {filled_in} as filled_in,
    sha256(convert_to(format('%%s', {written}), 'UTF8')) as digest
  from links l {rows}
)
select seq, kind, row_id,
  case when seq <> place then 'gap' when not found then 'missing' else 'changed' end
from judged
where seq <> place or not found or coalesce(filled_in, false)
  or hash is distinct from sha256(coalesce(before, ''::bytea) || convert_to(format('%%s', seq), 'UTF8') || digest)
order by seq limit 1
"""

FIRST_BAD_LINK = _FIRST_BAD_LINK.format(
    kind="l.kind",
    links="audit_auditlink",
    found="case l.kind when 'event' then e.id is not null else n.id is not null end",
    filled_in="n.object_repr <> '' or n.changes_text <> '' or n.serialized_data is not null"
    " or n.additional_data is not null or n.remote_port is not null or n.object_id is not null",
    written=f"case l.kind when 'event' then {_EVENT} else {_ENTRY} end",
    rows="left join public.audit_accessevent e on l.kind = 'event' and e.id = l.row_id"
    " left join public.audit_logentry n on l.kind = 'entry' and n.id = l.row_id",
)
FIRST_BAD_PLATFORM_LINK = _FIRST_BAD_LINK.format(
    kind="'platform'",
    links="audit_platformlink",
    found="e.id is not null",
    filled_in="false",
    written=_PLATFORM,
    rows="left join public.audit_platformevent e on e.id = l.row_id",
)

UNLINKED = """
select kind, id from (
  select 'event' as kind, e.id, e.at from public.audit_accessevent e
    where not exists (select from public.audit_auditlink l where l.kind = 'event' and l.row_id = e.id)
  union all
  select 'entry', n.id, n.timestamp from public.audit_logentry n
    where not exists (select from public.audit_auditlink l where l.kind = 'entry' and l.row_id = n.id)
) loose order by at limit 1
"""
UNLINKED_PLATFORM = """
select 'platform', e.id from public.audit_platformevent e
where not exists (select from public.audit_platformlink l where l.row_id = e.id) order by e.at limit 1
"""

_SUBJECTS_DIGEST = "sha256(convert_to('subjects/1', 'UTF8') || coalesce({sorted}, ''::bytea))"
_SUBJECT_KEY = """encode(substr(uuid_send(s.list_id), 1, 8) || substr(sha256(
      convert_to('subject/1', 'UTF8') || uuid_send(s.list_id) || uuid_send(s.dossier_id)), 1, 8), 'hex')"""

# A list is one set of rows for all events that showed it, so it is digested once. The key of a row
# follows from its list and dossier: every column of it is vouched for.
_BAD_LIST = """
with held as (
  select s.list_id, count(*) as many, min(s.day) as first, max(s.day) as last,
    bool_and(encode(uuid_send(s.id), 'hex') = {own_key}) as own_keys,
    {of_dossiers} as digest
  from public.audit_eventsubject s group by s.list_id
)
select l.seq, e.id,
  case when coalesce(h.many, 0) < e.subject_count then 'subject-missing'
       when h.many > e.subject_count then 'subject-added' else 'subject-changed' end
from public.audit_accessevent e
  left join held h on h.list_id = e.list_id
  left join public.audit_auditlink l on l.kind = 'event' and l.row_id = e.id
where e.list_id is not null and (
  coalesce(h.many, 0) <> e.subject_count
  or coalesce(h.digest, {of_none}) <> e.subjects_digest
  or not coalesce(h.own_keys, true)
  or h.first <> (e.at at time zone 'Europe/Amsterdam')::date
  or h.last <> (e.at at time zone 'Europe/Amsterdam')::date
)
order by l.seq limit 1
"""
BAD_LIST = _BAD_LIST.format(
    own_key=_SUBJECT_KEY,
    of_dossiers=_SUBJECTS_DIGEST.format(sorted="string_agg(uuid_send(s.dossier_id), ''::bytea order by s.dossier_id)"),
    of_none=_SUBJECTS_DIGEST.format(sorted="null::bytea"),
)
LOOSE_SUBJECT = """
select s.id from public.audit_eventsubject s
where not exists (select from public.audit_accessevent e where e.list_id = s.list_id) order by s.day, s.id limit 1
"""
