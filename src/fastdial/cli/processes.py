"""Commands that go on until they are told to stop."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import uvloop

from fastdial.cli.problems import Failed
from fastdial.client import ClientError


def live(life: Coroutine[Any, Any, None]) -> None:
    """Run ``life`` until it ends, or SIGTERM or SIGINT does it; raises `Failed`."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_told(life))
    except ClientError as error:
        raise Failed(str(error)) from None


async def _until_told(life: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(life)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


Life = Callable[..., Coroutine[Any, Any, None]]
