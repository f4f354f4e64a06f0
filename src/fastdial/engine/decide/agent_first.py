"""The agent first: connected, then the customer is dialed while the agent listens (rule CA-2)."""

from fastdial.engine.contact_list import Contact, e164
from fastdial.engine.decide import limits
from fastdial.engine.decide.agents import let_go, set_agent
from fastdial.engine.decide.dialing import dial
from fastdial.engine.decide.endings import UNANSWERED, cancel, let_agent_go
from fastdial.engine.decide.gate import obstacle_to_chosen
from fastdial.engine.lines import is_prepared
from fastdial.engine.records import Agent, Call, Campaign
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import AgentReport
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    AgentConnected,
    AgentConnectRequested,
    AgentNextState,
    DialDelayed,
)
from fastdial.messages.replies import Ok
from fastdial.messages.words import AgentSaw, AgentState, CallState, DialingMode


def connect(
    turn: Turn, campaign: Campaign, contact: Contact, agent: Agent, competed: tuple[str, ...]
) -> None:
    """Reserve the agent and the contact, and ring the agent."""
    settings = campaign.settings
    call_id = turn.state.records.last_call + 1
    turn.emit(
        AgentConnectRequested(
            agent_id=agent.agent_id,
            call_id=call_id,
            campaign_id=campaign.campaign_id,
            contact_key=contact.contact_key,
            number=e164(contact.record.number(contact.next_number)),
            number_index=contact.next_number,
            ring_ms=settings.agent_ring_s * 1_000,
            caller_id=settings.caller_id,
            trunk=settings.trunk,
            competed=competed,
        )
    )
    set_agent(turn, agent, AgentState.RESERVED, "connecting", call_id=call_id)


def report(turn: Turn, command: AgentReport) -> Reply:
    """What became of the agent's leg; said twice, it counts once."""
    call = turn.state.records.calls.get(command.call_id)
    if call is None:
        refuse(ErrorCode.UNKNOWN_CALL, f"there is no live call {command.call_id}", "call_id")
    if call.agent_id != command.agent_id or not call.agent_first:
        refuse(
            ErrorCode.NOT_ASSIGNED,
            f"agent {command.agent_id!r} was not connected first for call {command.call_id}",
            "agent_id",
        )
    agent = turn.state.records.agents[command.agent_id]
    if not is_prepared(call):
        if command.saw is AgentSaw.HUNG_UP and call.state in UNANSWERED:
            _leave(turn, call, agent)
    elif command.saw is not AgentSaw.CONNECTED:
        let_agent_go(turn, call, _NOT_READY[command.saw], not_ready=True)
    elif call.state is CallState.CONNECTING:
        turn.emit(
            AgentConnected(
                agent_id=agent.agent_id, call_id=call.call_id, campaign_id=call.campaign_id
            )
        )
        go_on(turn, call)
    return Ok()


def time_is_up(turn: Turn, call: Call) -> None:
    """The agent did not answer in time (rule AG-3), or the wait for a limit is over."""
    if call.state is CallState.CONNECTING:
        let_agent_go(turn, call, "rona", not_ready=True)
    else:
        go_on(turn, call)


def go_on(turn: Turn, call: Call) -> None:
    """The agent is there: dial the customer, if that may still be done."""
    campaign = turn.state.records.campaigns[call.campaign_id]
    contact = turn.state.contact_at(call.row)
    agent = turn.state.records.agents[call.agent_id or ""]
    in_the_way = _in_the_way(turn, call, campaign, contact, agent)
    if in_the_way is not None:
        let_agent_go(turn, call, in_the_way)
        return
    limit = limits.reached(turn, campaign, own=1)
    if limit is None:
        dial(turn, campaign, contact, agent, contact.next_number, prepared=call)
    elif limit.until is None:
        let_agent_go(turn, call, "limit_reached")
    else:
        turn.emit(
            DialDelayed(
                call_id=call.call_id,
                campaign_id=call.campaign_id,
                agent_id=agent.agent_id,
                until=limit.until,
                values=limit.values,
            )
        )


def _in_the_way(
    turn: Turn, call: Call, campaign: Campaign, contact: Contact, agent: Agent
) -> str | None:
    """Why the customer is not dialed any more, though the agent is there."""
    settings = campaign.settings
    if agent.state is not AgentState.RESERVED:
        return "agent_logging_out"
    if not campaign.launches:
        return f"campaign_{campaign.state.value}"
    if contact.removed:
        return "contact_removed"
    if settings.mode is not DialingMode.PROGRESSIVE or not settings.agent_first:
        return "mode_changed"
    if (settings.caller_id, settings.trunk) != (call.caller_id, call.trunk):
        return "line_changed"
    found = obstacle_to_chosen(turn, campaign, contact, contact.next_number)
    return None if found is None else found.reason


def _leave(turn: Turn, call: Call, agent: Agent) -> None:
    """The agent hung up while the customer was rung."""
    if agent.next_state is AgentState.READY and agent.state is AgentState.RESERVED:
        turn.emit(
            AgentNextState(agent_id=agent.agent_id, state=AgentState.NOT_READY, reason="hung_up")
        )
    # before the call, which may have to ring on for a while (rule CO-6): then it is anybody's
    let_go(turn, agent, "hung_up")
    cancel(turn, call, "agent_hung_up")


_NOT_READY = {
    AgentSaw.NO_ANSWER: "rona",
    AgentSaw.FAILED: "connect_failed",
    AgentSaw.HUNG_UP: "hung_up",
}
