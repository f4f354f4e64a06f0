"""Slot grids do what their slow twin does, whatever is asked of them in whatever order (SL-1 …)."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from effort import examples
from fastdial.kernel.slot_grid import NEVER_AT, SlotGrids
from twins.slot_grid import SlotGrids as Twin

# Few instants, so that slots, ranges and now meet; and the ends of what there is.
instants = st.integers(-20, 400)
bounds = instants | st.sampled_from([-(2**63), -(2**60), 2**60, 2**63 - 1])
nows = st.none() | instants
durations = st.sampled_from([0, 1, 7, 30, 100, 2**60])
rooms = st.lists(st.integers(0, 2), min_size=1, max_size=90)


class GridsAndTwin(RuleBasedStateMachine):
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.grids = SlotGrids()
        self.twin = Twin()
        self.now: int | None = None

    def a_grid(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.twin.grids)))

    def a_start(self, data: st.DataObject, handle: int) -> int:
        starts = [slot.start_at for slot in self.twin.grids[handle].slots]
        return data.draw(st.sampled_from(starts) if starts else instants)

    @initialize(rooms=st.lists(rooms, min_size=1, max_size=3), slot_ms=st.sampled_from([1, 5]))
    def begin(self, rooms: list[list[int]], slot_ms: int) -> None:
        for room in rooms:
            handle = self.twin.add(slot_ms, 0, 2**60)
            assert self.grids.add(slot_ms) == handle
            self.grids.extend(handle, 0, room)
            self.twin.extend(handle, 0, room, [False] * len(room))

    @rule(slot_ms=st.sampled_from([1, 5, 7, 60]), lead_ms=durations, horizon_ms=durations)
    def add(self, slot_ms: int, lead_ms: int, horizon_ms: int) -> None:
        expected = self.twin.add(slot_ms, lead_ms, horizon_ms)
        assert self.grids.add(slot_ms, lead_ms=lead_ms, horizon_ms=horizon_ms) == expected

    @precondition(lambda self: len(self.twin.grids) > 2)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        handle = self.a_grid(data)
        assert self.grids.remove(handle) == self.twin.remove(handle)

    @precondition(lambda self: self.twin.grids)
    @rule(data=st.data(), lead_ms=durations, horizon_ms=durations)
    def set_limits(self, data: st.DataObject, lead_ms: int, horizon_ms: int) -> None:
        handle = self.a_grid(data)
        self.grids.set_limits(handle, lead_ms=lead_ms, horizon_ms=horizon_ms)
        self.twin.grids[handle].lead_ms = lead_ms
        self.twin.grids[handle].horizon_ms = horizon_ms

    @precondition(lambda self: self.twin.grids)
    @rule(data=st.data(), gap=st.sampled_from([0, 0, 1, 13]), room=rooms, closing=st.integers(0, 3))
    def extend(self, data: st.DataObject, gap: int, room: list[int], closing: int) -> None:
        handle = self.a_grid(data)
        grid = self.twin.grids[handle]
        end = grid.slots[-1].start_at + grid.slot_ms if grid.slots else 0
        holidays = [capacity == 0 and closing > 1 for capacity in room]
        given = holidays if closing else None
        self.grids.extend(handle, end + gap, room, holidays=given)
        self.twin.extend(handle, end + gap, room, holidays)

    @precondition(lambda self: self.twin.grids)
    @rule(data=st.data(), from_at=bounds, until_at=bounds, capacity=st.integers(0, 3))
    def set_capacity(self, data: st.DataObject, from_at: int, until_at: int, capacity: int) -> None:
        """SL-4: bookings stay, also where they are more than fit."""
        handle = self.a_grid(data)
        slots = self.twin.grids[handle].between(from_at, until_at)
        holiday = capacity == 0 and data.draw(st.booleans())
        done = self.grids.set_capacity(handle, from_at, until_at, capacity, holiday=holiday)
        assert done == len(slots)
        for slot in slots:
            slot.capacity, slot.holiday = capacity, holiday

    @precondition(lambda self: self.twin.grids)
    @rule(target=tokens, data=st.data(), now=nows)
    def book(self, data: st.DataObject, now: int | None) -> object:
        handle = self.a_grid(data)
        start_at = self.a_start(data, handle)
        can = self.twin.can_book(handle, start_at, now)
        token = self.grids.book(handle, start_at, now=now)
        assert (token != 0) == can
        if not token:
            return multiple()
        assert token not in self.twin.places
        self.twin.take(token, handle, start_at)
        return token

    @precondition(lambda self: self.twin.grids)
    @rule(target=tokens, data=st.data(), now=nows, count=st.integers(0, 12))
    def book_many(self, data: st.DataObject, now: int | None, count: int) -> object:
        handles = [self.a_grid(data) for _ in range(count)]
        starts = [self.a_start(data, handle) for handle in handles]
        tokens = self.grids.book_many(handles, starts, now=now).tolist()
        for handle, start_at, token in zip(handles, starts, tokens, strict=True):
            assert (token != 0) == self.twin.can_book(handle, start_at, now)
            if token:
                assert token not in self.twin.places
                self.twin.take(token, handle, start_at)
        return multiple(*filter(None, tokens))

    @rule(token=consumes(tokens))
    def cancel_twice(self, token: int) -> None:
        """SL-3: a place is given back exactly once."""
        assert self.grids.cancel(token) == self.twin.cancel(token)
        assert not self.grids.cancel(token)

    @rule(token=tokens)
    def cancel(self, token: int) -> None:
        assert self.grids.cancel(token) == self.twin.cancel(token)

    @rule(forged=st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 40)))
    def cancel_what_is_no_token(self, forged: list[int]) -> None:
        expected = sum(self.twin.cancel(token) for token in forged)
        assert self.grids.cancel_many(forged) == expected

    @precondition(lambda self: self.twin.grids)
    @rule(token=tokens, data=st.data(), now=nows, anyway=st.booleans())
    def move(self, token: int, data: st.DataObject, now: int | None, anyway: bool) -> None:
        handle = self.a_grid(data)
        start_at = self.a_start(data, handle)
        if anyway:
            expected = self.twin.carry(token, handle, start_at)
            assert self.grids.carry(token, handle, start_at) == expected
        else:
            expected = self.twin.move(token, handle, start_at, now)
            assert self.grids.move(token, handle, start_at, now=now) == expected

    @rule(before_at=st.integers(-20, 150))
    def forget(self, before_at: int) -> None:
        assert self.grids.forget(before_at) == self.twin.forget(before_at)

    @precondition(lambda self: self.twin.grids)
    @rule(data=st.data(), before_at=instants)
    def forget_in_one(self, data: st.DataObject, before_at: int) -> None:
        handle = self.a_grid(data)
        gone = self.grids.forget(before_at, grid=handle)
        assert gone == self.twin.forget(before_at, handle)

    @rule()
    def restore(self) -> None:
        snapshot = self.grids.snapshot()
        assert len(snapshot) == self.grids.snapshot_nbytes()
        self.grids = SlotGrids.restore(snapshot)
        assert self.grids.snapshot() == snapshot

    @precondition(lambda self: self.twin.grids)
    @rule(data=st.data(), from_at=bounds, until_at=bounds, now=nows, limit=st.integers(0, 9))
    def ask(
        self, data: st.DataObject, from_at: int, until_at: int, now: int | None, limit: int
    ) -> None:
        handle = self.a_grid(data)
        grid = self.twin.grids[handle]
        free = [slot.start_at for slot in grid.bookable(from_at, until_at, now)]
        first = self.grids.first_free(handle, from_at, until_at, now=now)
        assert first == (free[0] if free else None)
        handles = [self.a_grid(data) for _ in range(limit)]
        each = self.grids.first_free_each(handles, from_at, until_at, now=now).tolist()
        assert each == [
            min(
                (s.start_at for s in self.twin.grids[h].bookable(from_at, until_at, now)),
                default=NEVER_AT,
            )
            for h in handles
        ]
        different = sorted(set(handles))
        across = self.grids.first_free_across(different, from_at, until_at, now=now, limit=limit)
        assert list(zip(*(column.tolist() for column in across), strict=True)) == (
            self.twin.first_free_across(different, from_at, until_at, now, limit)
        )
        within = grid.bookable(from_at, until_at - grid.slot_ms + 1, now)
        best = max(within, key=lambda slot: slot.free, default=None)
        assert self.grids.best(handle, from_at, until_at, now=now) == (best and best.start_at)
        earliest = self.grids.best(handle, from_at, until_at, now=now, earliest=True)
        assert earliest == (within[0].start_at if within else None)

    @precondition(lambda self: self.twin.grids)
    @rule(data=st.data(), at=instants, now=nows)
    def ask_one(self, data: st.DataObject, at: int, now: int | None) -> None:
        handle = self.a_grid(data)
        grid = self.twin.grids[handle]
        assert self.grids.why(handle, at, now=now) == grid.reason(grid.at(at), now)
        assert self.grids.open_until(handle, at) == grid.open_until(at)

    @rule(now=nows)
    def look_from(self, now: int | None) -> None:
        self.now = now

    @invariant()
    def availability_is_the_same(self) -> None:
        """SL-2, and SL-3: no slot is above its capacity but by a change of it or carried."""
        for handle, grid in self.twin.grids.items():
            shown = self.grids.availability(handle, -(2**63), 2**63 - 1, now=self.now)
            assert shown.start_at.tolist() == [slot.start_at for slot in grid.slots]
            assert shown.capacity.tolist() == [slot.capacity for slot in grid.slots]
            assert shown.taken.tolist() == [len(slot.tokens) for slot in grid.slots]
            assert shown.free.tolist() == [slot.free for slot in grid.slots]
            assert shown.reason.tolist() == [grid.reason(slot, self.now) for slot in grid.slots]
            free = [slot.start_at for slot in grid.bookable(-(2**63), 2**63 - 1, self.now)]
            _, found = self.grids.first_free_across(
                [handle], -(2**63), 2**63 - 1, now=self.now, limit=len(grid.slots) + 1
            )
            assert found.tolist() == free

    @invariant()
    def bookings_are_the_same(self) -> None:
        assert self.grids.booked == len(self.twin.places)
        assert len(self.grids) == len(self.twin.grids)
        for token, place in list(self.twin.places.items())[:30]:
            assert self.grids.where(token) == place


TestGridsAndTwin = GridsAndTwin.TestCase
TestGridsAndTwin.settings = settings(
    max_examples=examples(60), stateful_step_count=40, deadline=None
)
