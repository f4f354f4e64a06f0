"""Wrap-up: the agent says what the call was about, and the contact goes on (rule AG-6)."""

from typing import NoReturn

from fastdial.engine.decide.agents import let_go, set_agent
from fastdial.engine.decide.exclusion import exclude_contact
from fastdial.engine.records import Agent, Call, Campaign
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import CallWrapUp, WrapUpCodesSearch
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import CallWrappedUp
from fastdial.messages.replies import Ok, WrapUpCodesReply
from fastdial.messages.settings import WrapUpCode
from fastdial.messages.words import AgentState, CallState, CodeMeaning
from fastdial.rules.retries import fate_after_code
from fastdial.rules.search import folded

_AGENT_WRAP_UP = AgentState.WRAP_UP
_CALL_WRAP_UP = CallState.WRAP_UP
_CALLBACK = CodeMeaning.CALLBACK
_DO_NOT_CALL = CodeMeaning.DO_NOT_CALL

SEARCHED_FROM = 3
"""characters from which on codes are searched"""
CALLBACK_WITHIN_MS = 31 * 86_400_000
"""how far ahead a customer can be promised a call"""


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
    code = turn.settings_of(call).code(command.code)
    if code is None:
        refuse(
            ErrorCode.UNKNOWN_WRAP_UP_CODE,
            f"campaign {call.campaign_id!r} has no wrap-up code {command.code!r}",
            "code",
        )
    _check_callback(turn, call, code, command.callback_at)
    finish_wrap_up(turn, call, command.code, command.callback_at)
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
    if code.meaning is not _CALLBACK:
        if callback_at is not None:
            _refuse_callback(f"code {code.code!r} does not mean a callback; leave out callback_at")
        return
    if callback_at is None:
        _refuse_callback(f"code {code.code!r} means a callback: say when")
    latest = turn.now + CALLBACK_WITHIN_MS
    if not turn.now < callback_at <= latest:
        _refuse_callback(f"callback_at is {callback_at}; it can be {turn.now + 1} to {latest}")
    campaign: Campaign = turn.state.records.campaigns[call.campaign_id]
    if campaign.expires_at is not None and callback_at >= campaign.expires_at:
        _refuse_callback(f"the campaign ends before that, at {campaign.expires_at}")
    contact = turn.state.contact_at(call.row)
    allowed = campaign.settings.retries.max_attempts
    if contact.attempts >= allowed:
        _refuse_callback(f"this was the last of the {allowed} attempts that the contact may have")


def _refuse_callback(sentence: str) -> NoReturn:
    refuse(ErrorCode.INVALID_VALUE, sentence, "callback_at")


def exclude_by(turn: Turn, call: Call, code: WrapUpCode) -> None:
    """A code that means do not call: as many of the contact's numbers as it says."""
    numbers = turn.state.contact_at(call.row).numbers if code.all_numbers else ()
    exclude_contact(turn, call, numbers)


def finish_wrap_up(
    turn: Turn, call: Call, code: str | None, callback_at: int | None = None
) -> None:
    """Record the code, or that the limit passed without one, and let the contact go on."""
    settings = turn.settings_of(call)
    contact = turn.state.contact_at(call.row)
    given = None if code is None else settings.code(code)
    if given is not None and given.meaning is _DO_NOT_CALL:
        exclude_by(turn, call, given)
    fate = fate_after_code(
        settings.retries,
        given,
        at=turn.now,
        attempts=contact.attempts,
        number_index=contact.next_number,
        callback_at=callback_at,
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
