"""The written protocol and the code say the same."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bindings.spec.generate import FAMILIES, HERE, files, tag

from fastdial.messages.codec import (
    AnyCommand,
    AnyEvent,
    AnyReply,
    Encoding,
    decode_command,
    decode_event,
    decode_from_server,
    encode,
)

UNIONS = {"commands": AnyCommand, "replies": AnyReply, "events": AnyEvent}


@pytest.mark.parametrize("path", sorted(files()), ids=lambda path: str(path.name))
def test_what_is_made_from_the_code_is_in_step_with_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == files()[path], "say `make spec` and look at the diff"


def _vectors(family: str) -> list[dict[str, Any]]:
    vectors: list[dict[str, Any]] = json.loads((HERE / "vectors" / f"{family}.json").read_text())
    return vectors


@pytest.mark.parametrize("family", FAMILIES)
def test_every_message_has_vectors(family: str) -> None:
    types = {vector["message"]["type"] for vector in _vectors(family)}
    assert types == {tag(kind) for kind in FAMILIES[family]}


@pytest.mark.parametrize("family", FAMILIES)
def test_vectors_mean_the_same_in_both_encodings(family: str) -> None:
    decode = decode_command if family == "commands" else decode_from_server
    for vector in _vectors(family):
        packed = bytes.fromhex(vector["msgpack"])
        message = decode(packed)
        assert decode(msgspec.json.encode(vector["message"])) == message, vector["name"]
        assert encode(message) == packed, vector["name"]
        again = decode(encode(message, Encoding.JSON))
        assert again == message, vector["name"]
        if family == "events":
            assert decode_event(packed) == message


def test_every_setting_limit_and_error_has_its_place_in_the_text() -> None:
    text = (HERE / "protocol.md").read_text(encoding="utf-8")
    for kinds in FAMILIES.values():
        for kind in kinds:
            assert f"\n#### `{tag(kind)}`\n" in text


def test_every_struct_inside_a_message_has_its_place_in_the_text() -> None:
    text = (HERE / "protocol.md").read_text(encoding="utf-8")
    schema = json.loads((HERE / "messages.schema.json").read_text())
    messages = {kind.__name__ for kinds in FAMILIES.values() for kind in kinds}
    structs = {
        name
        for name, part in schema["$defs"].items()
        if part.get("type") in ("object", "array") and not name.startswith("Any")
    }
    missing = [name for name in sorted(structs - messages) if f"\n#### {name}\n" not in text]
    assert missing == []


def test_the_schema_names_every_message() -> None:
    schema = json.loads((HERE / "messages.schema.json").read_text())
    for family, kinds in FAMILIES.items():
        union = {"commands": "Command", "replies": "Reply", "events": "Event"}[family]
        mapping = schema["$defs"][f"Any{union}"]["discriminator"]["mapping"]
        assert set(mapping) == {tag(kind) for kind in kinds}
        assert {ref.removeprefix("#/$defs/") for ref in mapping.values()} <= set(schema["$defs"])
    assert len(schema["x-commands"]) == len(FAMILIES["commands"])
