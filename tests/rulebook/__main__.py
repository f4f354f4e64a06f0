"""``PYTHONPATH=tests python -m rulebook``: the rules and the tests that name them."""

import sys

from rulebook.book import main

sys.exit(main(sys.argv[1:]))
