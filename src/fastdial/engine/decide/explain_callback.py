"""Why a callback is offered now, or is not: every rule that is asked, with values (CO-9)."""

from collections.abc import Iterator

from fastdial.engine.decide import explain_campaign, explain_contact, offers
from fastdial.engine.decide.callbacks import known, view
from fastdial.engine.records import Callback, Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.base import Reply
from fastdial.messages.callbacks import CallbackExplain
from fastdial.messages.explain import Looked
from fastdial.messages.replies import CallbackExplanation
from fastdial.messages.words import AgentState, CallbackKind, CallbackState, OwnerAway
from fastdial.rules.queues import may_call_back

_PASSED_BY_AGENTS = ("AG-2", "CB-6", "CQ-4", "CQ-6")
"""rules that let a callback through when agents or callers move"""


def explain(turn: Turn, command: CallbackExplain) -> Reply:
    """Everything that is asked before it is offered and dialed, whether or not it comes to that."""
    callback = known(turn, command.callback_id)
    campaign = turn.state.records.campaigns[callback.campaign_id]
    looked_at = (
        *explain_campaign.of_life(turn, campaign),
        *_of_callback(callback),
        *_of_contact(turn, campaign, callback),
        *explain_campaign.of_limits(turn, campaign),
        *_of_owner(turn, campaign, callback),
        *_of_queue(turn, campaign, callback),
    )
    return CallbackExplanation(
        callback=view(turn, callback),
        may_be_dialed=all(one.passed for one in looked_at),
        looked_at=looked_at,
        earliest_at=_earliest(turn, looked_at),
    )


def _earliest(turn: Turn, looked_at: tuple[Looked, ...]) -> int | None:
    standing = [one for one in looked_at if not one.passed and one.rule not in _PASSED_BY_AGENTS]
    if any(one.until is None for one in standing):
        return None
    return max((one.until or 0 for one in standing), default=turn.now)


def _of_callback(callback: Callback) -> Iterator[Looked]:
    state = callback.state
    may = state in (CallbackState.DUE, CallbackState.OFFERED)
    yield Looked(
        "CB-8",
        may and not callback.held,
        "the callback is due",
        {
            "state": state.value,
            "window_start_at": callback.window_start_at,
            "window_end_at": callback.window_end_at,
            "tried": len(callback.tried),
        },
        reason="" if may else callback.end_reason or state.value,
        until=callback.due_at,
        change="" if may else _change(callback),
    )


def _change(callback: Callback) -> str:
    if callback.ended_at is not None:
        return "it is over: schedule another"
    if callback.state is CallbackState.DIALED:
        return "its call must end and be wrapped up"
    return "wait until it is due, or move it"


def _of_contact(turn: Turn, campaign: Campaign, callback: Callback) -> Iterator[Looked]:
    contact = turn.state.contact(callback.campaign_id, callback.contact_key)
    if contact is None:
        return
    number_index = contact.next_number
    yield from explain_contact.of_number(turn, contact, number_index)
    yield from explain_contact.of_windows(turn, campaign, contact, number_index)
    for one in explain_contact.of_compliance(turn, campaign, contact, number_index):
        if one.rule != "CO-7":  # an agent is reserved first
            yield one


def _of_owner(turn: Turn, campaign: Campaign, callback: Callback) -> Iterator[Looked]:
    if callback.owner_id is None:
        yield from explain_campaign.of_agents(turn, campaign)
        return
    owner = turn.state.records.agents.get(callback.owner_id)
    state = AgentState.LOGGED_OUT if owner is None else owner.state
    ready = state is AgentState.READY or callback.agent_id == callback.owner_id
    gives = campaign.settings.callbacks.owner_away is OwnerAway.GIVE_TO_TEAM
    yield Looked(
        "CB-6",
        ready,
        "its owner is ready",
        {
            "owner_id": callback.owner_id,
            "state": state.value,
            "owner_away": campaign.settings.callbacks.owner_away.value,
        },
        reason="" if ready else f"owner_{state.value}",
        until=None if ready else callback.give_at,
        change="" if ready else "the owner must become ready" + (" or be away" if gives else ""),
    )


def _of_queue(turn: Turn, campaign: Campaign, callback: Callback) -> Iterator[Looked]:
    queue = turn.state.records.queues.get(campaign.queue_id)
    if queue is None:
        return
    missed = queue.settings.missed_callers
    calling_back = turn.state.callbacks.calling_back.get(campaign.campaign_id, 0)
    calling_back -= callback.agent_id is not None
    logged_in = turn.state.workforce.logged_in(campaign)
    allowed = may_call_back(missed, logged_in)
    yield Looked(
        "CQ-4",
        calling_back < allowed,
        "fewer agents call back than may at the same time",
        {
            "calling_back": calling_back,
            "allowed": allowed,
            "agents_percent": missed.agents_percent,
            "logged_in": logged_in,
        },
        reason="" if calling_back < allowed else "enough_call_back",
        change="" if calling_back < allowed else "an agent must finish, or the share be raised",
    )
    if callback.kind is not CallbackKind.ABANDONED:
        return
    due = turn.state.callbacks.shared_due.get(campaign.campaign_id)
    room = due is None or offers.callers_leave_room(turn, campaign, due)
    yield Looked(
        "CQ-6",
        room,
        "callers who wait leave room for calling back",
        {
            "when": missed.when.value,
            "waiting_callers": queue.waiting_callers + (0 if due is None else due.courtesy),
            "ready": turn.state.workforce.counts(campaign)[0],
        },
        reason="" if room else missed.when.value,
        change="" if room else "callers must be served, or agents become ready",
    )
