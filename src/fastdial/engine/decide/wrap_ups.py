"""Wrap-up: the agent says what the call was about, and the contact goes on (rule AG-6)."""

from fastdial.engine.decide.agents import let_go, set_agent
from fastdial.engine.records import Call
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import CallWrapUp
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import CallWrappedUp
from fastdial.messages.replies import Ok
from fastdial.messages.words import AgentState, CallState
from fastdial.rules.retries import fate_after_code


def start_wrap_up(turn: Turn, call: Call) -> None:
    """The conversation is over: the agent has the campaign's time to say what it was about."""
    agent = turn.state.records.agents[call.agent_id or ""]
    limit_ms = turn.settings_of(call).wrap_up_s * 1_000
    until = turn.now + limit_ms if limit_ms else None
    set_agent(turn, agent, AgentState.WRAP_UP, "call_ended", call_id=call.call_id, until=until)


def wrap_up(turn: Turn, command: CallWrapUp) -> Reply:
    """What the call was about; ends the wrap-up (rule AG-6)."""
    agent = turn.agent(command.agent_id)
    call = turn.state.records.calls.get(command.call_id)
    if call is None:
        refuse(ErrorCode.UNKNOWN_CALL, f"there is no live call {command.call_id}", "call_id")
    if agent.call_id != command.call_id:
        refuse(
            ErrorCode.NOT_ASSIGNED,
            f"call {command.call_id} is not agent {command.agent_id!r}'s to wrap up",
            "agent_id",
        )
    if call.state is not CallState.WRAP_UP:
        refuse(
            ErrorCode.CALL_STATE,
            f"call {command.call_id} is {call.state.value}, not in wrap-up",
            "call_id",
        )
    if turn.settings_of(call).code(command.code) is None:
        refuse(
            ErrorCode.UNKNOWN_WRAP_UP_CODE,
            f"campaign {call.campaign_id!r} has no wrap-up code {command.code!r}",
            "code",
        )
    finish_wrap_up(turn, call, command.code)
    let_go(turn, agent, "wrapped_up")
    return Ok()


def finish_wrap_up(turn: Turn, call: Call, code: str | None) -> None:
    """Record the code, or that the limit passed without one, and let the contact go on."""
    settings = turn.settings_of(call)
    contact = turn.state.records.contacts[call.row]
    fate = fate_after_code(
        settings.retries,
        None if code is None else settings.code(code),
        at=turn.now,
        attempts=contact.attempts,
        number_index=contact.next_number,
    )
    turn.emit(
        CallWrappedUp(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            contact_key=call.contact_key,
            agent_id=call.agent_id or "",
            fate=fate,
            code=code,
        )
    )
