"""What the pages of the kernel show is what happens."""

import doctest
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[2] / "docs" / "kernel").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_of_the_page_holds(page: Path) -> None:
    # Markdown's closing fence would count as output of the last example
    text = page.read_text().replace("```", "\n")
    example = doctest.DocTestParser().get_doctest(text, {}, page.stem, str(page), 0)
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0
