"""Python compiled with all that Cython is taught for the engine does what it did before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MESSAGES = """
import msgspec


class Seen(msgspec.Struct, kw_only=True, gc=False):
    key: str
    at: int = 0
    seq: int = 0
    marks: list[int] = []


class Loud(msgspec.Struct, gc=False):
    key: str

    def __post_init__(self):
        self.key = self.key.upper()


class Kept(msgspec.Struct):
    key: str
"""

CODE = """
from typing import NamedTuple

from fastdial.messages.seen import Kept, Loud, Seen

BITS = 53
MASK = (1 << BITS) - 1
DAY_MS = 86_400_000
YEAR_MS = DAY_MS * 365
_PLACES = {"a": 1}
_QUIET = frozenset(("a",))


_new_tuple = tuple.__new__


class Pair(NamedTuple):
    left: int
    right: int = 2


class Place:
    __slots__ = ("at",)

    def __init__(self, at):
        self.at = at

    @property
    def row(self):
        return self.at & MASK

    @row.setter
    def row(self, row):
        self.at = self.at >> BITS << BITS | row

    @property
    def fails(self):
        raise LookupError(self.at)


def numbers(x):
    return x & MASK, 1 << BITS, DAY_MS * 400 + x, BITS - 60, x >> BITS, YEAR_MS


def private(key):
    return _PLACES.get(key), key in _QUIET, [key in one for one in (_PLACES, _QUIET)]


def properties():
    place: Place
    said = []
    for place in (Place(2**60 + 1), Place(7), None):
        try:
            place.row = place.row + 1
            said.append((place.row, place.at))
            place.fails
        except (AttributeError, LookupError) as error:
            said.append(type(error).__name__)
    return said


def structs():
    made = [Seen(key=str(n), at=n) for n in range(3)]
    made[0].marks.append(1)
    plain = [Loud(key) for key in "ab"], [Kept(key) for key in "ab"], [Loud(key="c")]
    sevenths = [Seen(seq=n, key="k", marks=[n]) for n in range(3)]
    try:
        Seen(at=1)
    except TypeError as error:
        return repr((made, plain, sevenths)), str(error)


def tuples():
    made = _new_tuple(Pair, (1, [2]))
    left, right = made
    try:
        return made, left, right, made == (1, [2]), _new_tuple(tuple, "ab"), _new_tuple(int, ())
    except TypeError as error:
        return str(made), made.right, str(error)


def all_of_it():
    return tuples(), numbers(2**60 + 5), private("a"), private("b"), properties(), structs()
"""

DECLARED = """
include "asked.pxi"

cimport cython

@cython.final
@cython.no_gc
@cython.freelist(4)
cdef class Place:
    cdef public object at
"""

BUILD = """
import sys
from pathlib import Path
from Cython.Build import cythonize
from setuptools import Extension, setup
sys.path.insert(0, sys.argv.pop())
import layouts, shortcuts
layouts.PACKAGE = Path("fastdial")
layouts.CERTAIN = ()
shortcuts.know()
layouts.write([Path("fastdial/asked.py")])
modules = [Extension("fastdial.asked", ["fastdial/asked.py"], extra_compile_args=["-O0"])]
setup(ext_modules=cythonize(modules, quiet=True, compiler_directives={"language_level": 3}))
"""

SAY = "import gc, fastdial.asked as one; print(one.__file__, gc.is_tracked(one.Place(1))); "


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package like ours, with one module to compile."""
    folder = tmp_path_factory.mktemp("shortcuts")
    (folder / "fastdial" / "messages").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "asked.py": CODE,
        "asked.pxd": DECLARED,
        "messages/__init__.py": "",
        "messages/seen.py": MESSAGES,
    }.items():
        (folder / "fastdial" / name).write_text(text)
    return folder


def said(package: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=package,
        env=os.environ | {"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_compiled_python_says_what_it_said_before(package: Path) -> None:
    ask = SAY + "print([one.all_of_it() for _ in range(3)])"
    place, _, before = said(package, "-c", ask).partition("\n")
    assert ".py " in place
    said(package, "-c", BUILD, "-q", "build_ext", "--inplace", str(ROOT))
    place, _, after = said(package, "-c", ask).partition("\n")
    assert ".py " not in place
    assert place.endswith(" False"), "the collector looks at a class that is kept from it"
    assert after == before
