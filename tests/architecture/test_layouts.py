"""The compiled engine reads fields of structs where `layouts` says that they lie."""

import ctypes
import importlib

import layouts
import msgspec
import pytest

NAMES = [(struct.module, struct.name) for struct in layouts.structs()]
HEAD_NBYTES = object.__basicsize__
POINTER_NBYTES = ctypes.sizeof(ctypes.c_void_p)


def lying_in_order(struct: type[msgspec.Struct]) -> list[str]:
    """Its fields as they lie in memory: those of a base first, each class's by name."""
    names: list[str] = []
    for one in reversed(struct.__mro__[: struct.__mro__.index(msgspec.Struct)]):
        own = getattr(one, "__struct_fields__", ())
        names += sorted(name for name in own if name not in names)
    return names


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_fields_lie_in_the_order_of_their_names(module: str, name: str) -> None:
    struct = getattr(importlib.import_module(f"fastdial.{module}"), name)
    marks = {field: object() for field in struct.__struct_fields__}
    one = struct(**marks)
    names = lying_in_order(struct)
    assert struct.__basicsize__ == HEAD_NBYTES + POINTER_NBYTES * len(names)
    here = (ctypes.c_void_p * len(names)).from_address(id(one) + HEAD_NBYTES)
    assert [hex(at or 0) for at in here] == [hex(id(marks[field])) for field in names]


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_what_is_declared_is_what_the_class_has(module: str, name: str) -> None:
    struct = getattr(importlib.import_module(f"fastdial.{module}"), name)
    declared = layouts.declarations(module).split("ctypedef class ")
    lines = {text.split()[0].partition("(")[0]: text for text in declared[1:]}
    text = lines[f"fastdial.{module}.{name}"]
    own = [line.split()[-1] for line in text.splitlines() if line.strip().startswith("cdef")]
    inherited = getattr(struct.__base__, "__struct_fields__", ())
    assert own == sorted(set(struct.__struct_fields__) - set(inherited))
