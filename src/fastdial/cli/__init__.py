"""The ``fastdial`` command."""

import sys


def main() -> None:
    """Run the command line; ends the process."""
    try:
        from fastdial.cli.app import cli  # noqa: PLC0415 - its libraries are an extra
    except ImportError as error:
        sys.exit(f"fastdial: {error.name} is missing: pip install 'fastdial[cli]' brings it")
    cli(prog_name="fastdial")
