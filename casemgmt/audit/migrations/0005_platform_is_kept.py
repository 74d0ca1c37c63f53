"""Keeps the platform's events as the organisations' are kept: never changed, and linked at commit.

Making the triggers waits for a short lock on the table and holds it for no longer than the statements take; the rows
that are there are linked by the next migration, in small steps. The digest names its columns one by one, so a later
column does not make old rows look changed.
"""

from django.db import migrations, models

import casemgmt.base.tenancy

FORWARDS = """
create function casemgmt_platform_append(e audit_platformevent) returns void
language plpgsql set search_path = public, pg_temp set timezone to 'UTC' as $$
declare
  head audit_platformhead;
begin
  insert into audit_platformhead (id, seq, hash) values (1, 0, ''::bytea) on conflict (id) do nothing;
  select * into head from audit_platformhead where id = 1 for update;
  head.seq := head.seq + 1;
  head.hash := sha256(head.hash || convert_to(head.seq::text, 'UTF8') || sha256(convert_to(jsonb_build_array(
    'platform/1', e.id, e.at, e.action, e.outcome, e.user_id, e.data, e.ip, e.request_id)::text, 'UTF8')));
  insert into audit_platformlink (seq, row_id, hash) values (head.seq, e.id, head.hash);
  update audit_platformhead set seq = head.seq, hash = head.hash where id = 1;
end $$;

create function casemgmt_platform_link() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform casemgmt_platform_append(new);
  return null;
end $$;

revoke all on function casemgmt_platform_append(audit_platformevent) from public;
revoke all on function casemgmt_platform_link() from public;

create constraint trigger audit_platformevent_link after insert on audit_platformevent
  deferrable initially deferred for each row execute function casemgmt_platform_link();
"""

BACKWARDS = """
drop trigger audit_platformevent_link on audit_platformevent;
drop function casemgmt_platform_link();
drop function casemgmt_platform_append(audit_platformevent);
"""


class Migration(migrations.Migration):
    """Backwards the chain is gone, and the application may change these rows again."""

    dependencies = [("audit", "0004_subjects_in_the_chain")]

    operations = [
        migrations.CreateModel(
            name="PlatformHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_platform_head")],
            },
        ),
        migrations.CreateModel(
            name="PlatformLink",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("row_id", models.UUIDField(unique=True)),
                ("hash", models.BinaryField()),
            ],
        ),
        casemgmt.base.tenancy.KeptTable("PlatformHead", "read"),
        casemgmt.base.tenancy.KeptTable("PlatformLink", "read"),
        casemgmt.base.tenancy.KeptTable("PlatformEvent", "append"),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
