"""Processes that do not outlive the one that started them."""

import os
import signal
import sys
from threading import Thread


def stop_with_stdin() -> None:
    """Send ourselves SIGTERM when standard input ends, which it does when our parent does."""
    Thread(target=_wait_for_end, name="stop with stdin", daemon=True).start()


def _wait_for_end() -> None:
    # Read by the descriptor: a thread inside sys.stdin's lock would hang the interpreter's end.
    descriptor = sys.stdin.fileno()
    while os.read(descriptor, 4_096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
