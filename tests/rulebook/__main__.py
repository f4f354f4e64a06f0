"""``python -m tests.rulebook``: the rules of the project and the tests that name them."""

import sys

from tests.rulebook.book import main

sys.exit(main(sys.argv[1:]))
