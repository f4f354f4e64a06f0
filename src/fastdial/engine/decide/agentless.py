"""Calls without agents: the message, the keys, and what they make of the contact (rule CA-14)."""

from fastdial.engine.decide.endings import ask_to_hang_up
from fastdial.engine.records import Call
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.agentless import KeyMeaning
from fastdial.messages.commands import CallReport
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import KeyPressed, MessagePlayed, MessageRequested
from fastdial.messages.words import AttemptOutcome, CallState, Party


def play(turn: Turn, call: Call) -> None:
    """A person answered: let them hear the campaign's message."""
    settings = turn.settings_of(call)
    said = settings.agentless
    turn.emit(
        MessageRequested(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            message=said.message,
            message_ms=said.message_s * 1_000,
            keys=tuple(meaning.keys for meaning in said.keys),
            record=settings.record,
        )
    )


def played(turn: Turn, call: Call, command: CallReport) -> None:
    """The message is over: wait for a key where one is asked for."""
    if call.state is CallState.ENDING or call.played:
        return
    _check_playing(call, command)
    said = turn.settings_of(call).agentless
    if not said.keys:
        _finish(turn, call, "message_played")
        return
    turn.emit(
        MessagePlayed(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            until=turn.now + said.key_s * 1_000,
        )
    )


def key(turn: Turn, call: Call, command: CallReport) -> None:
    """Keys are taken from the first moment of the message on."""
    if command.key is None:
        refuse(ErrorCode.INVALID_VALUE, "say which key was pressed", "key")
    if call.state is CallState.ENDING:
        return
    _check_playing(call, command)
    said = turn.settings_of(call).agentless
    pressed = call.keys + command.key
    meant = next((meaning for meaning in said.keys if meaning.keys == pressed), None)
    begun = any(meaning.keys.startswith(pressed) for meaning in said.keys)
    turn.emit(
        KeyPressed(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            key=command.key,
            keys=pressed if begun else "",
            code=None if meant is None else meant.code,
            until=turn.now + said.key_s * 1_000,
        )
    )
    if meant is not None:
        _finish(turn, call, "key_pressed", meant)
    elif said.keys and call.wrong_keys >= said.tries:
        _finish(turn, call, "wrong_keys")


def time_is_up(turn: Turn, call: Call) -> None:
    """No key in time, or no word of the end of the message."""
    _finish(turn, call, "no_key" if call.played else "network_silent")


def _finish(turn: Turn, call: Call, reason: str, meant: KeyMeaning | None = None) -> None:
    message = "" if meant is None else meant.message
    ask_to_hang_up(turn, call, AttemptOutcome.ANSWERED, Party.DIALER, reason, message=message)


def _check_playing(call: Call, command: CallReport) -> None:
    if call.state is not CallState.PLAYING:
        refuse(
            ErrorCode.CALL_STATE,
            f"call {call.call_id} is {call.state.value}: {command.saw.value} cannot follow",
            "saw",
        )
