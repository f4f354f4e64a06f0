"""A class that a release compiles has the attributes of the Python class that it is made of."""

import importlib
import re
from pathlib import Path

import pytest

import fastdial

SOURCE = Path(fastdial.__file__).parent
DECLARED = [
    (path.relative_to(SOURCE.parent), name, body)
    for path in sorted((SOURCE / "engine").rglob("*.pxd"))
    for name, body in re.findall(
        r"^cdef class (\w+):\n((?:    .*\n|\n)+)", path.read_text(), re.MULTILINE
    )
]


def test_there_are_such_classes() -> None:
    assert {"Turn", "State", "Contact"} <= {name for _, name, _ in DECLARED}


@pytest.mark.parametrize(("path", "name", "body"), DECLARED, ids=[one[1] for one in DECLARED])
def test_the_types_beside_a_class_name_its_slots(path: Path, name: str, body: str) -> None:
    module = importlib.import_module(".".join(path.with_suffix("").parts))
    declared = re.findall(r"^    cdef (?:(?:readonly|public) )?\w+ (\w+)$", body, re.MULTILINE)
    assert sorted(declared) == sorted(getattr(module, name).__slots__)
