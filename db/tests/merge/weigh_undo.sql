-- weigh_undo: what comes back, and what stays because somebody has decided since.
begin;
select plan(39);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/pull.psql
\i db/tests/support/routine.psql
\i db/tests/support/undo.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.weigh_undo'), 'jsonb | stable | - | -',
  'no role may call it');

-- What it says of the last pull of a group: outcome, the value, why.
create function pg_temp.weighed(p_group text, p_since timestamptz) returns text
language sql
as $$
  select concat_ws(' ', w ->> 'outcome', w ->> 'was', w ->> 'why')
  from public.lead_sync_mapping m, lateral (
    select lead_sync_private.weigh_undo((
      select f from lead_sync_private.field_change f
      where f.mapping_id = m.id and f.field_group = p_group and f.kind = 'pull'
      order by f.id desc limit 1), m, p_since)) as x(w)
  where m.resman_lead_id = 'R1'
$$;
select is(pg_temp.apply('{"move_in_date": "2027-04-01", "status": "lost"}'), 'updated',
  'a pull');
select clock_timestamp() as second \gset
-- pushes of another lead and of another group are none of its own
select pg_temp.given_mapping(pg_temp.given_conversation(pg_temp.given_user(), :'property'))
  as other \gset
insert into lead_sync_private.field_change (mapping_id, field_group, kind)
values (:'other', 'move_in_date', 'push'), (:'mapping', 'rent', 'push');
select is(pg_temp.apply('{"move_in_date": "2027-05-01", "status": "lost"}'), 'updated',
  'and another');

-- happy path
select is(pg_temp.weighed('move_in_date', :'start'),
  'restorable {"move_in_date": "2027-03-01"}', 'what DomIQ held before the first of the pulls');
select is(pg_temp.weighed('move_in_date', (select min(f.changed_at)
    from lead_sync_private.field_change f where f.field_group = 'move_in_date')),
  'restorable {"move_in_date": "2027-03-01"}', 'from the time of the first of them on');
select is(pg_temp.weighed('move_in_date', :'second'),
  'restorable {"move_in_date": "2027-04-01"}', 'a pull from before that time stands');
select is(pg_temp.weighed('status', :'start'), 'restorable {"status": "prospect"}',
  'a status as the merge compares it');
select is(lead_sync_private.weigh_undo(f, m, :'start') - 'was' - 'why' - 'outcome',
  jsonb_build_object('text', 'tour_booked',
    'now', lead_sync_private.weigh_link(m, 'status')),
  'with DomIQ''s own word, and how it stands')
from lead_sync_private.field_change f join public.lead_sync_mapping m on m.id = f.mapping_id
where f.field_group = 'status';
select is(f.old_domiq, '{"status": "prospect", "text": "tour_booked"}', 'the history keeps it')
from lead_sync_private.field_change f where f.field_group = 'status';
select is(f.old_domiq, '{"move_in_date": "2027-03-01"}', 'with a status alone')
from lead_sync_private.field_change f where f.field_group = 'move_in_date'
order by f.id limit 1;

-- What has happened to the group since the pull, undone again.
create function pg_temp.after(p_statement text, p_group text, p_since timestamptz) returns text
language plpgsql
as $$
declare
  v_said text;
begin
  begin
    execute p_statement;
    v_said := pg_temp.weighed(p_group, p_since);
    raise exception using errcode = 'TT000';
  exception when sqlstate 'TT000' then
    return v_said;
  end;
end
$$;
create function pg_temp.moved(p_kind text, p_group text default 'move_in_date') returns text
language sql
as $$
  select format('insert into lead_sync_private.field_change (mapping_id, field_group, kind) '
    'select m.id, %L, %L from public.lead_sync_mapping m', p_group, p_kind)
$$;

create function pg_temp.open_conflict(p_lead uuid, p_field text, p_status text) returns text
language sql
as $$
  select format('insert into public.lead_sync_conflicts (conversation_id, conflict_type, '
    'conflict_field, conflict_severity, resolution_status) values (%L, ''data_conflict'', %L, '
    '''high'', %L)', p_lead, p_field, p_status)
$$;

-- edges: somebody has decided since
select is(pg_temp.after(s, 'move_in_date', :'start'),
  'edited {"move_in_date": "2027-03-01"} ' || w, n)
from (values
  ('another value in DomIQ', 'update public.conversation set move_in_date = ''2027-06-01''',
   'DomIQ has edited the value since'),
  ('the same value again', 'update public.conversation set move_in_date = null; '
    'update public.conversation set move_in_date = ''2027-05-01''',
   'DomIQ has edited the value since'),
  ('another value, whenever', 'update public.conversation set move_in_date = ''2027-06-01''; '
    'update public.conversation set resman_field_times = null',
   'DomIQ has edited the value since'),
  ('a push', pg_temp.moved('push'), 'DomIQ has edited the value since'),
  ('a person', pg_temp.moved('resolve'), 'a person has decided the field since'),
  ('a restore', pg_temp.moved('restore'), 'a person has decided the field since'))
  as v(n, s, w);
select is(pg_temp.after(pg_temp.moved('push', 'rent'), 'move_in_date', :'start'),
  'restorable {"move_in_date": "2027-03-01"}', 'another group''s edit is none of this one''s');
select is(pg_temp.after(replace(pg_temp.moved('push'), 'mapping m', format(
    'mapping m where m.id = %L', :'other')), 'move_in_date', :'start'),
  'restorable {"move_in_date": "2027-03-01"}', 'nor is another lead''s');
select is(pg_temp.after(pg_temp.moved('undo'), 'move_in_date', :'start'), '',
  'what was undone is done with');

-- edges: what forbids it
select is(pg_temp.after(s, 'move_in_date', :'start'),
  'refused {"move_in_date": "2027-03-01"} ' || w, n)
from (values
  ('no link', 'update public.lead_sync_mapping set mapping_status = ''deleted''',
   'the link to ResMan is deleted'),
  ('a tombstone', format('select lead_sync.suppress_lead(%L, ''asked'')', :'lead'),
   'the lead is suppressed'),
  ('a tombstone of the person', format('select lead_sync_private.raise_tombstone(null, %L, '
    'null, ''{"email": "ann@example.com"}'', ''erased'', null)', :'property'),
   'the lead is suppressed'),
  ('a conflict', pg_temp.open_conflict(:'lead', 'move_in_date', 'pending'),
   'a conflict on the field is open: resolve that one'),
  ('a conflict under review', pg_temp.open_conflict(:'lead', 'move_in_date', 'manual_review'),
   'a conflict on the field is open: resolve that one'),
  ('shadow mode', format('select lead_sync.set_property_setting(%L, ''write_mode'', '
    '''"shadow"'')', :'property'), 'the property is in shadow mode'),
  ('from ResMan only', 'update public.resman_integration set sync_direction = ''from_resman''',
   'direction from_resman')) as v(n, s, w);
select is(pg_temp.after('update public.resman_integration set sync_direction = ''to_resman''',
  'move_in_date', :'start'), 'restorable {"move_in_date": "2027-03-01"}',
  'to ResMan only: DomIQ''s own value may go there');
select is(pg_temp.after('update public.lead_sync_mapping set resman_seen = resman_seen || '
  '''{"status": "applicant"}''', 'status', :'start'),
  'refused {"status": "prospect"} ResMan holds an applicant or resident', 'an applicant');

select is(pg_temp.after(s, 'move_in_date', :'start'),
  'restorable {"move_in_date": "2027-03-01"}', n)
from (values
  ('another group''s conflict', pg_temp.open_conflict(:'lead', 'rent', 'pending')),
  ('one that is resolved', pg_temp.open_conflict(:'lead', 'move_in_date', 'resolved')),
  ('another lead''s', pg_temp.open_conflict((select m.conversation_id
    from public.lead_sync_mapping m where m.id = :'other'), 'move_in_date', 'pending')))
  as v(n, s);
select is(pg_temp.after('update public.conversation set user_id = null', 'move_in_date',
  :'start'), 'refused {"move_in_date": "2027-04-01"} the lead is no more',
  'a lead without its user');

-- edges: the link filled a blank
select is(pg_temp.after(format('update lead_sync_private.field_change f set old_resman = %s, '
    'old_domiq = %L where f.field_group = ''move_in_date''', r, d), 'move_in_date', :'second'),
  w, n)
from (values
  ('a blank that was filled when the two were linked', 'null', '{"move_in_date": null}',
   'refused {"move_in_date": null} nothing was overwritten: the link filled a blank'),
  ('a value that was given up then', 'null', '{"move_in_date": "2027-03-01"}',
   'restorable {"move_in_date": "2027-03-01"}'),
  ('a blank of both sides', '''{"move_in_date": null}''', '{"move_in_date": null}',
   'restorable {"move_in_date": null}')) as v(n, r, d, w);

-- edges: pulls that did not follow one another
select is(pg_temp.apply('{"move_in_date": "2027-03-01", "status": "lost"}'), 'updated',
  'the first value is back');
select is(pg_temp.weighed('move_in_date', :'start'), '', 'by itself: nothing to undo');
update public.conversation set move_in_date = '2027-07-01' where id = :'lead';
update public.lead_sync_mapping set domiq_base = domiq_base || '{"move_in_date": "2027-07-01"}',
  resman_base = resman_base || '{"move_in_date": "2027-07-01"}';
select is(pg_temp.apply('{"move_in_date": "2027-08-01", "status": "lost"}'), 'updated',
  'DomIQ edits it between two pulls');
select is(pg_temp.weighed('move_in_date', :'start'),
  'restorable {"move_in_date": "2027-07-01"}', 'that edit comes back, not what was before it');

select * from finish();
rollback;
