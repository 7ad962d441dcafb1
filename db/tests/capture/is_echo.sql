-- is_echo: whether a conversation looks as the pull of this very transaction expects.
begin;
select plan(17);
\i db/tests/support/fixtures.psql
\i db/tests/support/queue.psql
\i db/tests/support/routine.psql

-- surface
select is(pg_temp.surface_of('lead_sync_private.is_echo'),
  'boolean | stable | enable_seqscan=off jit=off | -', 'no role may call it');

select pg_temp.given_lead('{"occupants_count": 2, "created_at": "2026-01-01"}') as lead,
  pg_temp.given_lead() as other \gset
select pg_temp.given_mapping(:'lead') as mapping \gset
select pg_temp.given_mapping(:'other');

-- The pull expects DomIQ's lead as it is, but for this.
create function pg_temp.expect(p_mapping uuid, p_lead uuid, p_values jsonb default '{}')
returns void
language sql
as $$
  select lead_sync_private.expect_values(array[p_mapping],
    array[lead_sync_private.build_lead(p_lead, p_mapping) || p_values])
$$;
create function pg_temp.echo(p_lead uuid, p_operation text default 'push') returns boolean
language sql
as $$ select lead_sync_private.is_echo(p_lead, p_operation) $$;

-- happy path
select pg_temp.expect(:'mapping', :'lead');
select ok(pg_temp.echo(:'lead'), 'what is expected is an echo');
select ok(not pg_temp.echo(:'other'), 'not that of another link');
update public.conversation set occupants_count = 3 where id = :'lead';
select ok(not pg_temp.echo(:'lead'), 'what was changed beyond that is not');
select ok(not pg_temp.echo(:'lead', 'status_update'), 'whatever the operation');
select ok(pg_temp.echo(:'lead', 'enrichment'), 'a pull asks for no enrichment');
select pg_temp.expect(:'mapping', :'lead', '{"first_name": "Anna"}');
select ok(not pg_temp.echo(:'lead'), 'one group that differs is enough');

-- edges: how values are compared
select pg_temp.expect(:'mapping', :'lead', '{"first_name": "  Robin ", "bedrooms": null}');
select ok(pg_temp.echo(:'lead'), 'as the merge does: normalised, a blank is no value');

update public.conversation set status = 'contacted' where id = :'lead';
select pg_temp.expect(:'mapping', :'lead', '{"status": "lost"}');
select ok(not pg_temp.echo(:'lead'), 'a stage that another word of ResMan''s stands for');
select pg_temp.expect(:'mapping', :'lead', '{"status": "prospect"}');
select ok(pg_temp.echo(:'lead'), 'but not one that this word stands for');

-- edges: a lead that the pull has only just made
update public.lead_sync_mapping set applied = applied || '{"expects": {}, "new": true}'
where id = :'mapping';
select ok(pg_temp.echo(:'lead'), 'a new one is an echo whatever it looks like');

-- edges: a follower
select pg_temp.given_conversation((select c.user_id from public.conversation c
  where c.id = :'lead'), pg_temp.property_of(:'lead')) as follower \gset
insert into lead_sync_private.follower (conversation_id, mapping_id)
values (:'follower', :'mapping');
select pg_temp.expect(:'mapping', :'lead');
select ok(pg_temp.echo(:'follower'), 'a conversation that feeds the lead');
update public.conversation set occupants_count = 5 where id = :'follower';
select ok(not pg_temp.echo(:'follower'), 'and an edit of it');

-- errors: not of this transaction
select pg_temp.expect(:'mapping', :'lead');
update public.lead_sync_mapping set applied = applied || '{"xid": "1", "new": true}'
where id = :'mapping';
select ok(not pg_temp.echo(:'lead'), 'another transaction''s pull hides nothing');
select ok(not pg_temp.echo(:'lead', 'enrichment'), 'no enrichment either');
update public.lead_sync_mapping set applied = null where id = :'mapping';
select ok(not pg_temp.echo(:'lead'), 'without a pull there is no echo');
select ok(not pg_temp.echo(gen_random_uuid()), 'nor without a link');

select * from finish();
rollback;
