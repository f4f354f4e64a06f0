"""How the vocabulary is written down: MessagePack on the wire and in the journal, JSON to debug.

A payload that begins with ``{`` is JSON; no MessagePack map begins with that byte.
"""

import re
from enum import Enum
from functools import reduce
from operator import or_
from typing import Any

import msgspec

from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import SESSION_COMMANDS, SITE_COMMANDS
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import EVENTS
from fastdial.messages.replies import REPLIES


def _union(kinds: tuple[type, ...]) -> Any:
    return reduce(or_, kinds)


AnyCommand = _union((*SESSION_COMMANDS, *SITE_COMMANDS))
AnyReply = _union(REPLIES)
AnyEvent = _union(EVENTS)


class Encoding(Enum):
    """How a payload is written; a reply uses the encoding of its command."""

    MSGPACK = "msgpack"
    JSON = "json"


class BadMessage(ValueError):
    """A payload that is not one of our messages. ``fault`` says why, ``id`` whose it was."""

    def __init__(self, fault: Fault, id: int = 0) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.id = id


class _Loose(msgspec.Struct):
    id: int = 0


_COMMANDS: dict[Encoding, Any] = {
    Encoding.MSGPACK: msgspec.msgpack.Decoder(AnyCommand),
    Encoding.JSON: msgspec.json.Decoder(AnyCommand),
}
_FROM_SERVER: dict[Encoding, Any] = {
    Encoding.MSGPACK: msgspec.msgpack.Decoder(AnyReply | AnyEvent),
    Encoding.JSON: msgspec.json.Decoder(AnyReply | AnyEvent),
}
_IDS: dict[Encoding, Any] = {
    Encoding.MSGPACK: msgspec.msgpack.Decoder(_Loose),
    Encoding.JSON: msgspec.json.Decoder(_Loose),
}
_ROUND_TRIP: dict[type[Command], Any] = {
    kind: msgspec.msgpack.Decoder(kind) for kind in SITE_COMMANDS
}
_EVENT = msgspec.msgpack.Decoder(AnyEvent)
_REPLY = msgspec.msgpack.Decoder(AnyReply)
_MSGPACK = msgspec.msgpack.Encoder()
_JSON = msgspec.json.Encoder()


def encoding_of(payload: bytes) -> Encoding:
    """The encoding that the first byte tells."""
    return Encoding.JSON if payload[:1] == b"{" else Encoding.MSGPACK


def check(command: Command) -> Command:
    """A command made in this process as it would have come over a socket; raises `BadMessage`.

    A struct's own constructor checks neither types nor limits, and keeps a list in place of a tuple
    and a word in place of an enum's member; decoding does not.
    """
    try:
        checked: Command = _ROUND_TRIP[type(command)].decode(_MSGPACK.encode(command))
    except msgspec.ValidationError as error:
        raise BadMessage(fault_of(error), command.id) from None
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        sentence = f"the command cannot be written as a message: {error}"
        raise BadMessage(Fault(ErrorCode.WRONG_TYPE, sentence), command.id) from None
    return checked


def encode(message: Command | Reply | Event, encoding: Encoding = Encoding.MSGPACK) -> bytes:
    """A message as bytes."""
    return (_MSGPACK if encoding is Encoding.MSGPACK else _JSON).encode(message)


def decode_command(payload: bytes) -> Command:
    """The command in a payload; raises `BadMessage`."""
    command: Command = _decode(_COMMANDS, payload)
    return command


def decode_from_server(payload: bytes) -> Reply | Event:
    """The reply or event in a payload, for a client; raises `BadMessage`."""
    message: Reply | Event = _decode(_FROM_SERVER, payload)
    return message


def decode_event(payload: bytes) -> Event:
    """An event as the journal holds it, in MessagePack; raises `msgspec.DecodeError`."""
    event: Event = _EVENT.decode(payload)
    return event


def decode_reply(payload: bytes) -> Reply:
    """A reply as an event holds it, in MessagePack; raises `msgspec.DecodeError`."""
    reply: Reply = _REPLY.decode(payload)
    return reply


def _decode(decoders: dict[Encoding, Any], payload: bytes) -> Any:
    encoding = encoding_of(payload)
    try:
        return decoders[encoding].decode(payload)
    except msgspec.ValidationError as error:
        raise BadMessage(fault_of(error), _id_of(payload, encoding)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        sentence = f"the payload is neither a MessagePack map nor a JSON object: {error}"
        raise BadMessage(Fault(ErrorCode.MALFORMED_FRAME, sentence)) from None


def _id_of(payload: bytes, encoding: Encoding) -> int:
    try:
        loose: _Loose = _IDS[encoding].decode(payload)
    except msgspec.MsgspecError:
        return 0
    return loose.id


_AT = re.compile(r"^(?P<what>.*) - at `\$\.?(?P<path>.*)`$", re.DOTALL)
_NAMED = re.compile(r"^Object (?P<kind>missing required|contains unknown) field `(?P<name>.*)`$")


def fault_of(error: msgspec.ValidationError) -> Fault:
    """What a msgspec validation error says, as a code, a sentence and a field."""
    text = str(error)
    what, path = text, ""
    if at := _AT.match(text):
        what, path = at["what"], at["path"]
    if named := _NAMED.match(what):
        missing = named["kind"] == "missing required"
        field = f"{path}.{named['name']}" if path else named["name"]
        code = ErrorCode.MISSING_FIELD if missing else ErrorCode.INVALID_VALUE
        return Fault(code, f"`{field}` is {'missing' if missing else 'not known here'}", field)
    if not path and what.startswith("Expected `object`"):
        return Fault(ErrorCode.MALFORMED_FRAME, f"a message is a map: {what}")
    if path == "type" and what.startswith("Invalid value"):
        return Fault(ErrorCode.UNKNOWN_TYPE, f"there is no message of this type: {what}", path)
    code = ErrorCode.WRONG_TYPE if ", got `" in what else ErrorCode.INVALID_VALUE
    return Fault(code, f"{what} in `{path}`" if path else what, path)
