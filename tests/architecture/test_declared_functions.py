"""What a compiled module may call in C, and what it has to leave to Python."""

import ast
from pathlib import Path

import layouts
import pytest


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a module whose functions others call."""
    package = tmp_path / "fastdial"
    package.mkdir()
    (package / "endings.py").write_text(
        "def end(call, reason, held=False, *, settled=False): ...\n"
    )
    monkeypatch.setattr(layouts, "PACKAGE", package)
    monkeypatch.setattr(layouts, "structs", list)
    return package


def told(package: Path, text: str) -> str:
    """What a module with this text is told."""
    caller = package / "caller.py"
    caller.write_text(text)
    ast.parse(text)
    return layouts.Known([package / "endings.py", caller]).of(caller)


@pytest.mark.parametrize("call", ["end(1, 2)", "end(1, reason=2, held=True)", "end(1, 2, True)"])
def test_arguments_that_could_go_by_place_go_to_c(sources: Path, call: str) -> None:
    text = told(sources, f"from fastdial.endings import end\n{call}\n")
    assert "from fastdial.endings cimport end\n" in text
    text = told(sources, f"from fastdial import endings\nendings.{call}\n")
    assert "from fastdial cimport endings\n" in text


@pytest.mark.parametrize("call", ["end(1, 2, settled=True)", "end(*one)", "print(end)"])
def test_what_c_cannot_do_is_left_to_python(sources: Path, call: str) -> None:
    assert "cimport" not in told(sources, f"from fastdial.endings import end\n{call}\n")
    call = call.replace("end", "endings.end")
    assert "cimport" not in told(sources, f"from fastdial import endings\n{call}\n")


def test_a_constant_that_is_a_whole_number_is_known_where_it_is_imported(sources: Path) -> None:
    text = (
        "BITS = 3\nROOM: Final = 1 << BITS\nMASK = ROOM - 1\nNAME = 'x'\nIS_ON = True\nTURNS = 0\n"
    )
    (sources / "ids.py").write_text(f"{text}def turn():\n    global TURNS\n    TURNS = 1\n")
    (sources / "caller.py").write_text("from fastdial.ids import MASK, NAME\nTWICE = MASK * 2\n")
    assert layouts.whole_numbers("fastdial.ids") == {"BITS": 3, "ROOM": 8, "MASK": 7}
    assert layouts.whole_numbers("fastdial.caller") == {"MASK": 7, "TWICE": 14}


def test_only_a_name_that_its_module_gives_once_and_keeps_is_a_variable_of_c(
    sources: Path,
) -> None:
    (sources / "words.py").write_text(
        "_READY = State.READY\n_SAW: dict[str, int] = {}\n_QUIET = frozenset((1,))\n_ALL = (1, 2)\n"
        "READY = 1\n_T = TypeVar('_T')\n_kept = 1\n_SEEN = 0\n_SEEN = 1\n"
    )
    types = {"_READY": "object", "_SAW": "dict", "_QUIET": "frozenset", "_ALL": "tuple"}
    assert layouts.private_constants("fastdial.words") == types


def test_nobody_uses_what_is_private_to_a_compiled_module() -> None:
    modules = [layouts._module(path) for path in sorted(layouts.PACKAGE.rglob("engine/**/*.py"))]
    private = {(one, name) for one in modules for name in layouts.private_constants(one)}
    texts = [
        path.read_text()
        for folder in (layouts.PACKAGE, Path("tests"), Path("benchmarks"))
        for path in folder.rglob("*.py")
    ]
    used = {
        (node.module, alias.name)
        for text in texts
        if "from fastdial.engine" in text
        for node in ast.parse(text).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert private
    assert not private & used


def test_a_generator_and_a_function_with_a_lambda_stay_python_s(sources: Path) -> None:
    text = told(
        sources,
        "def rows(n):\n    yield n\n\ndef order(n):\n    return sorted(n, key=lambda one: -one)\n",
    )
    assert "cpdef" not in text
