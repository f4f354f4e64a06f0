"""Slots of queues and places of agents: what is booked where. Events alone change them (SL-3).

The slots of a queue are planned some days further than they can be booked, and a day is added when
it comes near. Each queue has its own moment for that, and few are planned at once, so that many
queues never hold up what else the site has to do, not even after it stood still for weeks.
"""

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from fastdial.engine.agent_places import AgentPlace, AgentPlaces
from fastdial.engine.records import Queue
from fastdial.kernel.slot_grid import SlotGrids
from fastdial.kernel.timers import Timers
from fastdial.messages.slot_events import SlotsPlanned
from fastdial.messages.slots import SlotRun, SlotSettings

DAY_MS = 86_400_000
LAST_AT = 252_700_000_000_000
"""in the year 9977: no day is planned after it"""
KEPT_DAYS = 2
"""local days before today whose slots are kept: whatever is today for some customer is there"""

_SPREAD_MS = DAY_MS // 2
"""within which each queue has its own moment for another day, once the last is a day away"""
_STEP_MS = 6_700_417
"""from one queue's moment to the next one's; a prime, so that the moments fall apart"""
_AT_ONCE, _PAUSE_MS = 16, 50
"""queues that are given more days at one instant, and when others follow"""


class NoPlace(ValueError):
    """A booking that there is no place for: what was decided does not fit the record."""


class SlotPlan(msgspec.Struct):
    """The slots of a queue as far as they are planned."""

    number: int
    """counts the plans, from 1"""
    grid: int = -1
    """in the kernel; below 0 before the first slot is planned"""
    next_day: str = ""
    """the first local day that is not planned yet"""
    until_at: int = 0
    """when that day begins"""
    changed: bool = True
    """the settings are new: everything is to be planned anew"""
    asked: dict[int, int] = {}
    """for each booking, by token, the beginning of the slot that was asked for"""


class SlotRecord(msgspec.Struct):
    """The whole as plain values, for a snapshot."""

    grids: bytes
    plans: dict[str, SlotPlan]
    places: dict[str, list[AgentPlace]]
    last_place: int
    planned_at: int
    planned: int


class Slots(NamedTuple):
    """Slots that follow each other without a gap."""

    start_at: int
    capacity: NDArray[np.uint16]
    is_holiday: NDArray[np.uint8]


class SlotBook:
    """Who calls back when: the grids of all queues, and the places of agents (SL-7)."""

    __slots__ = (
        "_changed",
        "_due",
        "_ids",
        "_of_grid",
        "_planned",
        "_planned_at",
        "_queues",
        "grids",
        "places",
        "plans",
    )

    def __init__(self, queues: dict[str, Queue], record: SlotRecord | None = None) -> None:
        """``queues`` are those of the site. ValueError for a ``record`` that is damaged."""
        self._queues = queues
        self.grids = SlotGrids() if record is None else SlotGrids.restore(record.grids)
        self.plans = {} if record is None else record.plans
        self.places = (
            AgentPlaces() if record is None else AgentPlaces(record.places, record.last_place)
        )
        self._planned_at = 0 if record is None else record.planned_at
        self._planned = 0 if record is None else record.planned
        """how many queues were given more days at that instant"""
        self._ids = list(self.plans)
        self._of_grid = {plan.grid: plan for plan in self.plans.values()}
        self._due = Timers()
        self._changed: dict[str, None] = {}
        """queues to be planned anew at once"""
        for queue_id, plan in self.plans.items():
            if plan.grid >= 0 and plan.grid not in self.grids:
                raise ValueError(f"queue {queue_id!r} has a grid that is not there")
            self._line_up(queue_id, plan)

    def record(self) -> SlotRecord:
        """Everything in it, for a snapshot."""
        return SlotRecord(
            self.grids.snapshot(),
            self.plans,
            self.places.by_agent,
            self.places.last,
            self._planned_at,
            self._planned,
        )

    # --- looked up

    def settings(self, queue_id: str) -> SlotSettings | None:
        """Of the queue's slots; none where it has none."""
        queue = self._queues.get(queue_id)
        return None if queue is None else queue.settings.slots

    def grid(self, queue_id: str) -> int | None:
        """The queue's grid; none where it has no slots, or none are planned yet."""
        plan = self.plans.get(queue_id)
        if plan is None or plan.grid < 0 or self.settings(queue_id) is None:
            return None
        return plan.grid

    # --- planning

    def settings_changed(self, queue_id: str) -> None:
        """A queue has other slots than before, or none any more: its bookings stay."""
        plan = self.plans.get(queue_id)
        if plan is None:
            if self.settings(queue_id) is None:
                return
            self._ids.append(queue_id)
            plan = self.plans[queue_id] = SlotPlan(len(self._ids))
        plan.changed = True
        self._line_up(queue_id, plan)

    def to_plan(self, now: int) -> str | None:
        """The next queue that is to be given slots at ``now``."""
        if self._changed:
            return next(iter(self._changed))
        if self._planned_at == now and self._planned >= _AT_ONCE:
            return None
        first = self._due.peek()
        return self._ids[first[0] - 1] if first is not None and first[1] <= now else None

    def wake_at(self, at: int) -> int | None:
        """When something is to be planned next, as seen at ``at``."""
        if self._changed:
            return at
        due: int | None = self._due.next_due()
        if due is not None and self._planned_at == at and self._planned >= _AT_ONCE:
            return max(due, at + _PAUSE_MS)
        return due

    def to_be_planned_until(self, queue_id: str, now: int) -> int:
        """The instant beyond which slots of the queue are to reach that is planned at ``now``."""
        plan, settings = self.plans[queue_id], self.settings(queue_id)
        if settings is None:
            raise NoPlace(f"queue {queue_id!r} has no slots")
        until_at = now - _due_at(plan, settings, 0)
        return max(until_at, max(plan.asked.values(), default=0)) if plan.changed else until_at

    def plan(self, event: SlotsPlanned) -> None:
        """A queue is given more slots, or all of them anew; what is past is forgotten."""
        plan, settings = self.plans[event.queue_id], self.settings(event.queue_id)
        if settings is None:
            raise NoPlace(f"queue {event.queue_id!r} has no slots")
        if event.anew:
            self._plan_anew(plan, settings, event.runs)
        else:
            _, bookings = self.grids.forget(event.forget_before_at, grid=plan.grid)
            if bookings:
                where = self.grids.where
                plan.asked = {token: at for token, at in plan.asked.items() if where(token)}
            self._extend(plan.grid, settings, event.runs)
            self._count(event.at)
        plan.next_day, plan.until_at = event.next_day, event.until_at
        plan.changed = False
        self._line_up(event.queue_id, plan)

    def _count(self, at: int) -> None:
        self._planned = self._planned + 1 if self._planned_at == at else 1
        self._planned_at = at

    def _plan_anew(self, plan: SlotPlan, settings: SlotSettings, runs: tuple[SlotRun, ...]) -> None:
        """Other slots; each booking goes along to the one that holds the time asked for."""
        old, grids = plan.grid, self.grids
        plan.grid = grids.add(
            settings.slot_minutes * 60_000,
            lead_ms=settings.lead_s * 1_000,
            horizon_ms=settings.horizon_days * DAY_MS,
        )
        self._of_grid[plan.grid] = plan
        self._extend(plan.grid, settings, runs)
        if old < 0:
            return
        starts = [run.start_at for run in runs]
        kept: dict[int, int] = {}
        for token, asked_at in plan.asked.items():
            if not starts or asked_at < starts[0]:
                continue  # long past
            run = runs[bisect_right(starts, asked_at) - 1]
            # where no slot holds it, the one before
            place = min(
                (asked_at - run.start_at) // (settings.slot_minutes * 60_000), run.count - 1
            )
            grids.carry(token, plan.grid, run.start_at + place * settings.slot_minutes * 60_000)
            kept[token] = asked_at
        plan.asked = kept
        grids.remove(old)
        del self._of_grid[old]

    def _extend(self, grid: int, settings: SlotSettings, runs: tuple[SlotRun, ...]) -> None:
        for slots in joined(runs, settings.slot_minutes * 60_000):
            self.grids.extend(grid, slots.start_at, slots.capacity, holidays=slots.is_holiday)

    def _line_up(self, queue_id: str, plan: SlotPlan) -> None:
        settings = self.settings(queue_id)
        self._changed.pop(queue_id, None)
        self._due.cancel(plan.number)
        if settings is None:
            return
        if plan.changed:
            self._changed[queue_id] = None
        elif plan.until_at < LAST_AT:
            self._due.schedule(plan.number, _due_at(plan, settings, plan.until_at))

    # --- bookings

    def book(
        self,
        queue_id: str | None,
        start_at: int,
        agent_id: str | None = None,
        until_at: int | None = None,
    ) -> tuple[int, ...]:
        """Take the places that were found, and give their tokens.

        One in the slot of the queue that begins at ``start_at``, where there is a queue, and one of
        the agent, where there is one; ``until_at`` is needed without a queue. Raises `NoPlace`, and
        takes none, where one is not there.
        """
        if queue_id is not None:
            settings = self.settings(queue_id)
            if settings is None:
                raise NoPlace(f"queue {queue_id!r} has no slots")
            until_at = start_at + settings.slot_minutes * 60_000
        if agent_id is not None and not self._agent_is_free(agent_id, start_at, until_at):
            raise NoPlace(f"agent {agent_id!r} has another callback at {start_at}")
        tokens: tuple[int, ...] = ()
        if queue_id is not None:
            plan = self.plans[queue_id]
            token = self.grids.book(plan.grid, start_at) if plan.grid >= 0 else 0
            if not token:
                raise NoPlace(f"queue {queue_id!r} has no place at {start_at}")
            plan.asked[token] = start_at
            tokens = (token,)
        if agent_id is not None and until_at is not None:
            tokens += (self.places.take(agent_id, start_at, until_at),)
        return tokens

    def _agent_is_free(self, agent_id: str, start_at: int, until_at: int | None) -> bool:
        return until_at is not None and self.places.is_free(agent_id, start_at, until_at)

    def give_back(self, tokens: tuple[int, ...]) -> int:
        """Give the places back that are still taken; gives how many these were."""
        return sum([self._give_back(token) for token in tokens])

    def _give_back(self, token: int) -> bool:
        if token < 0:
            return self.places.give_back(token)
        where = self.grids.where(token)
        if where is None:
            return False
        del self._of_grid[where[0]].asked[token]
        return self.grids.cancel(token)

    def move(
        self,
        tokens: tuple[int, ...],
        queue_id: str | None,
        start_at: int,
        agent_id: str | None = None,
        until_at: int | None = None,
    ) -> tuple[int, ...]:
        """Give these places back and take others, as `book` does."""
        self.give_back(tokens)
        return self.book(queue_id, start_at, agent_id, until_at)


def joined(runs: tuple[SlotRun, ...], slot_ms: int) -> Iterator[Slots]:
    """Runs as columns, those that follow each other without a gap as one."""
    first = 0
    for place in range(1, len(runs) + 1):
        before = runs[place - 1]
        if place < len(runs) and before.start_at + before.count * slot_ms == runs[place].start_at:
            continue
        counts = [run.count for run in runs[first:place]]
        yield Slots(
            runs[first].start_at,
            np.repeat(np.array([r.capacity for r in runs[first:place]], np.uint16), counts),
            np.repeat(np.array([r.is_holiday for r in runs[first:place]], np.uint8), counts),
        )
        first = place


def _due_at(plan: SlotPlan, settings: SlotSettings, until_at: int) -> int:
    """When the day is to be added that begins at ``until_at``, half a day early at the latest."""
    own_moment = plan.number * _STEP_MS % _SPREAD_MS
    return until_at - settings.horizon_days * DAY_MS - DAY_MS + own_moment
