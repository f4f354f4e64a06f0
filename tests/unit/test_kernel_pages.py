"""What the pages of the kernel show is what happens."""

import doctest
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[2] / "docs" / "kernel").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_of_the_page_holds(page: Path) -> None:
    done = doctest.testfile(str(page), module_relative=False)
    assert done.attempted
    assert not done.failed
