"""``python -m fastdial.server CONFIG``: serve the site of a TOML file."""

import sys

from fastdial.server.app import MISCONFIGURED, run


def main() -> int:
    """Read the command line and serve."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m fastdial.server CONFIG.toml\n")
        return MISCONFIGURED
    return run(sys.argv[1])


sys.exit(main())
