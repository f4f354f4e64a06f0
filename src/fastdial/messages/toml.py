"""Configuration structs from TOML, with errors that name the field."""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from fastdial.messages.codec import BadMessage, fault_of
from fastdial.messages.errors import ErrorCode, Fault

T = TypeVar("T")


def load_toml(text: str | bytes, kind: type[T]) -> T:
    """Configuration of type ``kind``; raises `BadMessage` that names the field at fault.

    Unlike a message, a file may not hold fields that nobody reads: they are likely typing errors.
    """
    try:
        table = msgspec.toml.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadMessage(Fault(ErrorCode.MALFORMED_FRAME, f"this is not TOML: {error}")) from None
    for path in _unknown(table, inspect.type_info(kind), ""):
        raise BadMessage(Fault(ErrorCode.INVALID_VALUE, f"`{path}` is not known here", path))
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise BadMessage(fault_of(error)) from None


def _unknown(value: Any, kind: inspect.Type, path: str) -> Iterator[str]:
    """Paths of the fields in ``value`` that ``kind`` does not have, in the order of the file."""
    match kind:
        case inspect.StructType() if isinstance(value, dict):
            yield from _unknown_in_table(value, kind, path)
        case inspect.UnionType(types=types):
            for one in types:
                if isinstance(one, inspect.VarTupleType) or _is_meant(value, one):
                    yield from _unknown(value, one, path)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            if isinstance(value, list):
                for place, inner in enumerate(value):
                    yield from _unknown(inner, item, f"{path}[{place}]")


def _unknown_in_table(table: dict[str, Any], kind: inspect.StructType, path: str) -> Iterator[str]:
    kinds = {field.encode_name: field.type for field in kind.fields}
    for name, inner in table.items():
        place = f"{path}.{name}" if path else name
        if name in kinds:
            yield from _unknown(inner, kinds[name], place)
        elif name != kind.tag_field:
            yield place


def _is_meant(value: Any, kind: inspect.Type) -> bool:
    """Whether ``value`` is a struct of this kind, going by its tag where there are several."""
    if not isinstance(kind, inspect.StructType) or not isinstance(value, dict):
        return False
    return kind.tag_field is None or value.get(kind.tag_field) == kind.tag
