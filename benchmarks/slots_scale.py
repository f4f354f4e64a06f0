"""What many queues with slots cost a site: memory, days that come and go, a standstill, a burst.

    python -m benchmarks.slots_scale --queues 10000

Queues of 31 days of quarters of an hour, made in one site in virtual time. Then a day passes, step
by step, and each step is timed: the longest is the longest that the site is kept from other work.
Then the site is written down, restored, and stands still for 45 days. In another site callbacks are
promised, all within one second.
"""

import argparse
import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass

from fastdial import Site
from fastdial.messages.callbacks import CallbackSchedule
from fastdial.messages.queues import QueueCreate, QueueSettings
from fastdial.messages.replies import CallbackReply
from fastdial.messages.settings import SiteConfig
from fastdial.messages.slot_events import SlotsPlanned
from fastdial.messages.slots import OfficeHours, SlotSettings
from fastdial.messages.windows import ALWAYS_OPEN, HolidayHours, WeeklyHours
from fastdial.server.app import COLLECT_AFTER

START = 1_772_452_800_000
"""2026-03-02, 12:00 UTC"""
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
QUEUES_IN_A_BURST = 10
ZONES = ("Europe/Warsaw", "America/New_York", "Asia/Kolkata", "Australia/Sydney")


@dataclass(frozen=True)
class Steps:
    """Calls of `Site.advance` and how long they took."""

    planned: int
    """queues that were given more days"""
    count: int
    total_s: float
    longest_ms: float


@dataclass(frozen=True)
class Result:
    """All that was measured."""

    queues: int
    slots: int
    made_s: float
    grids_nbytes: int
    snapshot_nbytes: int
    snapshot_s: float
    restored_s: float
    day: Steps
    standstill: Steps
    bookings: int
    burst_s: float
    """for callbacks that were all promised within one second"""


def settings(number: int) -> QueueSettings:
    """Of a queue; some are like others."""
    hours = OfficeHours(holidays=(HolidayHours(region="PL"),))
    zone = ZONES[number % len(ZONES)]
    return QueueSettings(
        name="Help", slots=SlotSettings(zone=zone, hours=hours, capacity=1 + number % 5)
    )


def made(queues: int) -> Site:
    """A site with so many queues."""
    site = Site(SiteConfig(max_campaigns=99_999, max_queues=queues))
    for number in range(queues):
        site.handle(QueueCreate(settings=settings(number)), START)
    return site


def steps(site: Site, instants: Iterator[int]) -> Steps:
    """Go through these instants."""
    took_s, planned = [], 0
    for at in instants:
        began_s = time.perf_counter()
        events = site.advance(at)
        took_s.append(time.perf_counter() - began_s)
        planned += sum(isinstance(event, SlotsPlanned) for event in events)
    return Steps(planned, len(took_s), sum(took_s), max(took_s, default=0.0) * 1_000)


def due(site: Site, from_at: int, until_at: int) -> Iterator[int]:
    """The instants at which the site has something to do, none before ``from_at``."""
    while (at := site.next_due()) is not None and at <= until_at:
        yield max(at, from_at)


def burst(bookings: int) -> float:
    """How long promises take that all come within one second, in ten queues, seconds."""
    hours = OfficeHours(weekly=(WeeklyHours(),))
    busy = SlotSettings(zone="UTC", hours=hours, capacity=min(bookings // 10_000 + 10, 1_000))
    site = Site()
    for _ in range(QUEUES_IN_A_BURST):
        queue = QueueSettings(name="Help", windows=ALWAYS_OPEN, slots=busy)
        site.handle(QueueCreate(settings=queue), START)
    commands = [
        CallbackSchedule(
            queue_id=str(1 + n % QUEUES_IN_A_BURST),
            number=f"+4420{n:08d}",
            name="Customer",
            zone="UTC",
            window_start_at=START + HOUR_MS * (1 + n * 7 % 600),
            window_end_at=START + HOUR_MS * (5 + n * 7 % 600),
        )
        for n in range(bookings)
    ]
    began_s = time.perf_counter()
    for n, command in enumerate(commands):
        reply = site.handle(command, START + n * 1_000 // bookings).reply
        if not isinstance(reply, CallbackReply):
            raise RuntimeError(f"a booking was refused: {reply}")
    return time.perf_counter() - began_s


def measure(queues: int, bookings: int) -> Result:
    """Everything."""
    gc.set_threshold(*COLLECT_AFTER)
    burst_s = burst(bookings)
    began_s = time.perf_counter()
    site = made(queues)
    made_s = time.perf_counter() - began_s
    grids = site._state.slots.grids
    slots = sum(
        len(grids.availability(plan.grid, 0, 2**60).start_at)
        for plan in site._state.slots.plans.values()
    )
    day = steps(site, due(site, START, START + DAY_MS))
    began_s = time.perf_counter()
    data = site.snapshot()
    snapshot_s = time.perf_counter() - began_s
    del site
    began_s = time.perf_counter()
    site = Site.restore(data)
    restored_s = time.perf_counter() - began_s
    later = START + 45 * DAY_MS
    standstill = steps(site, due(site, later, later + 60_000))
    return Result(
        queues=queues,
        slots=slots,
        made_s=made_s,
        grids_nbytes=grids.nbytes,
        snapshot_nbytes=len(data),
        snapshot_s=snapshot_s,
        restored_s=restored_s,
        day=day,
        standstill=standstill,
        bookings=bookings,
        burst_s=burst_s,
    )


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description="Slots of many queues: memory and stalls.")
    parser.add_argument("--queues", type=int, default=10_000)
    parser.add_argument("--bookings", type=int, default=100_000)
    given = parser.parse_args()
    found = measure(given.queues, given.bookings)
    print(f"{found.queues} queues, {found.slots} slots, made in {found.made_s:.1f} s")
    print(
        f"grids {found.grids_nbytes:,} bytes ({found.grids_nbytes / found.slots:.2f} a slot), "
        f"snapshot {found.snapshot_nbytes:,} bytes in {found.snapshot_s:.2f} s, "
        f"restored in {found.restored_s:.2f} s"
    )
    for name, one in (("a day", found.day), ("after a standstill", found.standstill)):
        print(
            f"{name}: {one.planned} plans in {one.count} steps, {one.total_s:.2f} s in all, "
            f"the longest {one.longest_ms:.1f} ms"
        )
    print(
        f"{found.bookings} callbacks promised within a second took {found.burst_s:.1f} s, "
        f"{found.burst_s / found.bookings * 1e6:.0f} us each"
    )


if __name__ == "__main__":
    main()
