"""Wrap-up: the agent says what the call was about, and the contact goes on (rule AG-6)."""

from typing import NoReturn

from fastdial.engine.decide import callback_endings, reschedules
from fastdial.engine.decide.agents import let_go, set_agent
from fastdial.engine.decide.exclusion import exclude_contact
from fastdial.engine.records import Agent, Call, Callback
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import CallWrapUp, WrapUpCodesSearch
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import CallWrappedUp
from fastdial.messages.fates import ContactFate
from fastdial.messages.replies import Ok, WrapUpCodesReply
from fastdial.messages.settings import WrapUpCode
from fastdial.messages.words import (
    AgentState,
    AttemptOutcome,
    CallbackState,
    CallState,
    CodeMeaning,
    ContactState,
)
from fastdial.rules.codes import code_of
from fastdial.rules.retries import fate_after_code, fate_after_outcome
from fastdial.rules.search import folded

_AGENT_WRAP_UP = AgentState.WRAP_UP
_CALL_WRAP_UP = CallState.WRAP_UP
_CALLBACK = CodeMeaning.CALLBACK
_DO_NOT_CALL = CodeMeaning.DO_NOT_CALL
_RETRY = CodeMeaning.RETRY
_CANCELLED = AttemptOutcome.CANCELLED
_DONE = CallbackState.DONE
_MISSED = CallbackState.MISSED
_CONTACT_DONE = ContactState.DONE
_CONTACT_PROMISED = ContactState.PROMISED

SEARCHED_FROM = 3
"""characters from which on codes are searched"""


def start_wrap_up(turn: Turn, call: Call) -> None:
    """The conversation is over: the agent has the campaign's time to say what it was about."""
    agent: Agent = turn.state.records.agents[call.agent_id or ""]
    limit_ms = turn.settings_of(call).wrap_up_s * 1_000
    until = turn.now + limit_ms if limit_ms else None
    set_agent(turn, agent, _AGENT_WRAP_UP, "call_ended", call_id=call.call_id, until=until)


def wrap_up(turn: Turn, command: CallWrapUp) -> Reply:
    """What the call was about; ends the wrap-up (rule AG-6)."""
    agent = turn.agent(command.agent_id)
    call: Call | None = turn.state.records.calls.get(command.call_id)
    if call is None:
        refuse(ErrorCode.UNKNOWN_CALL, f"there is no live call {command.call_id}", "call_id")
    if agent.call_id != command.call_id:
        refuse(
            ErrorCode.NOT_ASSIGNED,
            f"call {command.call_id} is not agent {command.agent_id!r}'s to wrap up",
            "agent_id",
        )
    if call.state is not _CALL_WRAP_UP:
        refuse(
            ErrorCode.CALL_STATE,
            f"call {command.call_id} is {call.state.value}, not in wrap-up",
            "call_id",
        )
    code = code_of(turn.settings_of(call), command.code)
    if code is None:
        refuse(
            ErrorCode.UNKNOWN_WRAP_UP_CODE,
            f"campaign {call.campaign_id!r} has no wrap-up code {command.code!r}",
            "code",
        )
    _check_callback(turn, call, code, command.callback_at)
    finish_wrap_up(turn, call, code, command.callback_at)
    let_go(turn, agent, "wrapped_up")
    return Ok()


def search(turn: Turn, command: WrapUpCodesSearch) -> Reply:
    """Codes of the campaign by a part of their code or name."""
    campaign = turn.campaign(command.campaign_id)
    wanted = folded(command.text)
    if len(wanted) < SEARCHED_FROM:
        refuse(
            ErrorCode.INVALID_VALUE,
            f"a search takes {SEARCHED_FROM} characters or more; this one has {len(wanted)}",
            "text",
        )
    return WrapUpCodesReply(
        codes=tuple(
            code
            for code in campaign.settings.codes()
            if wanted in folded(code.code) or wanted in folded(code.name)
        )
    )


def _check_callback(turn: Turn, call: Call, code: WrapUpCode, callback_at: int | None) -> None:
    """Refuse an instant where none belongs, and a promise that could not be kept."""
    planned = call.call_id in turn.state.records.plans
    if planned and code.meaning is _DO_NOT_CALL:
        sentence = f"code {code.code!r} means never again; drop the reschedule of the call first"
        refuse(ErrorCode.INVALID_VALUE, sentence, "code")
    if planned:
        if callback_at is not None:
            _refuse_callback("the call is rescheduled already; leave out callback_at")
        return
    if code.meaning is not _CALLBACK:
        if callback_at is not None:
            _refuse_callback(f"code {code.code!r} does not mean a callback; leave out callback_at")
        return
    if callback_at is None:
        _refuse_callback(f"code {code.code!r} means a callback: say when")
    for sentence in reschedules.why_not_then(turn, call, callback_at):
        _refuse_callback(sentence)
    if not turn.settings_of(call).callbacks.allowed:
        sentence = f"campaign {call.campaign_id!r} allows no callbacks (rule CB-4)"
        refuse(ErrorCode.NOT_ALLOWED, sentence, "code", {"campaign_id": call.campaign_id})
    reschedules.planned_by_code(turn, call, callback_at)  # refuses where there is no place


def _refuse_callback(sentence: str) -> NoReturn:
    refuse(ErrorCode.INVALID_VALUE, sentence, "callback_at")


def exclude_by(turn: Turn, call: Call, code: WrapUpCode) -> None:
    """A code that means do not call: as many of the contact's numbers as it says."""
    numbers = turn.state.contact_at(call.row).numbers if code.all_numbers else ()
    exclude_contact(turn, call, numbers)


def finish_wrap_up(
    turn: Turn, call: Call, code: WrapUpCode | None, callback_at: int | None = None
) -> None:
    """Record the code, or that the limit passed without one, and let the contact go on."""
    settings = turn.settings_of(call)
    contact = turn.state.contact_at(call.row)
    if code is not None and code.meaning is _DO_NOT_CALL:
        exclude_by(turn, call, code)
    callback = turn.state.callbacks.by_row.get(call.row)
    plan = turn.state.records.plans.get(call.call_id)
    if plan is None and callback_at is not None:
        plan = reschedules.planned_by_code(turn, call, callback_at)
    if plan is not None and contact.removed:
        reschedules.lapse(turn, call)
        plan = None
    if plan is None:
        fate = fate_after_code(
            settings.retries,
            code,
            at=turn.now,
            attempts=contact.attempts,
            number_index=contact.next_number,
        )
        if callback is not None:
            fate = _after_callback(turn, call, callback, code, fate)
    else:
        reason = "rescheduled" if code is None else code.code
        fate = _promised(turn, call, reason, plan.window_start_at)
    if callback is not None and (plan is not None or fate.state is not _CONTACT_PROMISED):
        state = _MISSED if plan is None and _again(call, code) else _DONE
        callback_endings.end_settled(turn, callback, state, fate.reason)
    turn.emit(
        CallWrappedUp(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            contact_key=call.contact_key,
            agent_id=call.agent_id or "",
            fate=fate,
            code=None if code is None else code.code,
        )
    )
    if plan is not None:
        reschedules.carry_out(turn, call, plan, callback)


def _promised(turn: Turn, call: Call, reason: str, at: int) -> ContactFate:
    """A campaign's contact is kept for the callback; a queue's new callback gets a new one."""
    number_index = turn.state.contact_at(call.row).next_number
    if turn.state.records.campaigns[call.campaign_id].queue_id:
        return ContactFate(_CONTACT_DONE, reason=reason, next_number=number_index)
    return ContactFate(_CONTACT_PROMISED, reason=reason, due_at=at, next_number=number_index)


def _again(call: Call, code: WrapUpCode | None) -> bool:
    """Whether the customer of a callback is to be tried again: by the code, or as not reached."""
    if code is None:
        return call.bridged_at is None
    return code.meaning is _RETRY


def _after_callback(
    turn: Turn, call: Call, callback: Callback, code: WrapUpCode | None, fate: ContactFate
) -> ContactFate:
    """What becomes of a callback's contact: tried again in its window, or not (CB-9, CB-10)."""
    if not _again(call, code):
        return fate
    contact = turn.state.contact_at(call.row)
    if code is None:
        retries = turn.settings_of(call).retries
        fate = fate_after_outcome(
            retries,
            _CANCELLED,
            at=turn.now,
            attempts=contact.attempts,
            tries=callback_endings.tries(callback, retries, _CANCELLED),
            number_index=contact.next_number,
            dead=contact.dead,
        )
    return callback_endings.after_try(callback, contact, fate)
