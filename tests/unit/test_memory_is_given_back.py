"""Whatever is made, filled and dropped leaves no memory behind, however often."""

import gc
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest

from fastdial.kernel import erlang
from fastdial.kernel.answer_levels import AnswerLevels
from fastdial.kernel.answer_rates import AnswerFactor
from fastdial.kernel.blended import blended
from fastdial.kernel.budget import RiskBudget
from fastdial.kernel.contact_table import ContactTable
from fastdial.kernel.event_list import EventList
from fastdial.kernel.exclusion import ExclusionSet, parse_numbers
from fastdial.kernel.frames import FrameSplitter, join
from fastdial.kernel.paced import Paced
from fastdial.kernel.predictive import OneToOne, predictive
from fastdial.kernel.progressive import progressive
from fastdial.kernel.ready_queue import ReadyQueue
from fastdial.kernel.recent import Recent
from fastdial.kernel.sharing import Sharing
from fastdial.kernel.slot_grid import SlotGrids
from fastdial.kernel.timers import Timers
from fastdial.kernel.variates import Law, Stream
from resident import heap_kib, resident_kib

ROWS = np.arange(20_000)
SCATTERED = ROWS * 7919 % 20_011
NOW = 1_700_000_000_000
KEYS = [f"c{n}" if n % 3 else f"a contact with a long key, {n}" for n in range(20_000)]
MANY_KEYS = np.array([f"c{n}" for n in range(150_000)], "S")
TWO_NUMBERS = 48_600_000_000 + np.arange(40_000).reshape(20_000, 2)
STREAM = join([b"x" * 50_000] * 3) + (500_000).to_bytes(4, "big") + b"y" * 1_000


def use_ready_queue() -> None:
    queue = ReadyQueue("random")
    queue.push_many(ROWS, ranks=SCATTERED, window_classes=ROWS % 5)
    queue.open_class(1)
    queue.pop_many(3_000)
    queue.push_many(ROWS * 2**33 + 30_000)
    queue.reorder("newest")
    queue.first(100, open_only=False)
    queue.entries()
    with suppress(ValueError):
        queue.push_many([2**62, 2**62])


def use_timers() -> None:
    timers = Timers()
    timers.schedule_many(ROWS, NOW + SCATTERED * 1_000)
    for id in range(0, 2_000, 2):
        timers.cancel(id)
    timers.schedule_many(ROWS, NOW + ROWS)
    timers.pop_due(NOW + 9_000)
    timers.entries()


def use_contact_table() -> None:
    table = ContactTable()
    table.load(KEYS, TWO_NUMBERS)
    table.load(KEYS[:500], TWO_NUMBERS[:500, 0])
    table.remove_many(np.arange(4_000))
    ContactTable.restore(table.snapshot()).clear()
    with suppress(ValueError):
        ContactTable.restore(table.snapshot()[:-1] + b"\xff")


def use_large_contact_table() -> None:
    """Large enough for slabs."""
    table = ContactTable()
    table.load(MANY_KEYS, 48_600_000_000 + np.arange(150_000))


def use_exclusion() -> None:
    excluded = ExclusionSet(ROWS * 10_007 + 1)
    excluded.add_many(ROWS[::100] + 5)
    excluded.discard_many(ROWS * 10_007 + 1)
    excluded.add(7)
    ExclusionSet.restore(ExclusionSet(SCATTERED + 1).snapshot())
    parse_numbers(b"48600000000\nnobody\n" * 100)


def use_frames() -> None:
    splitter = FrameSplitter()
    splitter.get_buffer()
    splitter.feed(STREAM)


def use_recent() -> None:
    recent = Recent(5_000)
    for at in range(20_000):
        recent.record_attempt(int(SCATTERED[at]), at)
    recent.allowed_at_many(ROWS, 3, 5_000, 5_000)
    Recent.restore(recent.snapshot())
    with suppress(ValueError):
        Recent.restore(recent.snapshot()[:-1] + b"\xff")


def use_answer_levels() -> None:
    levels = AnswerLevels()
    for at in range(20_000):
        levels.answered(levels.dialed(at / 1_000, list=at // 10))
    levels.factors("list")
    AnswerLevels.restore(levels.snapshot()).tick(1e6)
    with suppress(ValueError):
        AnswerLevels.restore(levels.snapshot()[:-1] + b"\xff")


def use_pacing() -> None:
    rate, budget = AnswerFactor(), RiskBudget(window="rolling")
    for now in range(200):
        rate.dialed(now, 0.2)
        rate.tick(now, np.linspace(1, 0, 64))
        budget.counted(now % 9 == 0, to_come=100, now_s=now * 3_000)
    with suppress(ValueError):
        rate.tick(300, [2.0] * 64)
    predictive(
        Paced(agents_max=5, lines_max=100, choose=True, learn_levels=True), agents=5, lines_max=100,
        ring=Law.uniform(4, 20), handle=Law.exponential(180), contacts=Law.beta(0.3, 0.15),
        told=True, choices=50, opening_s=2_000, seed=1,
    )  # fmt: skip


def use_sharing() -> None:
    sharing = Sharing()
    for id in range(1_000, 1_200):
        sharing.join(id, order=1, parity=id)
    sharing.pick()
    Sharing.restore(sharing.entries())


def use_slot_grid() -> None:
    grids = SlotGrids()
    for n in range(400):
        grids.extend(grids.add(1_000), NOW, [2] * 500)
        grids.extend(n, NOW + 10**6, [0] * 100, holidays=[1] * 100)
    tokens = grids.book_many(ROWS % 400, NOW + ROWS // 400 * 1_000)
    grids.cancel_many(tokens[::2])
    grids.first_free_across(ROWS[:400], NOW, NOW + 10**9, limit=100)
    grids.availability(3, NOW, NOW + 10**9, now=NOW + 5_000)
    for n in range(0, 400, 7):
        grids.remove(n)
    grids.forget(NOW + 20_000)
    SlotGrids.restore(grids.snapshot()).add(5)
    with suppress(ValueError):
        SlotGrids.restore(grids.snapshot()[:-1] + b"\xff")


def use_erlang() -> None:
    erlang.erlang_a(np.arange(1, 500), 90.0, 1.0, 2.0)
    erlang.agents_for_service_level(ROWS[1:500], 0.8, 20.0, 180.0)


def use_event_list() -> None:
    events = EventList()
    events.schedule_many(SCATTERED, ROWS)
    for id in range(0, 2_000, 2):
        events.cancel(id)
    events.pop_until(9_000)
    with suppress(ValueError):
        events.schedule_many([-1], [0])


def use_variates() -> None:
    parts = [Law.empirical(ROWS[:1_000]), Law.gamma(10, 0.5)]
    Stream(1).split().draws(Law.mixture(parts, [1, 2]), 2_000)
    with suppress(ValueError):
        Law.mixture(parts, [1, -1])
    with suppress(ValueError):
        Law.empirical([2, 1])


def use_progressive() -> None:
    ring, handle = Law.exponential(12), Law.empirical([1, 5, 900])
    progressive(agents=500, answer=0.2, ring=ring, handle=handle, end=300, seed=1, count=3)


def use_predictive() -> None:
    ring, handle = Law.exponential(12), Law.empirical([1, 5, 900])
    predictive(
        OneToOne(), agents=500, answer=0.2, ring=ring, handle=handle, opening_s=300, seed=1, count=3
    )


def use_blended() -> None:
    law = Law.empirical([1, 5, 900])
    blended(
        period_s=500,
        inbound_per_s=[1.0],
        inbound_agents=[200],
        blend_agents=[200],
        reach=[0.5],
        patience=law,
        handle=law,
        outbound_patience=law,
        outbound_handle=law,
        dial_from_s=0,
        dial_to_s=500,
        seed=1,
    )


@pytest.mark.parametrize(
    ("use", "rounds"),
    [
        (use_ready_queue, 40),
        (use_timers, 40),
        (use_contact_table, 20),
        (use_large_contact_table, 10),
        (use_exclusion, 30),
        (use_frames, 200),
        (use_recent, 40),
        (use_answer_levels, 40),
        (use_pacing, 60),
        (use_sharing, 200),
        (use_slot_grid, 40),
        (use_erlang, 60),
        (use_event_list, 40),
        (use_variates, 200),
        (use_progressive, 60),
        (use_predictive, 60),
        (use_blended, 60),
    ],
    ids=lambda part: part.__name__ if callable(part) else "",
)
def test_memory_is_given_back(use: Callable[[], None], rounds: int) -> None:
    for _ in range(3):
        use()
    gc.collect()
    heap_before, resident_before = heap_kib(), resident_kib()
    for _ in range(rounds):
        use()
    gc.collect()
    # Python keeps some small objects; a leak comes once a round.
    assert heap_kib() - heap_before < rounds
    assert resident_kib() - resident_before < 16_384
