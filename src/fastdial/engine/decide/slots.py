"""Which slot a callback gets (SL-5, SL-7), and which slots a queue has (SL-1)."""

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastdial.engine.slots import DAY_MS, KEPT_DAYS, LAST_AT
from fastdial.engine.turn import Turn
from fastdial.kernel.slot_grid import Reason
from fastdial.messages.slot_events import SlotsPlanned
from fastdial.messages.slots import SlotRun
from fastdial.messages.words import SlotReason
from fastdial.rules.calendars import office_of

REASONS: dict[int, SlotReason] = {
    Reason.FULL: SlotReason.FULL,
    Reason.TOO_SOON: SlotReason.TOO_SOON,
    Reason.TOO_FAR: SlotReason.TOO_FAR,
    Reason.HOLIDAY: SlotReason.HOLIDAY,
    Reason.CLOSED: SlotReason.CLOSED,
    Reason.PAST: SlotReason.PAST,
}
"""of several slots that cannot be booked the first of these is said"""

_FREE = int(Reason.NONE)
_FULL = int(Reason.FULL)


class Found(NamedTuple):
    """The slot that a callback gets."""

    start_at: int
    until_at: int


class NotFound(NamedTuple):
    """Why no slot can be had, and the next one that can."""

    reason: SlotReason
    next_free_at: int | None


class Looked(NamedTuple):
    """Slots in order of time, a column for each thing known of them."""

    start_at: NDArray[np.int64]
    capacity: NDArray[np.uint16]
    taken: NDArray[np.uint16]
    free: NDArray[np.uint16]
    reason: NDArray[np.uint8]
    """a `Reason` of the kernel"""


def plan(turn: Turn, queue_id: str) -> None:
    """Give a queue as many days of slots as it needs by now."""
    book = turn.state.slots
    known, settings = book.plans[queue_id], book.settings(queue_id)
    if settings is None:
        raise ValueError(f"queue {queue_id!r} has no slots to be planned")
    office = office_of(settings)
    oldest = office.day_of(turn.now) - KEPT_DAYS
    planned = date.fromisoformat(known.next_day).toordinal() if known.next_day else 0
    day = oldest if known.changed else max(oldest, planned)
    runs: list[SlotRun] = []
    until_at = office.begins_at(day)
    wanted_at = book.to_be_planned_until(queue_id, turn.now)
    while until_at <= wanted_at and until_at < LAST_AT:
        runs += office.slots(day)
        day += 1
        until_at = office.begins_at(day)
    turn.emit(
        SlotsPlanned(
            queue_id=queue_id,
            anew=known.changed,
            runs=tuple(runs),
            next_day=date.fromordinal(day).isoformat(),
            until_at=until_at,
            forget_before_at=office.begins_at(oldest),
        )
    )


def find(
    turn: Turn,
    queue_id: str,
    window_start_at: int,
    window_end_at: int,
    *,
    agent_id: str | None = None,
    earliest: bool = False,
    moving: tuple[int, ...] = (),
) -> Found | NotFound:
    """The slot for a callback within a window: the one with most room, or the earliest (SL-5).

    A slot lies whole within the window; where none is so short, it is the one that holds the
    window's beginning. With ``agent_id`` that agent must be free too (SL-7). ``moving``: the tokens
    of a callback that is moved, whose own places count as free. The queue has slots.
    """
    length_ms = slot_ms(turn, queue_id)
    if agent_id is None and not moving and _is_active(turn, queue_id):
        best_at = _best_for_anybody(turn, queue_id, window_start_at, window_end_at, earliest)
        if best_at is not None:
            return Found(best_at, best_at + length_ms)
    slots = look(turn, queue_id, window_start_at, window_end_at - length_ms + 1, agent_id, moving)
    if not len(slots.start_at):
        at = window_start_at
        slots = look(turn, queue_id, at - length_ms + 1, at + 1, agent_id, moving)
    free = np.flatnonzero(slots.reason == _FREE)
    if len(free):
        chosen = free[0] if earliest else free[np.argmax(slots.free[free])]
        start_at = int(slots.start_at[chosen])
        return Found(start_at, start_at + length_ms)
    reason = _why(turn, queue_id, slots, window_start_at)
    return NotFound(reason, _next_free_at(turn, queue_id, window_start_at, agent_id))


def _best_for_anybody(
    turn: Turn, queue_id: str, from_at: int, until_at: int, earliest: bool
) -> int | None:
    """What the kernel knows by itself: it sees no agents, and no place that is given back."""
    book = turn.state.slots
    grid = book.plans[queue_id].grid
    return book.grids.best(grid, from_at, until_at, now=turn.now, earliest=earliest)


def _next_free_at(turn: Turn, queue_id: str, from_at: int, agent_id: str | None) -> int | None:
    book = turn.state.slots
    if agent_id is None and _is_active(turn, queue_id):
        grid = book.plans[queue_id].grid
        return book.grids.first_free(grid, from_at, LAST_AT, now=turn.now)
    found: list[int] = first_free(turn, queue_id, from_at, LAST_AT, 1, agent_id).start_at.tolist()
    return found[0] if found else None


def _is_active(turn: Turn, queue_id: str) -> bool:
    """An inactive queue takes no callbacks: its slots are closed."""
    return turn.state.records.queues[queue_id].settings.active


def _why(turn: Turn, queue_id: str, slots: Looked, at: int) -> SlotReason:
    settings = turn.state.slots.settings(queue_id)
    if settings is not None and at > turn.now + settings.horizon_days * DAY_MS:
        return SlotReason.TOO_FAR  # where slots may be that are not planned yet
    there = slots.reason.tolist()
    no_slot = SlotReason.PAST if at < turn.now else SlotReason.CLOSED
    return next((word for reason, word in REASONS.items() if reason in there), no_slot)


def look(
    turn: Turn,
    queue_id: str,
    from_at: int,
    until_at: int,
    agent_id: str | None = None,
    moving: tuple[int, ...] = (),
) -> Looked:
    """The slots of a queue that begin in a range; ``agent_id`` and ``moving`` as for `find`."""
    book = turn.state.slots
    grid = book.grid(queue_id)
    if grid is None:
        raise ValueError(f"queue {queue_id!r} has no slots to look at")
    found = Looked(*book.grids.availability(grid, from_at, until_at, now=turn.now))
    for token in moving:
        _leave_out(turn, found, grid, token)
    if not _is_active(turn, queue_id):
        found.reason[found.reason == _FREE] = int(Reason.CLOSED)
    if agent_id is not None:
        free = book.places.are_free(agent_id, found.start_at, slot_ms(turn, queue_id), moving)
        found.reason[(found.reason == _FREE) & ~free] = _FULL
    return found


def _leave_out(turn: Turn, slots: Looked, grid: int, token: int) -> None:
    """See the slots as if this booking were given back; where it is, it can stay."""
    where = turn.state.slots.grids.where(token) if token > 0 else None
    if where is None or where[0] != grid:
        return
    for place in np.flatnonzero(slots.start_at == where[1]):
        slots.taken[place] -= 1
        slots.free[place] = max(int(slots.capacity[place]) - int(slots.taken[place]), 0)
        if slots.reason[place] == _FULL and slots.free[place]:
            slots.reason[place] = _FREE


def first_free(
    turn: Turn, queue_id: str, from_at: int, until_at: int, limit: int, agent_id: str | None = None
) -> Looked:
    """The first slots of a queue that can be booked and begin in a range."""
    slots = look(turn, queue_id, max(from_at, turn.now), until_at, agent_id)
    free = np.flatnonzero(slots.reason == _FREE)[:limit]
    start_at, capacity, taken, left, reason = slots
    return Looked(start_at[free], capacity[free], taken[free], left[free], reason[free])


def slot_ms(turn: Turn, queue_id: str) -> int:
    """The length of the queue's slots."""
    settings = turn.state.slots.settings(queue_id)
    if settings is None:
        raise ValueError(f"queue {queue_id!r} has no slots")
    return settings.slot_minutes * 60_000
