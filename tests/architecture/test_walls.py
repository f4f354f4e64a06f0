"""Who may import whom, and what the deterministic rooms must not touch; read from the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fastdial

SOURCE = Path(fastdial.__file__).parent

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "kernel": (),
    "messages": (),
    "rules": ("messages", "kernel"),
    "engine": ("rules", "messages", "kernel"),
    "journal": ("engine", "rules", "messages", "kernel"),
    "client": ("messages", "kernel"),
    "server": ("journal", "engine", "rules", "messages", "kernel"),
    "telephony": ("client", "messages", "kernel"),
    "simulation": ("telephony", "client", "engine", "rules", "messages", "kernel"),
    "cli": (
        "simulation",
        "telephony",
        "client",
        "server",
        "journal",
        "engine",
        "rules",
        "messages",
        "kernel",
    ),
}
"""Each room and those below it that it may use."""

DETERMINISTIC = ("kernel", "messages", "rules", "engine")
FORBIDDEN_MODULES = {
    "asyncio",
    "concurrent",
    "io",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "secrets",
    "select",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "uuid",
    "uvloop",
}
FORBIDDEN_CALLS = {"hash", "id", "open", "input", "print"}
FORBIDDEN_METHODS = {"now", "utcnow", "today", "default_rng"}


def files(room: str) -> list[Path]:
    folder = SOURCE / room
    return sorted(p for kind in ("*.py", "*.pyx", "*.pxd") for p in folder.rglob(kind))


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a file imports or cimports."""
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: imports are absolute"
                yield node.module or ""
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
        return
    for line in path.read_text().splitlines():
        words = line.split()
        if len(words) > 1 and words[0] in ("import", "cimport", "from"):
            yield words[1].rstrip(",")


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def all_files() -> list[Path]:
    return [p for room in MAY_IMPORT for p in files(room)]


def test_every_room_is_in_the_table() -> None:
    rooms = {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert rooms <= set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_go_downwards_only(room: str) -> None:
    allowed = (room, *MAY_IMPORT[room])
    wrong = [
        f"{path.relative_to(SOURCE)} imports {name}"
        for path in files(room)
        for name in imported(path)
        if name.startswith("fastdial.")
        and name.split(".")[1] in MAY_IMPORT
        and name.split(".")[1] not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("room", DETERMINISTIC)
def test_deterministic_rooms_know_no_clock_socket_file_or_randomness(room: str) -> None:
    wrong = [
        f"{path.relative_to(SOURCE)} imports {name}"
        for path in files(room)
        for name in imported(path)
        if name.split(".")[0] in FORBIDDEN_MODULES or name.startswith("numpy.random")
    ]
    assert wrong == []


@pytest.mark.parametrize("room", DETERMINISTIC)
def test_deterministic_rooms_iterate_over_no_set_and_call_nothing_that_varies(room: str) -> None:
    wrong = [
        f"{path.relative_to(SOURCE)}:{line}: {what}"
        for path in files(room)
        if path.suffix == ".py"
        for line, what in variations(ast.parse(path.read_text()))
    ]
    assert wrong == []


def variations(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What could differ between two runs: calls by name, and sets that are iterated over."""
    sets = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and is_set(node.value, ())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
                yield node.lineno, f"calls {node.func.id}()"
            if isinstance(node.func, ast.Attribute) and node.func.attr in FORBIDDEN_METHODS:
                yield node.lineno, f"calls .{node.func.attr}()"
            if isinstance(node.func, ast.Name) and node.func.id in ("list", "tuple", "iter"):
                yield from ((node.lineno, "lists a set") for a in node.args if is_set(a, sets))
        loops = [node.iter] if isinstance(node, ast.For | ast.comprehension) else []
        yield from ((over.lineno, "iterates over a set") for over in loops if is_set(over, sets))


def is_set(node: ast.expr, names: set[str] | tuple[()]) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("set", "frozenset")
    if isinstance(node, ast.Name):
        return node.id in names
    return isinstance(node, ast.Set | ast.SetComp)


def test_deciders_change_nothing() -> None:
    """Only apply assigns to what a site knows, or calls what changes queues and timers."""
    changing = {"push", "push_many", "remove", "schedule", "schedule_many", "cancel", "pop"}
    changing |= {"append", "setdefault", "update", "enqueue", "set_timer", "reorder"}
    wrong = []
    for path in sorted((SOURCE / "engine" / "decide").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            targets = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AugAssign | ast.Delete):
                targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
            where = f"{path.name}:{getattr(node, 'lineno', 0)}"
            wrong += [
                f"{where} assigns"
                for target in targets
                if isinstance(target, ast.Attribute | ast.Subscript) and rooted_in_state(target)
            ]
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in changing
                and rooted_in_state(node.func.value)
            ):
                wrong.append(f"{where} calls {node.func.attr}")
    assert wrong == []


def rooted_in_state(node: ast.expr) -> bool:
    """Whether an expression hangs on a turn, a state or a record, and not on a local value."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    own = {"turn", "state", "campaign", "contact", "agent", "call", "records", "timers", "queue"}
    return isinstance(node, ast.Name) and node.id in own


def test_the_core_needs_no_extra() -> None:
    """An embedder has neither uvloop nor what the command line uses."""
    extras = ("uvloop", "click", "rich", "matplotlib", "asyncio", "sqlite3")
    code = f"import sys, fastdial; print([m for m in {extras!r} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert found.strip() == "[]"


def test_the_walls_would_be_noticed_if_they_fell() -> None:
    bad = "for x in {1, 2}: pass\ny = set()\nz = [a for a in y]\nhash(z)\ndatetime.now()\nlist(y)"
    assert [what for _, what in sorted(variations(ast.parse(bad)))] == [
        "iterates over a set",
        "iterates over a set",
        "calls hash()",
        "calls .now()",
        "lists a set",
    ]
