"""How an attempt ends: asked for by us or reported, with its one outcome and the contact's fate."""

from fastdial.engine.contact_list import e164
from fastdial.engine.decide import callback_endings, reschedules
from fastdial.engine.decide.agents import let_go, set_agent
from fastdial.engine.decide.wrap_ups import exclude_by, start_wrap_up
from fastdial.engine.lines import is_prepared
from fastdial.engine.records import Agent, Call, Callback
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import CallHangUp
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    AgentConnectEnded,
    CallEnded,
    CallGiveUpPlanned,
    HangUpRequested,
)
from fastdial.messages.fates import ContactFate
from fastdial.messages.replies import Ok
from fastdial.messages.settings import WrapUpCode
from fastdial.messages.words import (
    AgentState,
    Answerer,
    AttemptOutcome,
    CallState,
    CodeMeaning,
    DialingMode,
    Party,
)
from fastdial.rules.codes import code_of
from fastdial.rules.compliance.presets import definition_of
from fastdial.rules.retries import fate_after_code, fate_after_outcome

_NOT_READY = AgentState.NOT_READY
_READY = AgentState.READY
_RESERVED = AgentState.RESERVED
_PERSON = Answerer.PERSON
_ABANDONED = AttemptOutcome.ABANDONED
_ANSWERED = AttemptOutcome.ANSWERED
_CANCELLED = AttemptOutcome.CANCELLED
_FAILED = AttemptOutcome.FAILED
_INVALID_NUMBER = AttemptOutcome.INVALID_NUMBER
_NO_ANSWER = AttemptOutcome.NO_ANSWER
_ENDING = CallState.ENDING
_PLAYING = CallState.PLAYING
_TALKING = CallState.TALKING
_WRAP_UP = CallState.WRAP_UP
_DO_NOT_CALL = CodeMeaning.DO_NOT_CALL
_AGENTLESS = DialingMode.AGENTLESS
_BY_AGENT = Party.AGENT
_BY_DIALER = Party.DIALER
_BY_NETWORK = Party.NETWORK

UNANSWERED = (CallState.DIALING, CallState.RINGING)
ASKED = "asked"
"""why a call ends that somebody asked to end"""


def hang_up(turn: Turn, command: CallHangUp) -> Reply:
    """End a call, or cancel it before it is answered."""
    call: Call | None = turn.state.records.calls.get(command.call_id)
    if call is None or call.state is _WRAP_UP:
        refuse(ErrorCode.UNKNOWN_CALL, f"there is no live call {command.call_id}", "call_id")
    if is_prepared(call):
        let_agent_go(turn, call, "asked")
    elif call.state in UNANSWERED:
        cancel(turn, call, ASKED)
    elif call.state in (_TALKING, _PLAYING):
        ask_to_hang_up(turn, call, _ANSWERED, _BY_AGENT, "asked")
    elif call.state is not _ENDING:
        message = turn.settings_of(call).compliance.abandon_message
        ask_to_hang_up(turn, call, _ABANDONED, _BY_AGENT, "asked", message=message)
    return Ok()


def let_agent_go(turn: Turn, call: Call, reason: str, *, not_ready: bool = False) -> None:
    """Nothing comes of it: the contact keeps its place, the agent goes back to work or rests."""
    turn.emit(
        AgentConnectEnded(
            agent_id=call.agent_id or "",
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            contact_key=call.contact_key,
            reason=reason,
            due_at=turn.now,
        )
    )
    agent: Agent = turn.state.records.agents[call.agent_id or ""]
    if agent.call_id != call.call_id:
        return
    if not_ready and agent.next_state is _READY and agent.state is _RESERVED:
        set_agent(turn, agent, _NOT_READY, reason)
    else:
        let_go(turn, agent, reason)


def cancel(turn: Turn, call: Call, reason: str) -> None:
    """Give up a call that nobody has answered, as soon as it has rung long enough (rule CO-6)."""
    rings_ms = definition_of(turn.settings_of(call).compliance).min_ring_s * 1_000
    since = call.dialed_at if call.ringing_at is None else call.ringing_at
    if turn.now < since + rings_ms:
        _plan_to_give_up(turn, call, since + rings_ms, reason)
    else:
        give_up(turn, call, reason)


def give_up(turn: Turn, call: Call, reason: str) -> None:
    """It has rung long enough. An agent who cancels a callback wraps it up (rule CB-10)."""
    by_agent = reason == ASKED and _calls_back(turn, call)
    ask_to_hang_up(turn, call, _CANCELLED, _BY_AGENT if by_agent else _BY_DIALER, reason)


def give_up_early(turn: Turn, call: Call) -> None:
    """A line that rang as long as it must, where too many people would be answering (CO-5).

    An attempt like any that nobody answered; who answers in that very instant meets silence.
    """
    ask_to_hang_up(turn, call, _NO_ANSWER, _BY_DIALER, "given_up_early")


def _calls_back(turn: Turn, call: Call) -> bool:
    """Whether its agent, who is still on it, calls a customer back."""
    agent = turn.state.records.agents.get(call.agent_id or "")
    return (
        agent is not None
        and agent.call_id == call.call_id
        and agent.state is _RESERVED
        and turn.state.callbacks.by_row.get(call.row) is not None
    )


def _plan_to_give_up(turn: Turn, call: Call, give_up_at: int, reason: str) -> None:
    if call.give_up_at == give_up_at:
        return
    agent = turn.state.records.agents.get(call.agent_id or "")
    stays = agent is not None and agent.call_id == call.call_id
    turn.emit(
        CallGiveUpPlanned(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            give_up_at=give_up_at,
            reason=reason,
            agent_id=call.agent_id if stays else None,
        )
    )


def abandon(turn: Turn, call: Call, reason: str) -> None:
    """A person answered and no agent was there in time."""
    message = turn.settings_of(call).compliance.abandon_message
    ask_to_hang_up(turn, call, _ABANDONED, _BY_DIALER, reason, message=message)


def lose(turn: Turn, call: Call) -> None:
    """The telephony side has not spoken for too long."""
    if call.state is _ENDING:
        end(turn, call)
    elif call.state in UNANSWERED:
        ask_to_hang_up(turn, call, _FAILED, _BY_NETWORK, "network_silent")
    else:
        abandon(turn, call, "network_silent")


def ask_to_hang_up(
    turn: Turn, call: Call, outcome: AttemptOutcome, party: Party, reason: str, *, message: str = ""
) -> None:
    """Ask the telephony side to end the call, whose outcome is settled by that."""
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
    if not talked and not _cancelled_by_agent(call):
        _free_agent_of(turn, call, outcome.value)


def _cancelled_by_agent(call: Call) -> bool:
    return call.outcome is _CANCELLED and call.party is _BY_AGENT


def end(
    turn: Turn,
    call: Call,
    outcome: AttemptOutcome | None = None,
    party: Party = Party.NETWORK,
) -> None:
    """The attempt is over, with its one outcome: the one settled before, or else ``outcome``.

    ``outcome`` is what the network reported, if it did.
    """
    if call.outcome is not None:
        outcome, party = _settled(call, call.outcome, outcome), call.party
    if outcome is None:
        raise RuntimeError(f"call {call.call_id} cannot end without an outcome")
    talked = call.bridged_at is not None
    cancelled = outcome is _CANCELLED and _cancelled_by_agent(call)
    wraps_up = talked or (cancelled and _calls_back(turn, call))
    code = _code(turn, call, outcome)
    callback = turn.state.callbacks.by_row.get(call.row)
    fate = None if wraps_up else _fate(turn, call, outcome, code, callback)
    turn.emit(
        CallEnded(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            contact_key=call.contact_key,
            number=e164(call.number),
            outcome=outcome,
            party=party,
            attempt=call.attempt,
            agent_id=call.agent_id,
            ring_ms=(call.answered_at or turn.now) - call.dialed_at,
            waited_ms=_waited_ms(turn, call),
            talk_ms=0 if call.bridged_at is None else turn.now - call.bridged_at,
            fate=fate,
            code=None if code is None else code.code,
        )
    )
    if callback is not None and fate is not None:
        reschedules.lapse(
            turn, call
        )  # planned by who cancelled it, and met by a customer after all
        callback_endings.over_unless_kept(turn, callback, fate)
    if wraps_up:
        start_wrap_up(turn, call)
    else:
        _free_agent_of(turn, call, outcome.value)


def _settled(
    call: Call, settled: AttemptOutcome, reported: AttemptOutcome | None
) -> AttemptOutcome:
    if _met_silence(call):
        return _ABANDONED
    if settled is _FAILED and reported is not None:
        return reported  # the network was only late, as after an outage of ours
    return settled


def _met_silence(call: Call) -> bool:
    return (
        call.answerer is _PERSON
        and call.bridged_at is None
        and call.outcome in (_CANCELLED, _FAILED, _NO_ANSWER)
    )


def _waited_ms(turn: Turn, call: Call) -> int:
    if call.answered_at is None or call.answerer is not _PERSON:
        return 0
    if call.mode is _AGENTLESS:
        return 0  # for nobody
    until = turn.now if call.bridge_asked_at is None else call.bridge_asked_at
    return until - call.answered_at


def _code(turn: Turn, call: Call, outcome: AttemptOutcome) -> WrapUpCode | None:
    """The code that keys stood for in a call without an agent; numbers are excluded by it."""
    if outcome is not _ANSWERED or call.mode is not _AGENTLESS:
        return None
    settings = turn.settings_of(call)
    code = code_of(settings, call.code or settings.agentless.no_key_code)
    if code is not None and code.meaning is _DO_NOT_CALL:
        exclude_by(turn, call, code)
    return code


def _fate(
    turn: Turn,
    call: Call,
    outcome: AttemptOutcome,
    code: WrapUpCode | None,
    callback: Callback | None,
) -> ContactFate:
    contact = turn.state.contact_at(call.row)
    if code is not None:
        return fate_after_code(
            turn.settings_of(call).retries,
            code,
            at=turn.now,
            attempts=contact.attempts,
            number_index=contact.next_number,
        )
    dead = contact.dead
    number_index = contact.next_number
    if outcome is _INVALID_NUMBER:
        place = contact.record.place_of(call.number)
        if place >= 0:
            dead[place] = True
    retries = turn.settings_of(call).retries
    tries = contact.tries(outcome) + 1
    if callback is not None:
        tries = callback_endings.tries(callback, retries, outcome) + 1
    fate = fate_after_outcome(
        retries,
        outcome,
        at=turn.now,
        attempts=contact.attempts,
        tries=tries,
        number_index=number_index,
        dead=dead,
    )
    return fate if callback is None else callback_endings.after_try(callback, contact, fate)


def _free_agent_of(turn: Turn, call: Call, reason: str) -> None:
    """The agent who was reserved for a call that came to nothing."""
    if call.agent_id is None:
        return
    agent: Agent = turn.state.records.agents[call.agent_id]
    if agent.call_id == call.call_id:
        let_go(turn, agent, reason)
