"""The examples in docs/kernel are true, and every page has one."""

import doctest
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[2] / "docs" / "kernel").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_the_page_are_true(page: Path) -> None:
    examples = doctest.DocTestParser().get_doctest(
        # A fence closes an example as a blank line does.
        page.read_text().replace("```", ""),
        {},
        page.name,
        str(page),
        0,
    )
    said: list[str] = []
    result = doctest.DocTestRunner().run(examples, out=said.append)
    assert result.attempted > 0, f"{page.name} has no example"
    assert result.failed == 0, "".join(said)


def test_there_are_pages() -> None:
    assert PAGES
