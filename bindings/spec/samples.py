"""Sample messages, made from the types alone: each with as little as can be, and with all."""

from collections.abc import Iterator
from typing import Any, cast

from msgspec import inspect

PATTERNS = {
    "^[0-9*#]{1,8}$": "2#",
    "^[0-9*#]$": "#",
    "^[0-9]$": "1",
    "^[0-9]{5}$": "00001",
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "2026-03-02",
    "^[A-Z]{2}$": "PL",
    "^[A-Za-z0-9_.-]{1,64}$": "do_not_call",
}
TEXTS = {
    "agent_id": "ann",
    "agent_ids": "ann",
    "contact_key": "K-1",
    "contact_keys": "K-1",
    "number": "+48121234567",
    "numbers": "+48121234567",
    "caller_id": "+48221000000",
    "campaign_id": "00001",
    "zone": "Europe/Warsaw",
    "zones": "Europe/Warsaw",
    "teams": "north",
    "code": "sale",
    "idempotency_key": "k-1",
    "reason": "asked",
    "message": "said ⟨so⟩",
    "from_": "09:00",
    "until": "20:30",
    "date": "2026-12-24",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
    "region": "PL",
    "regions": "PL",
    "presets": "auto",
}
AN_INSTANT = 1_772_442_000_000


def samples(kind: type) -> Iterator[tuple[str, Any]]:
    """A message of ``kind`` with only what is required, and one with every field set."""
    described = cast(inspect.StructType, inspect.type_info(kind))
    yield "least", _struct(described, every_field=False)
    yield "most", _struct(described, every_field=True)


def _struct(kind: inspect.StructType, *, every_field: bool) -> Any:
    return kind.cls(
        **{
            field.name: _value(field.type, field.name, every_field=every_field)
            for field in kind.fields
            if every_field or field.required
        }
    )


def _value(kind: inspect.Type, name: str, *, every_field: bool) -> Any:  # noqa: C901 - a table
    def inner(kind: inspect.Type) -> Any:
        return _value(kind, name, every_field=every_field)

    match kind:
        case inspect.UnionType(types=types):
            return inner(next(one for one in types if not isinstance(one, inspect.NoneType)))
        case inspect.Metadata(type=described):
            return inner(described)
        case inspect.StructType():
            return _struct(kind, every_field=every_field)
        case inspect.EnumType(cls=cls):
            return list(cls)[-1]
        case inspect.StrType(pattern=pattern):
            return PATTERNS[pattern] if pattern else TEXTS.get(name, "some text")
        case inspect.IntType(ge=ge, le=le):
            return AN_INSTANT if name in ("at", "now") or name.endswith("_at") else _within(ge, le)
        case inspect.FloatType(le=le):
            return 1.5 if le is None or le >= 1.5 else 0.25
        case inspect.BoolType():
            return True
        case inspect.BytesType():
            return b"\x00\x7f\x80\xff"
        case inspect.ListType(item_type=item):
            return [inner(item)]
        case inspect.VarTupleType(item_type=item):
            return (inner(item),)
        case inspect.TupleType(item_types=items):
            return tuple(inner(item) for item in items)
        case inspect.DictType(key_type=key, value_type=value):
            return {inner(key): inner(value)}
        case inspect.AnyType():
            return {"contact_key": "K-1", "numbers": ["+48121234567"]}
    raise TypeError(f"no sample for {kind} of field {name}")


def _within(ge: int | None, le: int | None) -> int:
    """A number that needs more than a byte where the bounds let it."""
    return max(ge or 0, min(le if le is not None else 300, 300))
