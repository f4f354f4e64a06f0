"""What is done for one callback does not grow with how many there are; calls are counted."""

import sys
from types import FrameType
from typing import Any

import pytest

from callback_floor import HOUR_MS, CallbackFloor
from fastdial.messages.base import Command
from fastdial.messages.callbacks import (
    CallbackCancel,
    CallbackGet,
    CallbackList,
    CallbackMove,
    CallbackUpdate,
)
from fastdial.messages.settings import SiteConfig
from floor import number

FEW, MANY = 200, 3_000


def floor_with(callbacks: int) -> CallbackFloor:
    floor = CallbackFloor(SiteConfig(default_region="GB"))
    floor.queue()
    floor.agent("ann")
    for n in range(callbacks):
        own = n % 3 == 0
        floor.promise(n, in_ms=HOUR_MS + n * 600_000, agent_id="ann" if own else None, personal=own)
    return floor


def calls(floor: CallbackFloor, command: Command) -> int:
    """Functions that are called to carry the command out, in Python and in C."""
    count = 0

    def note(frame: FrameType, event: str, _: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        floor.site.handle(command, floor.now)
    finally:
        sys.setprofile(None)
    return count


@pytest.fixture(scope="module")
def floors() -> tuple[CallbackFloor, CallbackFloor]:
    return floor_with(FEW), floor_with(MANY)


@pytest.mark.parametrize(
    "what",
    ["schedule", "get", "update", "move", "page", "own page", "of a number", "due", "cancel"],
)
def test_cb_5_nothing_is_done_for_each_of_the_others(
    floors: tuple[CallbackFloor, CallbackFloor], what: str
) -> None:
    def counted(floor: CallbackFloor, callbacks: int) -> int:
        middle = callbacks // 2
        start_at = floor.now + 5 * HOUR_MS
        commands: dict[str, Command] = {
            "schedule": floor.asking(9_000, in_ms=HOUR_MS),
            "get": CallbackGet(callback_id=middle),
            "update": CallbackUpdate(callback_id=middle, reason="another"),
            "move": CallbackMove(
                callback_id=middle, window_start_at=start_at, window_end_at=start_at + HOUR_MS
            ),
            "page": CallbackList(queue_id="help", from_at=start_at, limit=20),
            "own page": CallbackList(agent_id="ann", from_at=start_at, limit=20),
            "of a number": CallbackList(number=number(middle)),
            "due": CallbackGet(callback_id=middle),
            "cancel": CallbackCancel(callback_id=middle + 1),
        }
        if what == "due":
            floor.now += HOUR_MS
        return calls(floor, commands[what])

    few, many = (
        counted(floor, callbacks) for floor, callbacks in zip(floors, (FEW, MANY), strict=True)
    )
    assert many <= few * 1.3 + 10
