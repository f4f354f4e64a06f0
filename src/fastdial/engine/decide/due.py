"""What a timer that has passed leads to. Each decision moves or cancels that timer."""

from collections.abc import Callable

from fastdial.engine.decide import (
    agent_first,
    agentless,
    callback_endings,
    campaigns,
    endings,
    limits,
    previews,
    slots,
    wrap_ups,
)
from fastdial.engine.decide.agents import let_go, set_agent
from fastdial.engine.decide.dialing import dial
from fastdial.engine.decide.gate import obstacle_to_previewed
from fastdial.engine.decide.notices import logged_in_ids
from fastdial.engine.lines import is_prepared
from fastdial.engine.records import KIND_BITS, Agent, Call, Campaign, TimerKind
from fastdial.engine.state import CLASS_BITS
from fastdial.engine.turn import Turn
from fastdial.messages.events import CampaignFirstDay, ContactsDue, WindowChanged
from fastdial.messages.words import (
    AfterWrapUp,
    AgentState,
    CallState,
    CampaignState,
    PreviewLapse,
)

_KIND = (1 << KIND_BITS) - 1
_CLASS = (1 << CLASS_BITS) - 1


class StuckTimer(RuntimeError):
    """A due timer was still there after its decision: a bug that would never end."""


def everything_due(turn: Turn) -> None:
    """Decide all that is due by now, in exact order: time, then sequence."""
    timers = turn.state.timers
    while timers.is_due(turn.now) and (first := timers.peek()) is not None:
        timer, _ = first
        _DUE[timer & _KIND](turn, timer >> KIND_BITS)
        if timers.peek() == first:
            raise StuckTimer(f"timer {timer} is still due at {turn.now}")


def _contact(turn: Turn, row: int) -> None:
    contact = turn.state.contact_at(row)
    turn.emit(ContactsDue(campaign_id=contact.campaign_id, contact_keys=[contact.contact_key]))


def _call(turn: Turn, call_id: int) -> None:
    call: Call = turn.state.records.calls[call_id]
    if call.state is CallState.ANSWERED:
        endings.abandon(turn, call, "no_agent_in_time")
    elif call.state in endings.UNANSWERED and call.give_up_at is not None:
        endings.give_up(turn, call, call.give_up_reason)
    elif is_prepared(call):
        agent_first.time_is_up(turn, call)
    elif call.state is CallState.PLAYING:
        agentless.time_is_up(turn, call)
    else:
        endings.lose(turn, call)


def _agent(turn: Turn, number: int) -> None:
    agent = turn.state.agents_by_number[number]
    match agent.state:
        case AgentState.WRAP_UP:
            _wrap_up_limit(turn, agent)
        case AgentState.PREVIEWING:
            _preview_limit(turn, agent)
        case AgentState.LOGGING_OUT:
            call: Call | None = turn.state.records.calls.get(agent.call_id or 0)
            set_agent(turn, agent, AgentState.LOGGED_OUT, "log_out_granted")
            if call is not None and is_prepared(call):
                endings.let_agent_go(turn, call, "agent_logged_out")
            elif call is not None and call.state in endings.UNANSWERED:
                endings.cancel(turn, call, "agent_logged_out")
        case _:
            raise StuckTimer(f"agent {agent.agent_id!r} has a timer while {agent.state}")


def _wrap_up_limit(turn: Turn, agent: Agent) -> None:
    call: Call = turn.state.records.calls[agent.call_id or 0]
    wrap_ups.finish_wrap_up(turn, call, None)
    after = turn.state.records.campaigns[call.campaign_id].settings.after_wrap_up
    if after is AfterWrapUp.NOT_READY and agent.next_state is AgentState.READY:
        set_agent(turn, agent, AgentState.NOT_READY, "wrap_up_limit")
    else:
        let_go(turn, agent, "wrap_up_limit")


def _preview_limit(turn: Turn, agent: Agent) -> None:
    contact = turn.state.contact_at(agent.preview_row or 0)
    campaign: Campaign = turn.state.records.campaigns[contact.campaign_id]
    may_dial = (
        campaign.launches
        and not contact.removed
        and obstacle_to_previewed(turn, campaign, contact, contact.next_number) is None
    )
    callback = turn.state.callbacks.by_row.get(contact.row)
    if callback is not None and turn.now >= callback.window_end_at:
        callback_endings.put_back(turn, callback, agent, "window_over", due_at=turn.now)
    elif callback is not None and campaign.settings.preview_lapse is not PreviewLapse.DIAL:
        callback_endings.put_back(
            turn, callback, agent, callback_endings.LAPSED, due_at=turn.now, is_there=False
        )
    elif campaign.settings.preview_lapse is not PreviewLapse.DIAL or not may_dial:
        previews.put_back(turn, agent, contact, "preview_lapsed")
    elif limits.reached(turn, campaign) is not None:
        # not the contact's fault: it keeps its place
        previews.put_back(turn, agent, contact, "limit_reached", due_at=turn.now)
    else:
        dial(turn, campaign, contact, agent, contact.next_number)


def _campaign(turn: Turn, number: int) -> None:
    campaign = turn.state.campaigns_by_number[number]
    if campaign.first_day_at is not None:
        turn.emit(
            CampaignFirstDay(
                campaign_id=campaign.campaign_id, agent_ids=logged_in_ids(turn.state, campaign)
            )
        )
    else:
        campaigns.change(turn, campaign, CampaignState.EXPIRED, "last_day_passed")


def _window(turn: Turn, number: int) -> None:
    campaign = turn.state.campaigns_by_number[number >> CLASS_BITS]
    contacts = turn.state.lists[campaign.campaign_id]
    key = contacts.window_classes[number & _CLASS].key
    windows = turn.state.windows[campaign.campaign_id]
    window = windows.state(key, turn.now)
    changes = window.look_again_at > turn.now and not windows.is_open_for_good(key)
    turn.emit(
        WindowChanged(
            campaign_id=campaign.campaign_id,
            zones=key.zones,
            regions=key.regions,
            from_minute=key.from_minute,
            until_minute=key.until_minute,
            open=window.open,
            until=window.until,
            look_again_at=window.look_again_at if changes else None,
            reason=window.reason,
            values=dict(window.values),
        )
    )


def _queue(turn: Turn, _: int) -> None:
    while (queue_id := turn.state.slots.to_plan(turn.now)) is not None:
        slots.plan(turn, queue_id)


_DUE: dict[int, Callable[[Turn, int], None]] = {
    TimerKind.CONTACT: _contact,
    TimerKind.CALL: _call,
    TimerKind.AGENT: _agent,
    TimerKind.CAMPAIGN: _campaign,
    TimerKind.WINDOW: _window,
    TimerKind.QUEUE: _queue,
    TimerKind.CALLBACK: callback_endings.due,
}
