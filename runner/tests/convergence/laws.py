"""What holds once both sides are at rest."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from runner.tests.convergence.domiq import GROUPS, Domiq, Row
from runner.tests.convergence.world import Json, ResMan


@dataclass
class Gone:
    """A person who may neither be pushed, pulled nor made again, as they stood then."""

    kind: str
    email: str
    leads: set[str]
    saves: int
    people: list[Row]


def one_lead_a_person(resman: ResMan) -> None:
    """No lead and no event is made twice."""
    emails = [str(lead.get("email")).lower() for lead in resman.leads.values()]
    assert len(emails) == len(set(emails)), "two leads of one person"
    for lead in resman.leads.values():
        keys = [e["key"] for e in lead["events"] if e.get("key")]
        assert len(keys) == len(set(keys)), "an event was sent twice"


def leads_of(resman: ResMan, email: str) -> set[str]:
    """The ids of the leads with an e-mail."""
    return {
        lead_id
        for lead_id, lead in resman.leads.items()
        if str(lead.get("email")).lower() == email.lower()
    }


def stay_away(domiq: Domiq, resman: ResMan, gone: dict[UUID, Gone]) -> None:
    """Who was suppressed, erased or deleted has not been written or made anew."""
    for each in gone.values():
        leads = leads_of(resman, each.email)
        assert leads == each.leads, f"a person who was {each.kind} is made anew in ResMan"
        saves = sum(len(resman.saved[lead_id]) for lead_id in leads)
        assert saves == each.saves, f"a person who was {each.kind} is written in ResMan"
        people = domiq.people(each.email)
        assert people == each.people, f"a person who was {each.kind} is made anew in DomIQ"


def live_links(domiq: Domiq, gone: dict[UUID, Gone]) -> list[Row]:
    """The links of those who are not gone."""
    return [link for link in domiq.links() if link["conversation_id"] not in gone]


def all_are_linked(
    domiq: Domiq, resman: ResMan, typed: list[UUID], gone: dict[UUID, Gone]
) -> None:
    """Every lead is on both sides, once."""
    links = domiq.links()
    assert len({link["resman_lead_id"] for link in links}) == len(links)
    for conversation_id in typed:
        assert conversation_id in gone or any(
            link["conversation_id"] == conversation_id for link in links
        ), "a lead did not arrive"
    linked = {link["resman_lead_id"] for link in links}
    away = {lead_id for each in gone.values() for lead_id in each.leads}
    for lead_id, lead in resman.leads.items():
        assert lead_id in linked or lead_id in away or lead["status"] != "prospect", (
            "a lead was not taken over"
        )


def every_group_is_explained(domiq: Domiq, resman: ResMan, links: list[Row]) -> None:
    """A group is equal on both sides, or in an open conflict, or suppressed and recorded.

    A critical conflict holds back all pushes of its lead until a person has decided.
    """
    for link in links:
        if domiq.is_held(link["conversation_id"]):
            continue
        lead = resman.leads[link["resman_lead_id"]]
        held = {
            c["conflict_field"] for c in open_conflicts(domiq, link["conversation_id"])
        } | set(link["suppressed"])
        for group in GROUPS:
            one = domiq.group(link["rules"], group, link["domiq"])
            other = domiq.group(link["rules"], group, lead)
            if group == "comment" and resman.switches.comment_limit:
                limit = resman.switches.comment_limit
                one, other = (
                    {k: v[:limit].strip() for k, v in each.items()} for each in (one, other)
                )
            if one != other and group not in held and (one or group == "name"):
                raise AssertionError(f"{group} is {one} in DomIQ and {other} in ResMan")


def open_conflicts(domiq: Domiq, conversation_id: UUID | None = None) -> list[Row]:
    """The open conflicts of a conversation, or of the property."""
    return [
        c
        for c in domiq.conflicts(conversation_id)
        if c["resolution_status"] in ("pending", "manual_review")
    ]


def nothing_typed_is_lost(
    domiq: Domiq,
    resman: ResMan,
    links: list[Row],
    written: dict[tuple[UUID, str, str], Json],
) -> None:
    """What was written last on a side is there, in a conflict, or was on the other side."""
    for link in links:
        conversation_id = link["conversation_id"]
        changes = domiq.rows(
            "select * from lead_sync_private.field_change where mapping_id = %s",
            link["id"],
        )
        conflicts = domiq.conflicts(conversation_id)
        for (whose, group, side), value in written.items():
            if whose != conversation_id:
                continue
            wanted = domiq.group(link["rules"], group, value)
            kept = [
                domiq.group(link["rules"], group, document)
                for document in (
                    link["domiq"],
                    resman.leads[link["resman_lead_id"]],
                    *(
                        c[k]
                        for c in conflicts
                        for k in ("domiq_value", "resman_value")
                        if c["conflict_field"] == group
                    ),
                    (link["suppressed"].get(group) or {}).get(side),
                    # replaced later, but it had arrived
                    *(resman.saved[link["resman_lead_id"]] if side == "domiq" else []),
                    *(
                        c["new_domiq"]
                        for c in changes
                        if side == "resman" and c["field_group"] == group
                    ),
                )
                if document
            ]
            if not any(wanted.items() <= each.items() for each in kept):
                raise AssertionError(f"{wanted}, typed in {side}, is nowhere: {kept}")


def decisions_hold(
    domiq: Domiq, resman: ResMan, links: list[Row], decided: dict[tuple[UUID, str], Json]
) -> None:
    """What a person decided, and nobody has edited since, is on both sides."""
    for link in links:
        for (conversation_id, group), value in decided.items():
            if conversation_id != link["conversation_id"]:
                continue
            wanted = domiq.group(link["rules"], group, value)
            for side, document in (
                ("DomIQ", link["domiq"]),
                ("ResMan", resman.leads[link["resman_lead_id"]]),
            ):
                found = domiq.group(link["rules"], group, document)
                limit = resman.switches.comment_limit
                if group == "comment" and limit and side == "ResMan" and found:
                    found, wanted = (
                        {k: v[:limit].strip() for k, v in x.items()} for x in (found, wanted)
                    )
                assert found == wanted, f"decided {wanted}, {side} has {found} in {group}"


def all_is_told(domiq: Domiq, resman: ResMan, links: list[Row]) -> None:
    """Every notification is an event of the lead."""
    for link in links:
        told = domiq.rows(
            "select lead_sync_private.hash_key('notification', n.id::text, "
            "n.notification_type, n.status) as key, n.resman_sync_status = 'synced' as told, "
            "n.resman_notification_id is not null as sent "
            "from public.lead_notification n where n.conversation_id = %s",
            link["conversation_id"],
        )
        assert all(row["told"] for row in told), "a notification was not told"
        events = {e.get("key") for e in resman.leads[link["resman_lead_id"]]["events"]}
        assert {row["key"] for row in told if row["sent"]} <= events, (
            "a notification did not arrive"
        )


def domiq_state(domiq: Domiq) -> list[Any]:
    """What must not move any more, once all is at rest."""
    return domiq.rows(
        "select c.id, c.resman_sync_version, u.resman_sync_version as user_version "
        'from public.conversation c left join public."user" u on u.id = c.user_id '
        "where c.chatbot_id = %s order by c.id",
        domiq.chatbot_id,
    )


def second_cycle_writes_nothing(domiq: Domiq, resman: ResMan, links: list[Row]) -> None:
    """Push and pull all once more: nobody is written to."""
    saves = resman.saves
    before = domiq_state(domiq)
    domiq.rows(
        "select lead_sync.enqueue_sync(c, 'push') from unnest(%s::uuid[]) as c",
        [link["conversation_id"] for link in links if link["mapping_status"] == "active"],
    )
    domiq.pull(everything=True)
    domiq.settle(resman)
    assert resman.saves == saves, "a second cycle writes to ResMan"
    assert domiq_state(domiq) == before, "a second cycle writes to DomIQ"
