"""What PostgreSQL itself refuses: overlapping versions, a frozen body that changes, one pair of eyes.

Needs the extension btree_gist, which set-up makes in every database (scripts/roles.py).
"""

from django.db import migrations

NEVER_OVERLAP = """
alter table policy_policyversion add constraint policy_versions_never_overlap
  exclude using gist (organisation_id with =, daterange(from_date, until_date) with &&)
  where (state in ('published', 'superseded'))
"""

# Row security holds inside the function too: it runs as whoever changes the row, in that organisation.
GUARD = """
create function casemgmt_guard_policy_version() returns trigger language plpgsql as $$
declare
  frozen constant text[] := array['published', 'superseded'];
  may_change constant text[] := array['state', 'until_date'];
begin
  if tg_op = 'DELETE' then
    if old.state = any (frozen) then
      raise exception 'A published version of the rules is never removed.' using errcode = '42501';
    end if;
    return old;
  end if;
  if tg_op = 'UPDATE' and old.state = any (frozen) then
    if to_jsonb(new) - may_change is distinct from to_jsonb(old) - may_change
       or not new.state = any (frozen) or (old.state = 'superseded' and new.state <> old.state) then
      raise exception 'A published version of the rules is never changed.' using errcode = '42501';
    end if;
    if old.until_date is not null and (new.until_date is null or new.until_date > old.until_date) then
      raise exception 'A version that has an end does not get a later one.' using errcode = '42501';
    end if;
    return new;
  end if;
  if tg_op = 'UPDATE' and old.state = 'submitted' and new.state in ('submitted', 'published')
     and new.body is distinct from old.body then
    raise exception 'What was submitted is what is published.' using errcode = '42501';
  end if;
  if new.state = any (frozen) and exists (
    select 1 from policy_policychange
    where organisation_id = new.organisation_id and version_id = new.id and by_id = new.published_by_id
  ) then
    raise exception 'Who changed a version does not publish it.' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger policy_policyversion_guard before insert or update or delete on policy_policyversion
  for each row execute function casemgmt_guard_policy_version()
"""


class Migration(migrations.Migration):
    """Reversible: the rows stay as they are."""

    dependencies = [("policy", "0001_versions")]

    operations = [
        migrations.RunSQL(
            NEVER_OVERLAP, "alter table policy_policyversion drop constraint policy_versions_never_overlap"
        ),
        migrations.RunSQL(
            GUARD,
            "drop trigger policy_policyversion_guard on policy_policyversion;"
            " drop function casemgmt_guard_policy_version()",
        ),
    ]
