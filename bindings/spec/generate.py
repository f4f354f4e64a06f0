"""Makes the parts of the protocol's specification that follow from the code; ``make spec``.

Writes ``messages.schema.json``, ``vectors/*.json``, the tables in ``protocol.md`` between their
markers, and what the server says in its conversations. A test holds them in step with the code.
"""

import ast
import importlib
import json
from collections.abc import Iterator
from inspect import cleandoc
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from bindings.spec.samples import samples
from bindings.spec.transcripts import played
from msgspec import inspect

from fastdial.messages import (
    agentless,
    callback_events,
    callbacks,
    commands,
    compliance,
    contact_numbers,
    errors,
    events,
    explain,
    fates,
    guides,
    limits,
    queues,
    replies,
    settings,
    slots,
    windows,
)
from fastdial.messages.codec import AnyCommand, AnyEvent, AnyReply
from fastdial.messages.commands import SESSION_COMMANDS, SITE_COMMANDS
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import EVENTS
from fastdial.messages.replies import REPLIES
from fastdial.messages.table import (
    OF_ANY_CONNECTION,
    OF_ANY_PAYLOAD,
    OF_ANY_SITE_COMMAND,
    SESSION_ROWS,
    SITE_ROWS,
    Row,
)
from fastdial.server.config import LimitsConfig

HERE = Path(__file__).parent
FAMILIES: dict[str, tuple[type, ...]] = {
    "commands": (*SESSION_COMMANDS, *SITE_COMMANDS),
    "replies": REPLIES,
    "events": EVENTS,
}
VALUES_IN = (
    commands,
    contact_numbers,
    replies,
    events,
    fates,
    callbacks,
    callback_events,
    explain,
    settings,
    agentless,
    guides,
    limits,
    queues,
    slots,
    windows,
    compliance,
    errors,
)
"""modules with structs that stand inside messages"""
HIDDEN = ("id", "idempotency_key", "seq", "at")
"""fields that every message of a family has; they are told of once"""


def files() -> dict[Path, str]:
    """Every file that is made, with its text."""
    made = {HERE / "messages.schema.json": _json(schema())}
    for family, kinds in FAMILIES.items():
        made[HERE / "vectors" / f"{family}.json"] = _json(vectors(kinds))
    text = (HERE / "protocol.md").read_text(encoding="utf-8")
    for name, table in tables().items():
        text = _replaced(text, name, table)
    made[HERE / "protocol.md"] = played(text)
    return made


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


# --- schema and vectors


def schema() -> dict[str, Any]:
    """JSON Schema of all messages, with the table of commands beside it."""
    unions = (AnyCommand, AnyReply, AnyEvent)
    (command, reply, event), parts = msgspec.json.schema_components(
        unions, ref_template="#/$defs/{name}"
    )
    for part in parts.values():
        if "description" in part:  # Python 3.13 takes the indentation off docstrings by itself
            part["description"] = cleandoc(part["description"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "fastdial protocol 1",
        "description": "Messages between a fastdial server and its clients.",
        "anyOf": [{"$ref": f"#/$defs/Any{name}"} for name in ("Command", "Reply", "Event")],
        "x-commands": [_row(row) for row in (*SESSION_ROWS, *SITE_ROWS)],
        "$defs": {"AnyCommand": command, "AnyReply": reply, "AnyEvent": event, **parts},
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "command": tag(row.command),
        "reply": tag(row.reply),
        "errors": [code.value for code in _all_errors(row)],
    }


def vectors(kinds: tuple[type, ...]) -> list[dict[str, Any]]:
    """Each message as JSON, and as MessagePack in hexadecimal."""
    return [
        {
            "name": f"{tag(kind)}, {how} fields",
            "message": msgspec.json.decode(msgspec.json.encode(message)),
            "msgpack": msgspec.msgpack.encode(message).hex(),
        }
        for kind in kinds
        for how, message in samples(kind)
    ]


def tag(kind: type) -> str:
    """The type of a message as it is written."""
    name: str = kind.__struct_config__.tag  # type: ignore[attr-defined] # every message is a struct
    return name


# --- tables of the text


def tables() -> dict[str, str]:
    """The tables of ``protocol.md`` by the name in their markers."""
    return {
        "commands": "\n".join(_commands(SITE_ROWS)),
        "session commands": "\n".join(_commands(SESSION_ROWS)),
        "replies": "\n".join(_messages(REPLIES)),
        "events": "\n".join(_messages(EVENTS)),
        "values": "\n".join(_values()),
        "errors": "\n".join(_errors()),
        "limits": "\n".join(_limits()),
    }


def _commands(rows: tuple[Row, ...]) -> Iterator[str]:
    for row in rows:
        yield f"#### `{tag(row.command)}`\n"
        yield f"{_summary(row.command)}\n"
        yield from _fields(row.command)
        own = ", ".join(f"`{code.value}`" for code in row.errors) or "none of its own"
        yield f"Reply: `{tag(row.reply)}`. Refused with: {own}.\n"


def _messages(kinds: tuple[type, ...]) -> Iterator[str]:
    for kind in kinds:
        yield f"#### `{tag(kind)}`\n"
        yield f"{_summary(kind)}\n"
        yield from _fields(kind)


def _values() -> Iterator[str]:
    """The structs that stand inside messages."""
    messages = {kind for kinds in FAMILIES.values() for kind in kinds}
    for module in VALUES_IN:
        for kind in vars(module).values():
            mine = isinstance(kind, type) and kind.__module__ == module.__name__
            if mine and issubclass(kind, msgspec.Struct) and kind not in messages:
                yield f"#### {kind.__name__}\n"
                yield f"{_summary(kind)}\n"
                yield from _fields(kind)


def _fields(kind: type) -> Iterator[str]:
    notes = field_notes(kind)
    fields = [one for one in msgspec.structs.fields(kind) if one.encode_name not in HIDDEN]
    if not fields:
        return
    yield "| field | type | default | |"
    yield "|---|---|---|---|"
    for field in fields:
        if field.required:
            default = "required"
        elif field.default is not msgspec.NODEFAULT:
            default = f"`{_plain(field.default)}`"
        else:
            default = "`{}`"
        note = notes.get(field.name, "")
        words = _type(inspect.type_info(field.type))
        yield f"| `{field.encode_name}` | {words} | {default} | {note} |"
    yield ""


def _plain(value: Any) -> str:
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def _type(kind: inspect.Type) -> str:
    match kind:
        case inspect.UnionType(types=types):
            return " or ".join(_type(one) for one in types)
        case inspect.StructType(cls=cls):
            return cls.__name__
        case inspect.EnumType(cls=cls):
            return "one of " + ", ".join(f"`{one.value}`" for one in cls)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return f"list of {_type(item)}{_bounds(kind)}"
        case inspect.TupleType(item_types=items):
            return f"list of {', '.join(_type(item) for item in items)}"
        case inspect.DictType(key_type=key, value_type=value):
            return f"map of {_type(key)} to {_type(value)}"
        case inspect.Metadata(type=inner):
            return _type(inner)
    names = {
        inspect.StrType: "text",
        inspect.IntType: "integer",
        inspect.FloatType: "number",
        inspect.BoolType: "true or false",
        inspect.BytesType: "bytes",
        inspect.NoneType: "null",
        inspect.AnyType: "ContactRow",
    }
    return names[type(kind)] + _bounds(kind)


def _bounds(kind: inspect.Type) -> str:
    """What a value is limited to, in words."""
    low = getattr(kind, "ge", None)
    low = low if low is not None else getattr(kind, "min_length", None)
    high = getattr(kind, "le", None)
    high = high if high is not None else getattr(kind, "max_length", None)
    if isinstance(kind, inspect.StrType) and kind.pattern:
        return f" like `{kind.pattern}`"
    unit = "" if isinstance(kind, inspect.IntType | inspect.FloatType) else " long"
    if low is None and high is None:
        return ""
    if high is None:
        return f" from {low}{unit}"
    return f" {low if low is not None else 'up'} to {high}{unit}"


def _errors() -> Iterator[str]:
    yield "| code | given by |"
    yield "|---|---|"
    givers: dict[ErrorCode, list[str]] = {code: [] for code in ErrorCode}
    for row in (*SESSION_ROWS, *SITE_ROWS):
        for code in row.errors:
            givers[code].append(f"`{tag(row.command)}`")
    for codes, who in (
        (OF_ANY_PAYLOAD, "any payload"),
        (OF_ANY_CONNECTION, "any connection"),
        (OF_ANY_SITE_COMMAND, "any command to the site"),
    ):
        for code in codes:
            givers[code].insert(0, who)
    givers[ErrorCode.NOT_FOR_A_SITE].append("a site that is embedded, to a command of the session")
    for code in ErrorCode:
        yield f"| `{code.value}` | {', '.join(givers[code])} |"


def _all_errors(row: Row) -> list[ErrorCode]:
    general = OF_ANY_SITE_COMMAND if row in SITE_ROWS else ()
    return list(dict.fromkeys((*row.errors, *general)))


def _limits() -> Iterator[str]:
    notes = field_notes(LimitsConfig)
    yield "| setting under `[limits]` | default | from | to | |"
    yield "|---|---|---|---|---|"
    for field in msgspec.structs.fields(LimitsConfig):
        kind = inspect.type_info(field.type)
        low = getattr(kind, "ge", None)
        low = f"above {getattr(kind, 'gt', 0)}" if low is None else low
        high = getattr(kind, "le", None)
        yield f"| `{field.name}` | {field.default} | {low} | {high} | {notes[field.name]} |"


# --- what the source says of a class and its fields


def _summary(kind: type) -> str:
    return _unwrapped(kind.__doc__ or "")


def field_notes(kind: type) -> dict[str, str]:
    """The docstrings under the fields of a struct."""
    return {
        before.target.id: _unwrapped(str(here.value.value))
        for before, here in _pairs(kind)
        if isinstance(before, ast.AnnAssign)
        and isinstance(before.target, ast.Name)
        and isinstance(here, ast.Expr)
        and isinstance(here.value, ast.Constant)
    }


def _pairs(kind: type) -> list[tuple[ast.stmt, ast.stmt]]:
    source = importlib.import_module(kind.__module__).__file__
    tree = ast.parse(Path(source or "").read_text(encoding="utf-8"))
    body = next(
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__
    )
    return list(pairwise(body))


def _unwrapped(text: str) -> str:
    """A docstring on one line for each of its paragraphs, in the ways of Markdown."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(paragraphs).replace("``", "`")


def _replaced(text: str, name: str, table: str) -> str:
    """``text`` with the part between the markers of ``name`` made anew."""
    begin, end = f"<!-- made: {name} -->\n", f"<!-- end: {name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"protocol.md has no part between {begin!r} and {end!r}")
    return f"{before}{begin}\n{table.strip()}\n\n{end}{after}"


def main() -> None:
    """Write everything."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
