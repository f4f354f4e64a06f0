"""The examples in the docs are true, every kernel page has one, and all pages are found."""

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
INDEX = DOCS / "kernel.md"
PAGES = [INDEX, *sorted((DOCS / "kernel").glob("*.md"))]


@pytest.mark.parametrize("page", [*PAGES, DOCS / "lists.md"], ids=lambda page: page.stem)
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


def test_the_index_leads_to_every_page_and_to_no_other() -> None:
    linked = re.findall(r"\]\(([^)]+)\)", INDEX.read_text())
    assert sorted(linked) == [f"kernel/{page.name}" for page in PAGES[1:]]
