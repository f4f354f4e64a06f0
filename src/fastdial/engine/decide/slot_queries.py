"""What is asked about slots (SL-2, SL-6)."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from fastdial.engine.decide.slots import REASONS, Looked, first_free, look, slot_ms
from fastdial.engine.slots import LAST_AT, joined
from fastdial.engine.turn import Turn, refuse
from fastdial.kernel.slot_grid import Reason
from fastdial.messages.base import Reply
from fastdial.messages.errors import ErrorCode
from fastdial.messages.slot_queries import (
    SlotsAvailability,
    SlotsFirstFree,
    SlotsFoundReply,
    SlotsOpenFor,
    SlotsOpenReply,
    SlotsReply,
)
from fastdial.messages.slots import SlotRun, SlotSettings
from fastdial.rules.calendars import LocalTimes, office_of
from fastdial.rules.days import BadDay, day_begins_at, is_zone

_WORDS = [REASONS.get(reason) for reason in range(len(Reason))]


def availability(turn: Turn, command: SlotsAvailability) -> Reply:
    """Every slot of some local days of the customer."""
    settings = _settings(turn, command.queue_id, "queue_id")
    local = _local_times(command.zone)
    _check_agent(turn, command.agent_id)
    from_at, until_at = _range(command, local.day(turn.now))
    slots = look(turn, command.queue_id, from_at, until_at, command.agent_id)
    slots = _joined(slots, _too_far(turn, command.queue_id, settings, from_at, until_at))
    starts = slots.start_at.tolist()
    ends = (slots.start_at + settings.slot_minutes * 60_000).tolist()
    return SlotsReply(
        queue_id=command.queue_id,
        zone=command.zone,
        at=turn.now,
        start_at=starts,
        end_at=ends,
        start_local=local.texts(starts),
        end_local=local.texts(ends),
        capacity=slots.capacity.tolist(),
        taken=slots.taken.tolist(),
        free=slots.free.tolist(),
        reasons=[_WORDS[reason] for reason in slots.reason.tolist()],
    )


def first(turn: Turn, command: SlotsFirstFree) -> Reply:
    """The first free slots of one queue, or across many."""
    local = _local_times(command.zone)
    _check_agent(turn, command.agent_id)
    for place, queue_id in enumerate(command.queue_ids):
        _settings(turn, queue_id, f"queue_ids[{place}]")
    found = _across(turn, command)
    starts = [start_at for start_at, _ in found]
    ends = [start_at + slot_ms(turn, queue_id) for start_at, queue_id in found]
    return SlotsFoundReply(
        zone=command.zone,
        at=turn.now,
        queue_ids=[queue_id for _, queue_id in found],
        start_at=starts,
        end_at=ends,
        start_local=local.texts(starts),
        end_local=local.texts(ends),
        free=[
            int(look(turn, queue_id, start_at, start_at + 1).free[0])
            for start_at, queue_id in found
        ],
    )


def open_for(turn: Turn, command: SlotsOpenFor) -> Reply:
    """How many seconds the office stays open."""
    office = office_of(_settings(turn, command.queue_id, "queue_id"))
    at = turn.now if command.at is None else command.at
    if not 0 <= at <= LAST_AT:
        refuse(ErrorCode.INVALID_VALUE, f"at is {at}; it can be 0 to {LAST_AT}", "at")
    opens_at, until = office.opens_at(at), office.open_until(at)
    if opens_at != at:
        return SlotsOpenReply(
            queue_id=command.queue_id, at=at, open=False, open_s=0, opens_at=opens_at
        )
    open_s = None if until is None else (until - at) // 1_000
    return SlotsOpenReply(queue_id=command.queue_id, at=at, open=True, open_s=open_s, until=until)


def _across(turn: Turn, command: SlotsFirstFree) -> list[tuple[int, str]]:
    """When free slots begin, and whose they are."""
    book, queues = turn.state.slots, turn.state.records.queues
    from_at = turn.now if command.from_at is None else command.from_at
    until_at = LAST_AT if command.until_at is None else command.until_at
    wanted = [
        queue_id
        for queue_id in dict.fromkeys(command.queue_ids or book.plans)
        if book.grid(queue_id) is not None and queues[queue_id].settings.active
    ]
    if command.agent_id is not None:
        found = [
            (start_at, place)
            for place, queue_id in enumerate(wanted)
            for start_at in first_free(
                turn, queue_id, from_at, until_at, command.limit, command.agent_id
            ).start_at.tolist()
        ]
        return [(start_at, wanted[place]) for start_at, place in sorted(found)[: command.limit]]
    of_grid = {book.plans[queue_id].grid: queue_id for queue_id in wanted}
    grids, starts = book.grids.first_free_across(
        list(of_grid), from_at, until_at, now=turn.now, limit=command.limit
    )
    return [(at, of_grid[grid]) for at, grid in zip(starts.tolist(), grids.tolist(), strict=True)]


def _too_far(
    turn: Turn, queue_id: str, settings: SlotSettings, from_at: int, until_at: int
) -> Looked:
    """The slots of a range that are beyond those that are planned: nobody can have booked them."""
    plan, office = turn.state.slots.plans[queue_id], office_of(settings)
    day = max(date.fromisoformat(plan.next_day).toordinal(), office.day_of(from_at) - 1)
    runs: list[SlotRun] = []
    while office.begins_at(day) < min(until_at, LAST_AT):
        runs += office.slots(day)
        day += 1
    return _unplanned(runs, office.slot_ms, max(from_at, plan.until_at), until_at)


def _unplanned(runs: list[SlotRun], length_ms: int, from_at: int, until_at: int) -> Looked:
    parts = list(joined(tuple(runs), length_ms))
    starts = [part.start_at + length_ms * np.arange(len(part.capacity)) for part in parts]
    start_at: NDArray[np.int64] = np.concatenate([np.empty(0, np.int64), *starts])
    capacity = np.concatenate([np.empty(0, np.uint16), *(part.capacity for part in parts)])
    is_holiday = np.concatenate([np.empty(0, np.uint8), *(part.is_holiday for part in parts)])
    reason = np.full(len(start_at), int(Reason.TOO_FAR), np.uint8)
    reason[capacity == 0] = int(Reason.CLOSED)
    reason[is_holiday != 0] = int(Reason.HOLIDAY)
    asked = (from_at <= start_at) & (start_at < until_at)
    capacity, reason = capacity[asked], reason[asked]
    return Looked(start_at[asked], capacity, np.zeros_like(capacity), capacity, reason)


def _joined(one: Looked, other: Looked) -> Looked:
    if not len(other.start_at):
        return one
    return Looked(
        np.concatenate((one.start_at, other.start_at)),
        np.concatenate((one.capacity, other.capacity)),
        np.concatenate((one.taken, other.taken)),
        np.concatenate((one.free, other.free)),
        np.concatenate((one.reason, other.reason)),
    )


# --- what a command names, or a refusal


def _settings(turn: Turn, queue_id: str, field: str) -> SlotSettings:
    queue = turn.state.records.queues.get(queue_id)
    if queue is None:
        refuse(ErrorCode.UNKNOWN_QUEUE, f"there is no queue {queue_id!r}", field)
    if queue.settings.slots is None:
        refuse(ErrorCode.NO_SLOTS, f"queue {queue_id!r} has no slots", field)
    return queue.settings.slots


def _local_times(zone: str) -> LocalTimes:
    if not is_zone(zone):
        refuse(ErrorCode.INVALID_VALUE, f"{zone!r} is not an IANA time zone", "zone")
    return LocalTimes(zone)


def _check_agent(turn: Turn, agent_id: str | None) -> None:
    if agent_id is not None:
        turn.agent(agent_id)


def _range(command: SlotsAvailability, today: str) -> tuple[int, int]:
    """The instants between which the days lie."""
    try:
        first_day = date.fromisoformat(command.first_day or today)
        after = first_day + timedelta(days=command.days)
        return (
            day_begins_at(first_day.isoformat(), command.zone),
            day_begins_at(after.isoformat(), command.zone),
        )
    except (ValueError, OverflowError, BadDay):
        sentence = f"{command.first_day!r} is not a date for which slots can be shown"
        refuse(ErrorCode.INVALID_VALUE, sentence, "first_day")
