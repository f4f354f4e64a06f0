"""The table of domain rules with the tests that name each, read from docs and source."""

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULES = ROOT / "docs" / "rules.md"
TESTS = ROOT / "tests"

FAMILIES = ("AG", "CA", "CO", "CB", "CQ", "SL", "VO")
_FAMILY = "|".join(FAMILIES)
_ROW = re.compile(rf"^\| ((?:{_FAMILY})-\d+) \| (.+) \|$")
_IN_NAME = re.compile(rf"(?:^|_)({_FAMILY.lower()})_(\d+)(?=_|$)")
_IN_TEXT = re.compile(rf"\b({_FAMILY})-(\d+)\b(?: to (?:\1-)?(\d+)\b)?")
HELD_BY = ("rule", "invariant")
"""decorators of a state machine's methods, which are tests too"""


def rules(text: str) -> dict[str, str]:
    """Titles by rule, in the order of the book."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        row = _ROW.match(line)
        if row is not None:
            if row[1] in found:
                raise ValueError(f"rule {row[1]} stands twice in the book")
            found[row[1]] = row[2]
    return found


def named_in_name(name: str) -> list[str]:
    """``test_ca_8_and_ca_9`` names CA-8 and CA-9."""
    return [f"{family.upper()}-{number}" for family, number in _IN_NAME.findall(name)]


def named_in_text(text: str) -> list[str]:
    """``CA-8, AG-1 to AG-3`` names four rules."""
    return [
        f"{family}-{number}"
        for family, first, last in _IN_TEXT.findall(text)
        for number in range(int(first), int(last or first) + 1)
    ]


def names_in(source: str) -> Iterator[tuple[str, list[str]]]:
    """Each test of a file by name, with the rules that it names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_test(node):
            named = named_in_name(node.name) + named_in_text(ast.get_docstring(node) or "")
            yield node.name, list(dict.fromkeys(named))


def _is_test(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    decorators = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    names = [one.id for one in decorators if isinstance(one, ast.Name)]
    return node.name.startswith("test_") or any(name in HELD_BY for name in names)


def named_by_rule(folder: Path) -> dict[str, list[str]]:
    """For each rule that is named anywhere, its tests as ``file::test``."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        for name, named in names_in(path.read_text(encoding="utf-8")):
            for rule in named:
                found.setdefault(rule, []).append(f"{path.relative_to(folder.parent)}::{name}")
    return found


def table(titles: dict[str, str], tests: dict[str, list[str]], shown: int) -> Iterator[str]:
    """The rules with at most ``shown`` tests each, and how many have none."""
    for rule, title in titles.items():
        its = tests.get(rule, [])
        yield f"{rule:6}{title}"
        yield from (f"{'':8}{test}" for test in its[:shown])
        if len(its) > shown:
            yield f"{'':8}and {len(its) - shown} more"
        if not its:
            yield f"{'':8}NO TEST"
    yield ""
    for family in dict.fromkeys(rule.split("-")[0] for rule in titles):
        of_it = [rule for rule in titles if rule.startswith(f"{family}-")]
        bare = [rule for rule in of_it if rule not in tests]
        held = f"{family}: {len(of_it) - len(bare)} of {len(of_it)} rules have tests"
        yield held + (f"; none: {', '.join(bare)}" if bare else "")


def wrong(
    titles: dict[str, str], tests: dict[str, list[str]], finished: Iterable[str]
) -> Iterator[str]:
    """Rules of ``finished`` families without a test, and tests that name what is no rule."""
    for family in finished:
        if not any(rule.startswith(f"{family}-") for rule in titles):
            yield f"there is no family {family!r}; there are {', '.join(FAMILIES)}"
    for rule, title in titles.items():
        if rule.split("-")[0] in finished and rule not in tests:
            yield f"no test names {rule}: {title}"
    for rule, named in tests.items():
        if rule not in titles:
            yield f"{', '.join(named)}: there is no rule {rule}"


def main(arguments: Sequence[str], book: Path = RULES, folder: Path = TESTS) -> int:
    """Print the table, or with ``--check`` only what is wrong; 1 where something is."""
    parser = argparse.ArgumentParser("rulebook", description=__doc__)
    parser.add_argument("--check", metavar="CA,CO", help="fail where one of these has no test")
    parser.add_argument("--tests", type=int, default=3, metavar="N", help="shown for each rule")
    told = parser.parse_args(arguments)
    titles = rules(book.read_text(encoding="utf-8"))
    tests = named_by_rule(folder)
    if told.check is None:
        sys.stdout.writelines(f"{line}\n" for line in table(titles, tests, told.tests))
        return 0
    faults = list(wrong(titles, tests, [one for one in told.check.split(",") if one]))
    said = faults or [f"every rule of {told.check} has a test"]
    sys.stdout.writelines(f"{line}\n" for line in said)
    return 1 if faults else 0
