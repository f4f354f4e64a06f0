"""What is done while memory fails: each operation of the kernel that asks for memory."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fastdial.kernel import erlang, frames
from fastdial.kernel.answer_levels import AnswerLevels
from fastdial.kernel.blended import blended
from fastdial.kernel.contact_table import ContactTable
from fastdial.kernel.event_list import EventList
from fastdial.kernel.exclusion import ExclusionSet, parse_numbers
from fastdial.kernel.predictive import OneToOne, predictive
from fastdial.kernel.progressive import progressive
from fastdial.kernel.ready_queue import ReadyQueue
from fastdial.kernel.recent import Recent
from fastdial.kernel.sharing import Sharing
from fastdial.kernel.slot_grid import SlotGrids
from fastdial.kernel.timers import Timers
from fastdial.kernel.variates import Law, Stream


@dataclass(frozen=True)
class Case:
    """One operation on a thing made anew each time; its state may be taken only once."""

    name: str
    make: Callable[[], Any]
    act: Callable[[Any], Any]
    state: Callable[[Any], Any]
    whole: Callable[[Any, Any], Any] = lambda result, state: (plain(result), state)
    """What must come out the same, of a result and the state after it."""
    in_parts: bool = False
    """Whether part may have been done, so that doing it again completes it."""


def plain(result: Any) -> Any:
    """A result as something that can be compared."""
    if isinstance(result, np.ndarray):
        return result.tolist()
    if isinstance(result, tuple):
        return [plain(part) for part in result]
    return result


def nothing(_: Any) -> None:
    return None


# --- ready_queue

ROWS = np.arange(3_000)
LARGE = np.arange(20_000)
RANKS = ROWS * 7919 % 3_001
CLASSES = ROWS % 3
SPARSE = ROWS * 2**40


def queue_state(queue: ReadyQueue) -> Any:
    opened = [queue.is_open(window_class) for window_class in range(4)]
    return plain((queue.order, queue.ready, opened, queue.entries(), queue.pop_many(10_000)))


def queue() -> ReadyQueue:
    """Contacts loaded, and a few pushed one by one."""
    filled = ReadyQueue()
    filled.push_many(ROWS, ranks=RANKS, window_classes=CLASSES)
    for id in range(3_000, 3_010):
        filled.push(id, rank=id)
    return filled


def settled_queue() -> ReadyQueue:
    """Some contacts have been taken, so that the load is sorted in part."""
    used = queue()
    used.open_class(1)
    used.pop_many(300)
    return used


def full_queue() -> ReadyQueue:
    """Neither its lane nor its places have room for one more."""
    filled = ReadyQueue()
    for id in range(1_024):
        filled.push(id)
    return filled


def large_queue() -> ReadyQueue:
    """Lane and places are mappings, and have no room for as many again."""
    filled = ReadyQueue()
    filled.push_many(np.arange(140_000))
    return filled


def nearly_numbered_out() -> ReadyQueue:
    filled = settled_queue()
    filled._skip_sequence(0)
    return filled


def sparse_queue() -> ReadyQueue:
    filled = ReadyQueue()
    filled.push_many(SPARSE)
    return filled


def popped(result: Any, state: Any) -> Any:
    """What was taken and what is left to take, in order."""
    return sorted(result.tolist() + state[3][0]), result.tolist() + state[4]


def queue_case(name: str, make: Callable[[], ReadyQueue], act: Callable[[Any], Any]) -> Case:
    return Case(f"ready_queue.{name}", make, act, queue_state)


QUEUE = [
    Case("ready_queue.new", lambda: None, lambda _: len(ReadyQueue()), nothing),
    queue_case("push into a full one", full_queue, lambda q: q.push(1_024)),
    queue_case(
        "push_many into a large one",
        large_queue,
        lambda q: q.push_many(np.arange(140_000, 400_000)),
    ),
    queue_case("push a far id", full_queue, lambda q: q.push(2**50)),
    queue_case("push into a new class", queue, lambda q: q.push(5_000, window_class=700)),
    queue_case("push, numbers used up", nearly_numbered_out, lambda q: q.push(5_000)),
    queue_case("push_many", queue, lambda q: q.push_many(ROWS + 10_000, ranks=RANKS)),
    queue_case(
        "push_many into new classes",
        queue,
        lambda q: q.push_many(ROWS + 10_000, window_classes=ROWS % 40),
    ),
    queue_case("push_many far ids", queue, lambda q: q.push_many(SPARSE[1:] + 1)),
    queue_case("push_many to the far", sparse_queue, lambda q: q.push_many(SPARSE + 1)),
    queue_case(
        "push_many, a large one",
        ReadyQueue,
        lambda q: q.push_many(LARGE, window_classes=LARGE % 7),
    ),
    queue_case(
        "push_many, numbers used up", nearly_numbered_out, lambda q: q.push_many(ROWS + 10_000)
    ),
    queue_case("set_priority", full_queue, lambda q: q.set_priority(5, 1)),
    queue_case("set_priority in a load", settled_queue, lambda q: q.set_priority(2_999, 1)),
    queue_case("remove", settled_queue, lambda q: q.remove(2_998)),
    queue_case("peek", queue, lambda q: q.peek()),
    queue_case("pop", queue, lambda q: q.pop()),
    queue_case("pop a far id", sparse_queue, lambda q: q.pop()),
    queue_case("first", queue, lambda q: q.first(500)),
    queue_case("first of all", settled_queue, lambda q: q.first(5_000, open_only=False)),
    queue_case("entries", settled_queue, lambda q: q.entries()),
    queue_case("reorder", settled_queue, lambda q: q.reorder("random", seed=3)),
    queue_case("open_class", queue, lambda q: q.open_class(1)),
    queue_case("open_class, a new one", queue, lambda q: q.open_class(900)),
    Case("ready_queue.pop_many", queue, lambda q: q.pop_many(900), queue_state, popped),
]

# --- timers

NOW = 1_700_000_000_000


def timers() -> Timers:
    pending = Timers()
    pending.schedule_many(ROWS, NOW + RANKS * 1_000)
    return pending


def rescheduled() -> Timers:
    """Many stale entries, and a large heap in front."""
    pending = timers()
    for id in range(0, 3_000, 2):
        pending.schedule(id, NOW + id)
    return pending


def crowded() -> Timers:
    """As many ids as the table of them takes before it grows."""
    pending = Timers()
    pending.schedule_many(ROWS[:640], NOW)
    return pending


def timers_state(pending: Timers) -> Any:
    return plain((pending.entries(), pending.peek(), pending.pop_due(2**63 - 1)))


def timers_case(name: str, make: Callable[[], Timers], act: Callable[[Any], Any]) -> Case:
    return Case(f"timers.{name}", make, act, timers_state)


TIMERS = [
    Case("timers.new", lambda: None, lambda _: len(Timers()), nothing),
    timers_case("schedule", crowded, lambda t: t.schedule(5_000, NOW)),
    timers_case("schedule later", timers, lambda t: t.schedule(5_000, NOW + 10**9)),
    timers_case("schedule the first", Timers, lambda t: t.schedule(2**62, -(2**63))),
    timers_case("schedule again", timers, lambda t: t.schedule(77, NOW + 5)),
    timers_case("schedule_many", timers, lambda t: t.schedule_many(LARGE, NOW + LARGE * 100)),
    timers_case("schedule_many again", rescheduled, lambda t: t.schedule_many(ROWS, NOW + RANKS)),
    timers_case("schedule_many at once", timers, lambda t: t.schedule_many(LARGE, NOW)),
    timers_case("cancel", rescheduled, lambda t: t.cancel(0)),
    timers_case("pop", timers, lambda t: t.pop(NOW + 10)),
    timers_case("pop_due", rescheduled, lambda t: t.pop_due(NOW + 400_000)),
    timers_case("pop_due, some", timers, lambda t: t.pop_due(NOW + 400_000, limit=300)),
    timers_case("peek", timers, lambda t: t.peek()),
    timers_case("due_at", timers, lambda t: t.due_at(7)),
    timers_case("entries", timers, lambda t: t.entries()),
]

# --- contact_table

NUMBER = 48_600_000_000


def keys(start: int, stop: int) -> list[str]:
    """Short keys and keys with a tail."""
    return [f"c{n}" if n % 3 else f"a contact with a long key, {n}" for n in range(start, stop)]


def numbers(count: int) -> Any:
    return NUMBER + np.arange(count)


KEYS = keys(0, 1_500)
MORE_KEYS = keys(1_000, 4_000)
MANY_KEYS = np.array([f"c{n}" for n in range(150_000)], "S")
TWO_NUMBERS = numbers(6_000).reshape(3_000, 2)


def table() -> ContactTable:
    filled = ContactTable()
    filled.load(KEYS, numbers(1_500))
    filled.remove_many([4, 7, 9])
    return filled


IMAGE = table().snapshot()
FULL = ContactTable()
FULL.load([f"c{n}" for n in range(3_072)], numbers(3_072))
FULL_IMAGE = FULL.snapshot()
MANY = ContactTable()
MANY.load(MANY_KEYS, numbers(150_000))
MANY_IMAGE = MANY.snapshot()


def full_table() -> ContactTable:
    """Its index is as full as it may be, so the next key begins another."""
    return ContactTable.restore(FULL_IMAGE)


def table_case(
    name: str,
    act: Callable[[Any], Any],
    make: Callable[[], ContactTable] = table,
    in_parts: bool = False,
) -> Case:
    return Case(
        f"contact_table.{name}",
        make,
        act,
        lambda t: t.snapshot(),
        # Which are new is not said again of those that were loaded before.
        (lambda _, state: state) if in_parts else (lambda result, state: (plain(result), state)),
        in_parts,
    )


TABLE = [
    Case("contact_table.new", lambda: None, lambda _: len(ContactTable()), nothing),
    table_case("upsert", lambda t: t.upsert("new", [NUMBER]), in_parts=True),
    table_case(
        "upsert a long key", lambda t: t.upsert("n" * 60, [NUMBER, NUMBER + 1]), in_parts=True
    ),
    table_case(
        "upsert, the index grows", lambda t: t.upsert("new", [NUMBER]), full_table, in_parts=True
    ),
    table_case(
        "upsert, more numbers", lambda t: t.upsert("c1", [NUMBER, 1, 2, 3, 4]), in_parts=True
    ),
    table_case("load", lambda t: t.load(MORE_KEYS, TWO_NUMBERS, zones=3), in_parts=True),
    table_case(
        "load, the first", lambda t: t.load(KEYS, numbers(1_500)), ContactTable, in_parts=True
    ),
    table_case(
        "load into slabs",
        lambda t: t.load(MANY_KEYS[-30_000:], numbers(30_000)),
        lambda: ContactTable.restore(FULL_IMAGE),
        in_parts=True,
    ),
    table_case("find_many", lambda t: t.find_many(KEYS[:50])),
    table_case("key", lambda t: t.key(0)),
    table_case("numbers", lambda t: t.numbers(0)),
    table_case("count_attempt", lambda t: t.count_attempt(5, 0, at=NOW, day=19_000)),
    table_case("put", lambda t: t.put("next_due_at", [0, 1, 2], [NOW, NOW, NOW])),
    table_case("put a float", lambda t: t.put("answer_probability", [0, 1], 0.5)),
    table_case("take", lambda t: t.take("number", [0, 1, 2])),
    table_case("column", lambda t: t.column("zone")),
    table_case("live_rows", lambda t: t.live_rows()),
    table_case("remove", lambda t: t.remove(5)),
    table_case("remove_many", lambda t: t.remove_many(list(range(300, 900))), in_parts=False),
    table_case("clear", lambda t: t.clear()),
    table_case("snapshot", lambda t: t.snapshot()),
    Case(
        "contact_table.restore",
        lambda: None,
        lambda _: ContactTable.restore(IMAGE).snapshot(),
        nothing,
    ),
    Case(
        "contact_table.restore slabs",
        lambda: None,
        lambda _: len(ContactTable.restore(MANY_IMAGE)),
        nothing,
    ),
]

# --- exclusion

FAR_APART = np.arange(1, 60_000) * 10_007
TEXT = b"\n".join(b"%d" % number for number in FAR_APART[:500] + NUMBER) + b"\nnobody"


def excluded() -> ExclusionSet:
    return ExclusionSet(FAR_APART)


def set_case(
    name: str,
    act: Callable[[Any], Any],
    make: Callable[[], ExclusionSet] = excluded,
    in_parts: bool = False,
) -> Case:
    return Case(
        f"exclusion.{name}",
        make,
        act,
        lambda s: s.snapshot(),
        (lambda _, state: state) if in_parts else (lambda result, state: (plain(result), state)),
        in_parts,
    )


def ascending_adds(numbers: ExclusionSet) -> int:
    """Beyond all others, until a leaf and more is filled."""
    return sum(numbers.add(10**12 + n) for n in range(1_000))


EXCLUSION = [
    Case("exclusion.new", lambda: None, lambda _: len(ExclusionSet([5, 7])), nothing),
    set_case("add the first", lambda s: s.add(5), ExclusionSet),
    set_case("add", lambda s: s.add(10_008)),
    set_case("add until leaves split", ascending_adds, in_parts=True),
    set_case("discard", lambda s: s.discard(10_007)),
    set_case("add_many, merged", lambda s: s.add_many(FAR_APART + 1)),
    set_case("discard_many, merged", lambda s: s.discard_many(FAR_APART[::2])),
    set_case("add_many, a few", lambda s: s.add_many(FAR_APART[::300] + 1), in_parts=True),
    set_case("discard_many, a few", lambda s: s.discard_many(FAR_APART[::300]), in_parts=True),
    set_case("contains_many", lambda s: s.contains_many(FAR_APART[:40])),
    set_case("numbers_from", lambda s: s.numbers_from(10**6, 700)),
    set_case("snapshot", lambda s: s.snapshot()),
    Case(
        "exclusion.restore",
        excluded().snapshot,
        lambda image: ExclusionSet.restore(image).snapshot(),
        nothing,
    ),
    Case("exclusion.parse_numbers", lambda: TEXT, parse_numbers, nothing),
]

# --- frames, sharing, erlang

PAYLOADS = [b"one", b"", b"x" * 5_000, b"y" * 70_000, b"z"]
STREAM = frames.join(PAYLOADS)


def splitter() -> frames.FrameSplitter:
    """In the middle of a payload."""
    half = frames.FrameSplitter(limit=60_000)
    half.feed(STREAM[:2_000])
    return half


def receiving() -> frames.FrameSplitter:
    half = splitter()
    half.get_buffer()[:50_000] = STREAM[2_000:52_000]
    return half


def splitter_state(half: frames.FrameSplitter) -> Any:
    return half.unfinished, half.feed(STREAM[2_000:])


FRAMES = [
    Case(
        "frames.feed",
        splitter,
        lambda s: s.feed(STREAM[2_000:]),
        lambda s: (s.unfinished, s.feed(STREAM[2_000:]) if s.unfinished else []),
    ),
    Case("frames.get_buffer", splitter, lambda s: len(s.get_buffer()), splitter_state),
    Case("frames.buffer_updated", receiving, lambda s: s.buffer_updated(50_000), splitter_state),
    Case("frames.frame", lambda: PAYLOADS[2], frames.frame, nothing),
    Case("frames.join", lambda: PAYLOADS, frames.join, nothing),
]


def sharing() -> Sharing:
    shares = Sharing()
    for n in range(4):
        shares.join(1_000 + n, order=1, parity=n + 1)
    shares.pick()
    return shares


def sharing_case(name: str, act: Callable[[Any], Any]) -> Case:
    return Case(f"sharing.{name}", sharing, act, lambda shares: shares.entries())


SHARING = [
    sharing_case("join", lambda s: s.join(2_000, 1, 300)),
    sharing_case("leave", lambda s: s.leave(1_001)),
    sharing_case("update", lambda s: s.update(1_001, order=7, parity=500)),
    sharing_case("pick", lambda s: s.pick()),
    sharing_case("peek", lambda s: s.peek()),
    sharing_case("entries", lambda s: s.entries()),
    Case(
        "sharing.restore",
        sharing().entries,
        lambda entries: Sharing.restore(entries).entries(),
        nothing,
    ),
]


def full_recent() -> Recent:
    """With no room for one more event."""
    recent = Recent(1_000_000)
    for at in range(1_024):
        recent.record_attempt(at, at)
    return recent


def recent_case(name: str, make: Callable[[], Any], act: Callable[[Any], Any]) -> Case:
    return Case(f"recent.{name}", make, act, lambda recent: recent.snapshot())


RECENT = [
    recent_case("record_attempt", full_recent, lambda r: r.record_attempt(2_000, 5_000)),
    recent_case("record the first", lambda: Recent(1_000), lambda r: r.record_attempt(1, 1)),
    recent_case("allowed_at_many", full_recent, lambda r: r.allowed_at_many(ROWS, 1, 9)),
    Case("recent.snapshot", full_recent, lambda r: r.snapshot(), nothing),
    Case("recent.restore", full_recent().snapshot, lambda i: Recent.restore(i).snapshot(), nothing),
]

# --- slot_grid

QUARTER = 900_000


def slot_grids() -> SlotGrids:
    """A page of grids and a page of bookings, neither with room for one more."""
    grids = SlotGrids()
    for _ in range(256):
        grids.extend(grids.add(QUARTER), NOW, [40] * 64)
    grids.book_many(np.arange(4_096) % 256, NOW + np.arange(4_096) % 64 * QUARTER)
    return grids


GRIDS_IMAGE = slot_grids().snapshot()


def slot_case(name: str, act: Callable[[Any], Any]) -> Case:
    return Case(
        f"slot_grid.{name}", lambda: SlotGrids.restore(GRIDS_IMAGE), act, lambda g: g.snapshot()
    )


SLOTS = [
    slot_case("add", lambda g: g.add(QUARTER)),
    slot_case("extend", lambda g: g.extend(3, NOW + 64 * QUARTER, [2] * 90)),
    slot_case("extend by a stretch", lambda g: g.extend(3, NOW + 99 * QUARTER, [2])),
    slot_case("book", lambda g: g.book(7, NOW + QUARTER)),
    slot_case("book_many", lambda g: g.book_many(ROWS % 256, NOW + ROWS % 64 * QUARTER)),
    slot_case("move", lambda g: g.move(9, 7, NOW + QUARTER)),
    slot_case("cancel", lambda g: g.cancel(9)),
    slot_case("remove", lambda g: g.remove(9)),
    slot_case("forget", lambda g: g.forget(NOW + 5 * QUARTER)),
    slot_case("set_capacity", lambda g: g.set_capacity(3, NOW, NOW + 9 * QUARTER, 1)),
    slot_case("availability", lambda g: g.availability(3, NOW, NOW + 9 * QUARTER)),
    slot_case("first_free", lambda g: g.first_free(3, NOW, NOW + 9 * QUARTER)),
    slot_case("first_free_across", lambda g: g.first_free_across([3, 4], NOW, NOW + QUARTER)),
    slot_case("snapshot", lambda g: g.snapshot()),
    Case(
        "slot_grid.restore",
        lambda: None,
        lambda _: SlotGrids.restore(GRIDS_IMAGE).snapshot(),
        nothing,
    ),
]

AGENTS = np.arange(1, 400)

ERLANG = [
    Case("erlang.erlang_b", lambda: AGENTS, lambda a: erlang.erlang_b(a, 90.0), nothing),
    Case(
        "erlang.erlang_a",
        lambda: AGENTS,
        lambda a: tuple(erlang.erlang_a(a, 48.0, 1.0, 2.0)),
        nothing,
    ),
]

# --- event_list, variates, progressive, predictive

EVENT_TIMES = RANKS / 7


def events() -> EventList:
    """With room for no event and no id more, and a hole where one was popped."""
    some = EventList()
    some.schedule_many(ROWS, EVENT_TIMES)
    some.pop()
    return some


def full_events() -> EventList:
    some = EventList()
    some.schedule_many(ROWS, EVENT_TIMES)
    return some


def events_state(some: EventList) -> Any:
    return plain((len(some), [some.time_of(id) for id in range(3_001)], some.pop_until(1e9)))


def event_case(name: str, act: Callable[[Any], Any], make: Callable[[], Any] = events) -> Case:
    return Case(f"event_list.{name}", make, act, events_state)


def some_runs(handle: Law) -> Any:
    ring = Law.constant(12)
    runs = progressive(agents=9, answer=0.5, ring=ring, handle=handle, end=500, seed=1, count=3)
    return tuple(runs)


def some_days(handle: Law) -> Any:
    ring = Law.constant(12)
    runs = predictive(
        OneToOne(), agents=9, answer=0.5, ring=ring, handle=handle, opening_s=500, seed=1, count=3
    )
    return plain(tuple(runs))


def some_blended_days(handle: Law) -> Any:
    runs = blended(
        period_s=500,
        inbound_per_s=[0.1],
        inbound_agents=[3],
        blend_agents=[3],
        reach=[0.5],
        patience=handle,
        handle=handle,
        outbound_patience=handle,
        outbound_handle=handle,
        dial_from_s=0,
        dial_to_s=500,
        seed=1,
        count=3,
    )
    return plain(tuple(runs))


PARTS = [Law.exponential(10), Law.empirical(EVENT_TIMES[:900].cumsum())]

SIMULATION = [
    event_case("schedule the first", lambda e: e.schedule(5, 2.0), EventList),
    event_case("schedule", lambda e: e.schedule(3_000, 2.0), full_events),
    event_case("schedule_many", lambda e: e.schedule_many(ROWS + 1, EVENT_TIMES)),
    event_case("cancel", lambda e: e.cancel(77)),
    event_case("pop", lambda e: e.pop()),
    event_case("peek", lambda e: e.peek()),
    event_case("time_of", lambda e: e.time_of(77)),
    event_case("pop_until", lambda e: e.pop_until(200.0)),
    Case("variates.draws", lambda: Stream(1), lambda s: s.draws(PARTS[1], 9), lambda s: s.bits()),
    Case("variates.split", lambda: Stream(1), lambda s: s.split().bits(), lambda s: s.bits()),
    Case("variates.empirical", lambda: ROWS, lambda r: Law.empirical(r[:900]).mean, nothing),
    Case("variates.mixture", lambda: PARTS, lambda p: Law.mixture(p, [1, 2]).mean, nothing),
    Case("progressive", lambda: PARTS[0], some_runs, nothing),
    Case("predictive", lambda: PARTS[0], some_days, nothing),
    Case("blended", lambda: PARTS[0], some_blended_days, nothing),
]

# --- answer_levels


def full_levels() -> AnswerLevels:
    """Neither its ring of lines nor its lists have room for one more."""
    levels = AnswerLevels()
    for at in range(64):
        levels.dialed(at, list=at % 4)
    return levels


def levels_case(name: str, make: Callable[[], Any], act: Callable[[Any], Any]) -> Case:
    return Case(f"answer_levels.{name}", make, act, lambda levels: levels.snapshot())


LEVELS = [
    Case("answer_levels.new", lambda: None, lambda _: AnswerLevels().pending, nothing),
    levels_case("dialed", full_levels, lambda one: one.dialed(64)),
    levels_case("dialed, a new list", full_levels, lambda one: one.dialed(64, list=4)),
    levels_case("factors", full_levels, lambda one: one.factors("list")),
    levels_case("snapshot", full_levels, lambda one: len(one.snapshot())),
    Case(
        "answer_levels.restore",
        full_levels().snapshot,
        lambda image: AnswerLevels.restore(image).snapshot(),
        nothing,
    ),
]


CASES = [*QUEUE, *TIMERS, *TABLE, *EXCLUSION, *FRAMES, *SHARING, *RECENT, *SLOTS, *ERLANG]
CASES += [*SIMULATION, *LEVELS]

# Where only Python is asked for memory, for its objects.
OF_PYTHON = {
    *("timers.pop", "timers.peek", "timers.due_at", "contact_table.key", "contact_table.numbers"),
    *("contact_table.snapshot", "exclusion.snapshot", "sharing.update", "sharing.pick"),
    *(
        "recent.snapshot",
        "answer_levels.snapshot",
        "slot_grid.snapshot",
        "slot_grid.first_free",
        "sharing.peek",
        "sharing.entries",
        "sharing.restore",
        *("event_list.pop", "event_list.peek", "event_list.time_of", "variates.split"),
        *(case.name for case in FRAMES),
    ),
}
# Where only NumPy is, or hardly anybody: of these nothing is held.
OF_OTHERS = {
    *("contact_table.count_attempt", "sharing.leave"),
    *("ready_queue.remove", "ready_queue.open_class", "ready_queue.set_priority in a load"),
    *("timers.cancel", "timers.pop_due", "timers.pop_due, some", "timers.entries"),
    *("contact_table.new", "contact_table.upsert", "contact_table.find_many", "contact_table.put"),
    *("contact_table.put a float", "contact_table.take", "contact_table.column"),
    *("contact_table.live_rows", "contact_table.remove", "contact_table.remove_many"),
    *("contact_table.clear", "exclusion.contains_many", "exclusion.numbers_from"),
    *("exclusion.add", "exclusion.discard", "exclusion.add_many, a few"),
    *("exclusion.discard_many, a few", "exclusion.parse_numbers"),
    *("slot_grid.set_capacity", "slot_grid.availability", "slot_grid.first_free_across"),
    *("slot_grid.move", "slot_grid.cancel", "slot_grid.remove", "slot_grid.forget"),
    *("recent.allowed_at_many", "erlang.erlang_b", "erlang.erlang_a", "answer_levels.factors"),
    *("event_list.cancel", "event_list.pop_until", "variates.draws"),
}
# Where both are, and neither may make a difference.
OF_BOTH = {"ready_queue.push into a full one", "ready_queue.peek", "ready_queue.pop"} | {
    *("timers.schedule", "timers.schedule again", "exclusion.add the first", "sharing.join"),
    *("slot_grid.add", "slot_grid.book"),
}

WAYS = [(case, "kernel") for case in CASES if case.name not in OF_PYTHON | OF_OTHERS]
WAYS += [(case, "everybody") for case in CASES if case.name in OF_PYTHON | OF_BOTH]
"""Every case and whose requests are to be refused in it."""
