"""Lets the chain vouch for the dossiers of a list, and closes a list with its event.

An event of a list has a digest of the second form, which holds its list, count
and digest; every other event keeps the first form, so old links hold. Rows of
a list may be written with their first event and never afterwards.
"""

from django.db import migrations

FORWARDS = """
create or replace function casemgmt_event_digest(e audit_accessevent) returns bytea
language sql immutable set timezone to 'UTC' as $$
  select sha256(convert_to(case
    when e.list_id is null and e.subject_count is null and e.subjects_digest is null then jsonb_build_array(
      'event/1', e.id, e.organisation_id, e.at, e.action, e.outcome, e.user_id, e.role, e.on_behalf_of_id,
      e.dossier_id, e.data, e.object_id, e.ground, encode(e.sealed, 'hex'), e.source, e.ip, e.request_id)
    else jsonb_build_array(
      'event/2', e.id, e.organisation_id, e.at, e.action, e.outcome, e.user_id, e.role, e.on_behalf_of_id,
      e.dossier_id, e.data, e.object_id, e.ground, encode(e.sealed, 'hex'), e.source, e.ip, e.request_id,
      e.list_id, e.subject_count, encode(e.subjects_digest, 'hex'))
  end::text, 'UTF8'))
$$;

create function casemgmt_subject_key(list_id uuid, dossier_id uuid) returns uuid
language sql immutable as $$
  select encode(substr(uuid_send(list_id), 1, 8) || substr(
    sha256(convert_to('subject/1', 'UTF8') || uuid_send(list_id) || uuid_send(dossier_id)), 1, 8), 'hex')::uuid
$$;

create function casemgmt_subjects_digest(sorted bytea) returns bytea
language sql immutable as $$
  select sha256(convert_to('subjects/1', 'UTF8') || coalesce(sorted, ''::bytea))
$$;

create function casemgmt_close_list() returns trigger
language plpgsql as $$
begin
  if exists (
    select from (select distinct organisation_id, list_id from fresh) f
     where not exists (
         select from audit_accessevent e where e.organisation_id = f.organisation_id and e.list_id = f.list_id)
       or exists (
         select from audit_accessevent e
           join audit_auditlink l on l.organisation_id = e.organisation_id and l.kind = 'event' and l.row_id = e.id
          where e.organisation_id = f.organisation_id and e.list_id = f.list_id)
  ) then
    raise exception 'The dossiers of a list are written with its event and never after it.' using errcode = '42501';
  end if;
  return null;
end $$;

create trigger audit_eventsubject_closed after insert on audit_eventsubject
  referencing new table as fresh for each statement execute function casemgmt_close_list();
"""

BACKWARDS = """
drop trigger audit_eventsubject_closed on audit_eventsubject;
drop function casemgmt_close_list();
drop function casemgmt_subjects_digest(bytea);
drop function casemgmt_subject_key(uuid, uuid);
create or replace function casemgmt_event_digest(e audit_accessevent) returns bytea
language sql immutable set timezone to 'UTC' as $$
  select sha256(convert_to(jsonb_build_array(
    'event/1', e.id, e.organisation_id, e.at, e.action, e.outcome, e.user_id, e.role, e.on_behalf_of_id,
    e.dossier_id, e.data, e.object_id, e.ground, encode(e.sealed, 'hex'), e.source, e.ip, e.request_id
  )::text, 'UTF8'))
$$;
"""


class Migration(migrations.Migration):
    """Backwards, links of lists no longer verify: their digests were of the second form."""

    dependencies = [("audit", "0003_subjects_of_lists")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
