"""What tools.convergence_mutants breaks: a name, and changes of functions' texts."""

from typing import NamedTuple

from runner.paths import db_dir


class Change(NamedTuple):
    """A piece of a function's file, below db/functions, and what becomes of it."""

    file: str
    was: str
    becomes: str


def broken(changes: list[Change]) -> dict[str, str]:
    """The texts of the files that a break changes, as it leaves them.

    Raises ValueError where a file does not hold exactly once what is to be changed.
    """
    texts: dict[str, str] = {}
    for file, was, becomes in changes:
        text = texts.get(file) or (db_dir() / "functions" / file).read_text()
        if text.count(was) != 1:
            raise ValueError(f"{file} does not hold once: {was}")
        texts[file] = text.replace(was, becomes)
    return texts


BREAKS = {
    "the base moves when a push is planned": [
        Change(
            "merge/keep_merge.sql",
            "(p_base -> 'domiq') || (p_sorted -> 'now_domiq')",
            "(p_base -> 'domiq') || (p_sorted -> 'now_domiq') || (p_sorted -> 'domiq_base')",
        ),
        Change(
            "merge/keep_merge.sql",
            "(p_base -> 'resman') || (p_sorted -> 'now_resman')",
            "(p_base -> 'resman') || (p_sorted -> 'now_resman') || (p_sorted -> 'resman_base')",
        ),
    ],
    "the base takes what DomIQ holds, not what was sent": [
        Change(
            "resman/link_lead.sql",
            "|| coalesce(p_outcome -> 'domiq_base', '{}'),",
            "|| coalesce(p_outcome -> 'domiq_base', '{}')"
            " || lead_sync_private.build_lead(p_item.conversation_id),",
        ),
        Change(
            "resman/finish_rows.sql",
            "return v_conversation_moved or v_user_moved;",
            "return false;",
        ),
    ],
    "an answer counts whatever its lease": [
        Change(
            "queue/take_answer.sql",
            "\n     or v_item.lease_token is distinct from p_lease_token then",
            " then",
        ),
        Change(
            "queue/take_answer.sql",
            "and p_response ->> 'issued_at' is distinct from",
            "and false and '' is distinct from",
        ),
    ],
    "a stale answer is forgotten": [
        Change(
            "queue/take_answer.sql",
            "result := '{\"stale\": true}';",
            "delete from public.lead_sync_queue q where q.id = p_item_id"
            " and q.status = 'pending'; result := '{\"stale\": true}';",
        ),
    ],
    "an edit joins an item in flight": [
        Change(
            "capture/capture_conversations.sql",
            "and q.status = 'pending'\n",
            "and q.status in ('pending', 'processing')\n",
        ),
        Change(
            "resman/finish_rows.sql",
            "return v_conversation_moved or v_user_moved;",
            "return false;",
        ),
    ],
    "the loser of a conflict is not kept": [
        Change(
            "merge/keep_merge.sql",
            "if p_sorted -> 'conflicts' ? v_name or v_row ->> 'action' = 'decided' then",
            "if p_sorted -> 'conflicts' ? v_name then",
        ),
    ],
    "a create after a lost answer does not search": [
        Change(
            "resman/plan_identity.sql",
            "  if v_email is not null then",
            "  if p_state ? 'sent' then return '{\"lead\": null}'::jsonb; end if;\n"
            "  if v_email is not null then",
        ),
    ],
    "an event that ResMan shows is sent again": [
        Change(
            "resman/plan_enrichment.sql", "where not (n -> 'seen')::boolean;", "where true;"
        ),
    ],
    "a save sends back what was not taken over": [
        Change(
            "resman/plan_item.sql",
            "and lead_sync_private.take_over(",
            "and false and lead_sync_private.take_over(",
        ),
    ],
    "an older observation is merged": [
        Change(
            "pull/merge_pulled.sql",
            "p_issued_at <= v_mapping.base_moved_at or p_issued_at < v_mapping.resman_read_at",
            "false",
        ),
    ],
    "a pull merges while a push is under way": [
        Change(
            "pull/merge_pulled.sql",
            "if lead_sync_private.is_in_flight(",
            "if false and lead_sync_private.is_in_flight(",
        ),
        Change(
            "pull/merge_pulled.sql",
            "p_issued_at <= v_mapping.base_moved_at or p_issued_at < v_mapping.resman_read_at",
            "false",
        ),
    ],
    "a plain pull goes by the base, not by what DomIQ holds": [
        Change(
            "pull/take_plain.sql",
            "lead_sync_private.build_lead(m.conversation_id, m.id) as domiq",
            "m.domiq_base as domiq",
        ),
    ],
    "an older observation is plain": [
        Change(
            "pull/take_plain.sql",
            "and (r.issued_at <= m.base_moved_at",
            "and (false and r.issued_at <= m.base_moved_at",
        ),
        Change(
            "pull/take_plain.sql",
            "or r.issued_at < m.resman_read_at",
            "or false and r.issued_at < m.resman_read_at",
        ),
    ],
    "a plain pull is taken for an edit of DomIQ's": [
        Change(
            "pull/write_plain.sql",
            "array(select w.domiq || w.told from",
            "array(select w.domiq from",
        ),
    ],
    "a plain pull does not move the base": [
        Change(
            "pull/write_plain.sql",
            "set domiq_base = w.domiq_base, resman_base = w.resman_base, base",
            "set base",
        ),
    ],
    "a pull passes over what it could not read": [
        Change(
            "pull/pull_start.sql",
            "else s.read_until -",
            "else s.read_until + interval '1 hour' -",
        ),
        Change(
            "pull/take_window.sql",
            "p_response -> 'leads', v_issued_at",
            "'[]'::jsonb, v_issued_at",
        ),
    ],
    "a tombstone does not stop a pull": [
        Change(
            "pull/apply_lead.sql",
            "elsif lead_sync_private.is_entombed(",
            "elsif false and lead_sync_private.is_entombed(",
        ),
    ],
    "a tombstone does not stop a push": [
        Change(
            "resman/plan_item.sql",
            "and lead_sync_private.is_entombed(v_lead.property_id",
            "and false and lead_sync_private.is_entombed(v_lead.property_id",
        ),
    ],
    "an expired lease ends its item": [
        Change(
            "queue/rescue_expired_leases.sql",
            "perform lead_sync_private.retry_item(v_item",
            "perform lead_sync_private.close_item(v_item, 'completed');\n"
            "    continue;\n    perform lead_sync_private.retry_item(v_item",
        ),
    ],
    "a decision does not move the base": [
        Change(
            "merge/settle_value.sql",
            "|| case when v_pushes then v_resman else p_value end,",
            "|| m.domiq_base,",
        ),
        Change(
            "merge/settle_value.sql",
            "resman_base = (m.resman_base - v_fields) || v_resman,",
            "resman_base = m.resman_base,",
        ),
    ],
    "a clock that steps back is believed": [
        Change(
            "resman/reset_stamps.sql",
            "> v_now then\n    update",
            "> 'infinity' then\n    update",
        ),
    ],
    "a rejected save counts as sent": [
        Change(
            "queue/apply_failure.sql",
            "-- ResMan said no: nothing of what was sent is there",
            "perform lead_sync_private.complete_item(p_item, 'update', '{}', p_response);"
            " return '{}'::jsonb;",
        ),
    ],
}
