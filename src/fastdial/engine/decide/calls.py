"""Calls: what follows from each thing that the telephone network saw, and from hanging up."""

from collections.abc import Callable

from fastdial.engine.decide.agents import let_go, set_agent, wish_log_out
from fastdial.engine.records import Agent, Call
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import CallHangUp, CallReport, CallWrapUp
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    BridgeRequested,
    CallAnswered,
    CallBridged,
    CallEnded,
    CallRinging,
    CallWrappedUp,
    ContactFate,
    HangUpRequested,
)
from fastdial.messages.replies import Ok
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import (
    AgentState,
    Answerer,
    AttemptOutcome,
    CallState,
    Party,
    Saw,
)
from fastdial.rules.retries import fate_after_code, fate_after_outcome

_S = CallState
UNANSWERED = (_S.DIALING, _S.RINGING)


# --- what the network saw


def report(turn: Turn, command: CallReport) -> Reply:
    """Believed when it can follow what is known of the call; said twice, it counts once."""
    call = turn.state.records.calls.get(command.call_id)
    if call is None:
        refuse(ErrorCode.UNKNOWN_CALL, f"there is no live call {command.call_id}", "call_id")
    if call.state is not _S.WRAP_UP:
        _SAW[command.saw](turn, call, command)
    return Ok()


def _ringing(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state is _S.DIALING:
        turn.emit(
            CallRinging(call_id=call.call_id, campaign_id=call.campaign_id, agent_id=call.agent_id)
        )


def _answered(turn: Turn, call: Call, command: CallReport) -> None:
    if call.answered_at is not None:
        return
    if call.state is _S.ENDING:
        # answered in the instant in which we hung up: a person who meets silence
        _emit_answered(turn, call, command.answerer)
    elif command.answerer is not Answerer.PERSON:
        _machine(turn, call, command.answerer)
    elif (agent := _agent_for(turn, call)) is not None:
        _emit_answered(turn, call)
        bridge(turn, call, agent)
    else:
        abandon_ms = _settings(turn, call).abandon_after_ms
        _emit_answered(turn, call, abandon_at=turn.now + abandon_ms)


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
    _hang_up(turn, call, outcome, Party.DIALER, answerer.value)


def _bridged(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state is _S.BRIDGING and call.agent_id is not None:
        turn.emit(
            CallBridged(call_id=call.call_id, campaign_id=call.campaign_id, agent_id=call.agent_id)
        )
        agent = turn.state.records.agents[call.agent_id]
        set_agent(turn, agent, AgentState.TALKING, "bridged", call_id=call.call_id)
    elif call.state not in (_S.TALKING, _S.ENDING):
        _impossible(call, command)


def _not_reached(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state is _S.ENDING:
        end(turn, call)
    elif call.state in UNANSWERED:
        end(turn, call, AttemptOutcome(command.saw.value))
    else:
        _impossible(call, command)


def _failed(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state in UNANSWERED:
        end(turn, call, AttemptOutcome.FAILED)
    else:
        _over(turn, call, Party.NETWORK)


def _hung_up(turn: Turn, call: Call, command: CallReport) -> None:
    if call.state in UNANSWERED:
        end(turn, call, AttemptOutcome.FAILED, command.party)
    else:
        _over(turn, call, command.party)


def _over(turn: Turn, call: Call, party: Party) -> None:
    """The line is gone after the answer. Who had no agent yet was abandoned."""
    if call.state is _S.ENDING:
        end(turn, call)
    elif call.state is _S.TALKING:
        end(turn, call, AttemptOutcome.ANSWERED, party)
    else:
        end(turn, call, AttemptOutcome.ABANDONED, party)


def _impossible(call: Call, command: CallReport) -> None:
    refuse(
        ErrorCode.CALL_STATE,
        f"call {call.call_id} is {call.state.value}: {command.saw.value} cannot follow",
        "saw",
    )


_SAW: dict[Saw, Callable[[Turn, Call, CallReport], None]] = {
    Saw.RINGING: _ringing,
    Saw.ANSWERED: _answered,
    Saw.BRIDGED: _bridged,
    Saw.BUSY: _not_reached,
    Saw.NO_ANSWER: _not_reached,
    Saw.INVALID_NUMBER: _not_reached,
    Saw.CONGESTION: _not_reached,
    Saw.FAILED: _failed,
    Saw.HUNG_UP: _hung_up,
}


# --- bringing customer and agent together


def bridge(turn: Turn, call: Call, agent: Agent) -> None:
    """Ask the telephony side to join them; the agent is spoken for from here on."""
    answered_at = turn.now if call.answered_at is None else call.answered_at
    turn.emit(
        BridgeRequested(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            agent_id=agent.agent_id,
            waited_ms=turn.now - answered_at,
            zip_tone=True,
        )
    )
    if agent.state in (AgentState.READY, AgentState.LOGGING_OUT):
        leaving = agent.state is AgentState.LOGGING_OUT
        set_agent(turn, agent, AgentState.RESERVED, "call_answered", call_id=call.call_id)
        if leaving:
            wish_log_out(turn, agent)


def _agent_for(turn: Turn, call: Call) -> Agent | None:
    if call.agent_id is None:
        campaign = turn.state.records.campaigns[call.campaign_id]
        return turn.state.workforce.longest_ready(campaign)
    agent = turn.state.records.agents[call.agent_id]
    return agent if agent.call_id == call.call_id else None


# --- hanging up


def hang_up(turn: Turn, command: CallHangUp) -> Reply:
    """End a call, or cancel it before it is answered."""
    call = turn.state.records.calls.get(command.call_id)
    if call is None or call.state is _S.WRAP_UP:
        refuse(ErrorCode.UNKNOWN_CALL, f"there is no live call {command.call_id}", "call_id")
    if call.state in UNANSWERED:
        cancel(turn, call, "asked")
    elif call.state is _S.TALKING:
        _hang_up(turn, call, AttemptOutcome.ANSWERED, Party.AGENT, "asked")
    elif call.state is not _S.ENDING:
        _hang_up(turn, call, AttemptOutcome.ABANDONED, Party.AGENT, "asked")
    return Ok()


def cancel(turn: Turn, call: Call, reason: str) -> None:
    """Give up a call that nobody has answered."""
    _hang_up(turn, call, AttemptOutcome.CANCELLED, Party.DIALER, reason)


def abandon(turn: Turn, call: Call, reason: str) -> None:
    """A person answered and no agent was there in time."""
    message = _settings(turn, call).abandon_message
    _hang_up(turn, call, AttemptOutcome.ABANDONED, Party.DIALER, reason, message=message)


def lose(turn: Turn, call: Call) -> None:
    """The telephony side has not spoken for too long."""
    if call.state is _S.ENDING:
        end(turn, call)
    elif call.state in UNANSWERED:
        _hang_up(turn, call, AttemptOutcome.FAILED, Party.NETWORK, "network_silent")
    else:
        abandon(turn, call, "network_silent")


def _hang_up(
    turn: Turn, call: Call, outcome: AttemptOutcome, party: Party, reason: str, *, message: str = ""
) -> None:
    talked = call.bridged_at is not None
    turn.emit(
        HangUpRequested(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            outcome=outcome,
            party=party,
            reason=reason,
            agent_id=call.agent_id,
            message=message,
        )
    )
    if not talked:
        _free_agent_of(turn, call, outcome.value)


# --- the end of an attempt


def end(
    turn: Turn,
    call: Call,
    outcome: AttemptOutcome | None = None,
    party: Party = Party.NETWORK,
) -> None:
    """The attempt is over, with its one outcome: the one settled before, or else ``outcome``."""
    if call.outcome is not None:
        outcome, party = call.outcome, call.party
        if _met_silence(call):
            outcome = AttemptOutcome.ABANDONED
    if outcome is None:
        raise RuntimeError(f"call {call.call_id} cannot end without an outcome")
    talked = call.bridged_at is not None
    turn.emit(
        CallEnded(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            contact_key=call.contact_key,
            number=call.number,
            outcome=outcome,
            party=party,
            attempt=call.attempt,
            agent_id=call.agent_id,
            ring_ms=(call.answered_at or turn.now) - call.dialed_at,
            waited_ms=_waited_ms(turn, call),
            talk_ms=0 if call.bridged_at is None else turn.now - call.bridged_at,
            fate=None if talked else _fate(turn, call, outcome),
        )
    )
    if talked:
        _start_wrap_up(turn, call)
    else:
        _free_agent_of(turn, call, outcome.value)


def _met_silence(call: Call) -> bool:
    return (
        call.answerer is Answerer.PERSON
        and call.bridged_at is None
        and call.outcome in (AttemptOutcome.CANCELLED, AttemptOutcome.FAILED)
    )


def _waited_ms(turn: Turn, call: Call) -> int:
    if call.answered_at is None or call.answerer is not Answerer.PERSON:
        return 0
    until = turn.now if call.bridge_asked_at is None else call.bridge_asked_at
    return until - call.answered_at


def _fate(turn: Turn, call: Call, outcome: AttemptOutcome) -> ContactFate:
    contact = turn.state.records.contacts[call.row]
    dead = list(contact.dead)
    number_index = contact.next_number
    if outcome is AttemptOutcome.INVALID_NUMBER and call.number in contact.numbers:
        dead[contact.numbers.index(call.number)] = True
    return fate_after_outcome(
        _settings(turn, call).retries,
        outcome,
        at=turn.now,
        attempts=contact.attempts,
        tries={**contact.tries, outcome.value: contact.tries.get(outcome.value, 0) + 1},
        number_index=number_index,
        dead=dead,
    )


def _free_agent_of(turn: Turn, call: Call, reason: str) -> None:
    """The agent who was reserved for a call that came to nothing."""
    if call.agent_id is None:
        return
    agent = turn.state.records.agents[call.agent_id]
    if agent.call_id == call.call_id:
        let_go(turn, agent, reason)


# --- wrap-up


def _start_wrap_up(turn: Turn, call: Call) -> None:
    agent = turn.state.records.agents[call.agent_id or ""]
    limit_ms = _settings(turn, call).wrap_up_s * 1_000
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
    if call.state is not _S.WRAP_UP:
        refuse(
            ErrorCode.CALL_STATE,
            f"call {command.call_id} is {call.state.value}, not in wrap-up",
            "call_id",
        )
    if _settings(turn, call).code(command.code) is None:
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
    settings = _settings(turn, call)
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


def _settings(turn: Turn, call: Call) -> CampaignSettings:
    return turn.state.records.campaigns[call.campaign_id].settings
