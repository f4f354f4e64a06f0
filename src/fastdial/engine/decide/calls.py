"""Calls: what follows from each thing that the telephone network saw."""

from collections.abc import Callable
from typing import NoReturn

from fastdial.engine.decide import agentless
from fastdial.engine.decide.agents import set_agent, wish_log_out
from fastdial.engine.decide.endings import UNANSWERED, ask_to_hang_up, cancel, end
from fastdial.engine.lines import is_prepared
from fastdial.engine.records import Agent, Call, Campaign
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import CallReport
from fastdial.messages.compliance import AbandonmentDefinition, WaitStart
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import BridgeRequested, CallAnswered, CallBridged, CallRinging
from fastdial.messages.replies import Ok
from fastdial.messages.words import (
    AgentState,
    Answerer,
    AttemptOutcome,
    CallState,
    DialingMode,
    Party,
    Saw,
)
from fastdial.rules.compliance.presets import definition_of

_S = CallState
_LOGGING_OUT = AgentState.LOGGING_OUT
_READY = AgentState.READY
_RESERVED = AgentState.RESERVED
_AGENT_TALKING = AgentState.TALKING
_PERSON = Answerer.PERSON
_ABANDONED = AttemptOutcome.ABANDONED
_ANSWERED = AttemptOutcome.ANSWERED
_FAILED = AttemptOutcome.FAILED
_AGENTLESS = DialingMode.AGENTLESS
_PREVIEW = DialingMode.PREVIEW
_PUSH_PREVIEW = DialingMode.PUSH_PREVIEW
_BY_DIALER = Party.DIALER
_BY_NETWORK = Party.NETWORK
_CONNECTED = WaitStart.CONNECTED
_GREETING_END = WaitStart.GREETING_END
_BRIDGING = _S.BRIDGING
_DIALING = _S.DIALING
_ENDING = _S.ENDING
_PLAYING = _S.PLAYING
_TALKING = _S.TALKING
_WRAP_UP = _S.WRAP_UP


def report(turn: Turn, command: CallReport) -> Reply:
    """Believed when it can follow what is known of the call; said twice, it counts once."""
    call: Call | None = turn.state.records.calls.get(command.call_id)
    if call is None:
        refuse(ErrorCode.UNKNOWN_CALL, f"there is no live call {command.call_id}", "call_id")
    if is_prepared(call):
        _impossible(call, command)  # nobody has dialed the customer
    if call.state is not _WRAP_UP:
        _SAW[command.saw](turn, call, command)
    return Ok()


def _ringing(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state is _DIALING:
        turn.emit(
            CallRinging(call_id=call.call_id, campaign_id=call.campaign_id, agent_id=call.agent_id)
        )
        if call.give_up_at is not None:
            cancel(turn, call, call.give_up_reason)


def _answered(turn: Turn, call: Call, command: CallReport) -> None:
    if call.answered_at is not None:
        return
    if call.state is _ENDING:
        # answered in the instant in which we hung up: a person who meets silence
        _emit_answered(turn, call, command.answerer)
    elif command.answerer is not _PERSON:
        _machine(turn, call, command.answerer)
    elif call.mode is _AGENTLESS:
        _emit_answered(turn, call)
        agentless.play(turn, call)
    elif (agent := _agent_for(turn, call)) is not None:
        _emit_answered(turn, call)
        bridge(turn, call, agent, late=turn.now > _limit_at(turn, call, command))
    else:
        abandon_at = max(turn.now, _limit_at(turn, call, command))
        _emit_answered(turn, call, abandon_at=abandon_at)


def _limit_at(turn: Turn, call: Call, command: CallReport) -> int:
    """Until when an agent must be there, by the campaign's definition of abandonment (CO-4).

    Where the report does not say when the wait began, the next earlier instant that it says is
    taken, and else its own.
    """
    definition: AbandonmentDefinition = definition_of(turn.settings_of(call).compliance)
    said = [command.connected_ms_ago]
    if definition.start is not _CONNECTED:
        said.append(command.greeting_start_ms_ago)
    if definition.start is _GREETING_END:
        said.append(command.greeting_end_ms_ago)
    ago = 0
    for ms in said:
        ago = ago if ms is None else ms
    return turn.now - ago + definition.limit_ms


def _emit_answered(
    turn: Turn,
    call: Call,
    answerer: Answerer = Answerer.PERSON,
    abandon_at: int | None = None,
) -> None:
    turn.emit(
        CallAnswered(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            agent_id=call.agent_id,
            answerer=answerer,
            abandon_at=abandon_at,
        )
    )


def _machine(turn: Turn, call: Call, answerer: Answerer) -> None:
    _emit_answered(turn, call, answerer)
    outcome = AttemptOutcome(answerer.value)
    ask_to_hang_up(turn, call, outcome, _BY_DIALER, answerer.value)


def _bridged(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state is _BRIDGING and call.agent_id is not None:
        turn.emit(
            CallBridged(call_id=call.call_id, campaign_id=call.campaign_id, agent_id=call.agent_id)
        )
        agent: Agent = turn.state.records.agents[call.agent_id]
        set_agent(turn, agent, _AGENT_TALKING, "bridged", call_id=call.call_id)
    elif call.state not in (_TALKING, _ENDING):
        _impossible(call, command)


def _not_reached(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state is _ENDING or call.state in UNANSWERED:
        end(turn, call, AttemptOutcome(command.saw.value))
    else:
        _impossible(call, command)


def _failed(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state in UNANSWERED:
        end(turn, call, _FAILED)
    else:
        _over(turn, call, _BY_NETWORK)


def _hung_up(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state in UNANSWERED:
        end(turn, call, _FAILED, command.party)
    else:
        _over(turn, call, command.party)


def _over(turn: Turn, call: Call, party: Party) -> None:
    """The line is gone after the answer. Who had no agent yet was abandoned."""
    if call.state is _ENDING:
        end(turn, call)
    elif call.state in (_TALKING, _PLAYING):
        end(turn, call, _ANSWERED, party)
    else:
        end(turn, call, _ABANDONED, party)


def _impossible(call: Call, command: CallReport) -> NoReturn:
    refuse(
        ErrorCode.CALL_STATE,
        f"call {call.call_id} is {call.state.value}: {command.saw.value} cannot follow",
        "saw",
    )


_SAW: dict[Saw, Callable[[Turn, Call, CallReport], None]] = {
    Saw.RINGING: _ringing,
    Saw.ANSWERED: _answered,
    Saw.BRIDGED: _bridged,
    Saw.PLAYED: agentless.played,
    Saw.KEY: agentless.key,
    Saw.BUSY: _not_reached,
    Saw.NO_ANSWER: _not_reached,
    Saw.INVALID_NUMBER: _not_reached,
    Saw.CONGESTION: _not_reached,
    Saw.FAILED: _failed,
    Saw.HUNG_UP: _hung_up,
}


# --- bringing customer and agent together


def bridge(turn: Turn, call: Call, agent: Agent, *, late: bool = False) -> None:
    """Ask the telephony side to join them; the agent is spoken for from here on."""
    answered_at = turn.now if call.answered_at is None else call.answered_at
    turn.emit(
        BridgeRequested(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            agent_id=agent.agent_id,
            waited_ms=turn.now - answered_at,
            record=turn.settings_of(call).record,
            zip_tone=not call.agent_first and call.mode not in (_PREVIEW, _PUSH_PREVIEW),
            late=late,
        )
    )
    if agent.state in (_READY, _LOGGING_OUT):
        leaving = agent.state is _LOGGING_OUT
        set_agent(turn, agent, _RESERVED, "call_answered", call_id=call.call_id)
        if leaving:
            wish_log_out(turn, agent)


def _agent_for(turn: Turn, call: Call) -> Agent | None:
    if call.agent_id is None:
        campaign: Campaign = turn.state.records.campaigns[call.campaign_id]
        workforce = turn.state.workforce
        ready = workforce.longest_ready(campaign)
        return workforce.longest_leaving(campaign) if ready is None else ready
    agent: Agent = turn.state.records.agents[call.agent_id]
    return agent if agent.call_id == call.call_id else None
