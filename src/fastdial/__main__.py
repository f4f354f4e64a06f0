"""``python -m fastdial``: the same as the command ``fastdial``."""

from fastdial.cli import main

main()
