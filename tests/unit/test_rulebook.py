"""The table of rules and their tests says what is in the docs and in the tests."""

from pathlib import Path

import pytest

from rulebook.book import main, named_by_rule, named_in_name, named_in_text, names_in, rules

BOOK = """
# Rules
| rule | what it says |
|---|---|
| CA-1 | One |
| CA-2 | Two |
| CO-1 | Windows |
"""
SOURCE = '''
"""A file about CA-2, which proves nothing yet."""

def test_ca_1_holds_and_ca_12_too(): ...

def test_windows():
    """CO-1, AG-1 to AG-3: all of them."""

class Machine:
    @invariant()
    def never_twice(self):
        """CA-8"""

    @rule(n=integers())
    def helper_ca_9(self, n): ...

def helper():
    """CA-2"""
'''


def test_a_test_names_rules_in_its_name_or_its_docstring() -> None:
    assert dict(names_in(SOURCE)) == {
        "test_ca_1_holds_and_ca_12_too": ["CA-1", "CA-12"],
        "test_windows": ["CO-1", "AG-1", "AG-2", "AG-3"],
        "never_twice": ["CA-8"],
        "helper_ca_9": ["CA-9"],
    }


def test_words_that_only_look_like_a_rule_name_none() -> None:
    assert named_in_name("test_taco_1_and_ca_x_and_co_12b") == []
    assert named_in_text("UTC-1, XCA-1, ca-1") == []


def test_a_book_that_says_a_rule_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="CA-1 stands twice"):
        rules(BOOK + "| CA-1 | Again |")


def run(folder: Path, source: str, *arguments: str) -> int:
    (folder / "tests").mkdir()
    (folder / "tests" / "test_it.py").write_text(source)
    (folder / "rules.md").write_text(BOOK)
    return main(arguments, folder / "rules.md", folder / "tests")


def test_the_table_shows_tests_and_their_absence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "def test_ca_1(): ...\ndef test_ca_1_again(): ...", "--tests", "1") == 0
    said = capsys.readouterr().out
    assert "CA-1  One\n        tests/test_it.py::test_ca_1\n        and 1 more\n" in said
    assert "CA-2  Two\n        NO TEST\n" in said
    assert "CA: 1 of 2 rules have tests; none: CA-2" in said


@pytest.mark.parametrize(
    ("source", "families", "sentence"),
    [
        ("def test_ca_1(): ...", "CA", "no test names CA-2: Two"),
        ("def test_ca_7(): ...", "CO", "there is no rule CA-7"),
        ("", "XX", "there is no family 'XX'"),
    ],
)
def test_the_check_fails(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    source: str,
    families: str,
    sentence: str,
) -> None:
    assert run(tmp_path, source, "--check", families) == 1
    assert sentence in capsys.readouterr().out


def test_the_check_passes_where_every_rule_of_the_family_is_named(tmp_path: Path) -> None:
    assert run(tmp_path, "def test_co_1(): ...", "--check", "CO") == 0


def test_the_projects_own_tests_name_only_rules_that_are_in_its_book() -> None:
    root = Path(__file__).parents[2]
    book = rules((root / "docs" / "rules.md").read_text())
    named = named_by_rule(root / "tests")
    assert [rule for rule in named if rule not in book] == []
    assert {rule.split("-")[0] for rule in book} == {"AG", "CA", "CO", "CB", "CQ", "SL", "VO"}
