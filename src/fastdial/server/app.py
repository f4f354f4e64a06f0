"""The server as a process: configuration, signals, exit codes."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastdial.journal import JournalError
from fastdial.messages.codec import BadMessage
from fastdial.server.config import ServeConfig, read_config
from fastdial.server.listeners import CannotListen
from fastdial.server.server import Server

log = logging.getLogger("fastdial.server")

COLLECT_AFTER = (10_000, 50, 1_000_000)
"""When the cycle collector looks at the young, at those that lived on, and at everything. It finds
nothing among what a site keeps, which has no cycles, and with a million contacts looking takes
longer than anybody may wait; so everything is looked at hardly ever."""
SWITCH_S = 0.001
"""after which the journal's thread, which is needed some times for a commit, gets its turn"""

STOPPED = 0
FAILED = 1
MISCONFIGURED = 2


def run(config: ServeConfig | str | Path) -> int:
    """Serve until SIGTERM or SIGINT; returns the process's exit code.

    0: stopped as it was told to; 1: the journal or the site failed, nothing was released after
    it; 2: the configuration cannot be used. Says ``fastdial: listening on …`` on standard output
    when it accepts connections, and everything else on standard error.
    """
    try:
        settings = config if isinstance(config, ServeConfig) else read_config(config)
    except OSError as error:
        return _complain(f"cannot read {config}: {error.strerror or error}", MISCONFIGURED)
    except BadMessage as error:
        return _complain(f"{config}: {error}", MISCONFIGURED)
    logging.basicConfig(level=logging.INFO, format="fastdial: %(message)s")
    gc.set_threshold(*COLLECT_AFTER)
    sys.setswitchinterval(SWITCH_S)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(_serve(settings))


async def _serve(config: ServeConfig) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        server = Server(config)
        await server.start()
    except (JournalError, CannotListen) as error:
        return _complain(str(error), FAILED)
    sys.stdout.write(f"fastdial: listening on {' '.join(server.addresses)}\n")
    sys.stdout.flush()
    stopped = loop.create_task(stop.wait())
    ends: list[asyncio.Future[Any]] = [stopped, server.failed]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not server.failed.done():
        log.info("stopping")
    await server.stop()
    if server.failed.done():
        return _complain(
            f"the server had to stop: {server.failed.result()}; whatever was not acknowledged "
            "by then may have been done or not, as the journal will tell",
            FAILED,
        )
    return STOPPED


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if find_spec("uvloop") is None:
        log.warning(
            "uvloop is not installed, so asyncio's own, slower loop is used; "
            "pip install 'fastdial[server]' brings it"
        )
        return None
    import uvloop  # noqa: PLC0415 - an extra, needed by a running server only

    return uvloop.new_event_loop


def _complain(sentence: str, code: int) -> int:
    sys.stderr.write(f"fastdial: {sentence}\n")
    return code
