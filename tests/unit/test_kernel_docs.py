"""What the kernel's pages show is what happens."""

import doctest
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs" / "kernel"


@pytest.mark.parametrize("page", ["ready_queue.md", "sharing.md"])
def test_examples_do_what_they_say(page: str) -> None:
    # Markdown's closing fence would count as output of the last example.
    text = (PAGES / page).read_text().replace("```", "\n")
    parser = doctest.DocTestParser()
    test = parser.get_doctest(text, {}, page, page, 0)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0
