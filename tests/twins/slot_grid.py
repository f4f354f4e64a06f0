"""Grids of slots that are obviously right: a list of slots for each, searched from end to end."""

from dataclasses import dataclass, field

from fastdial.kernel.slot_grid import Reason


@dataclass
class Slot:
    start_at: int
    capacity: int
    holiday: bool
    tokens: set[int] = field(default_factory=set)

    @property
    def free(self) -> int:
        return max(0, self.capacity - len(self.tokens))


@dataclass
class Grid:
    slot_ms: int
    lead_ms: int
    horizon_ms: int
    slots: list[Slot] = field(default_factory=list)

    def at(self, start_at: int) -> Slot | None:
        return next((slot for slot in self.slots if slot.start_at == start_at), None)

    def between(self, from_at: int, until_at: int) -> list[Slot]:
        return [slot for slot in self.slots if from_at <= slot.start_at < until_at]

    def reason(self, slot: Slot | None, now: int | None) -> Reason:
        if slot is None:
            return Reason.NO_SLOT
        if now is not None and slot.start_at < now:
            return Reason.PAST
        if slot.capacity == 0:
            return Reason.HOLIDAY if slot.holiday else Reason.CLOSED
        if now is not None and slot.start_at < now + self.lead_ms:
            return Reason.TOO_SOON
        if now is not None and slot.start_at > now + self.horizon_ms:
            return Reason.TOO_FAR
        return Reason.NONE if slot.free else Reason.FULL

    def bookable(self, from_at: int, until_at: int, now: int | None) -> list[Slot]:
        return [s for s in self.between(from_at, until_at) if self.reason(s, now) == Reason.NONE]

    def open_until(self, at: int) -> int:
        while True:
            held = [s for s in self.slots if s.start_at <= at < s.start_at + self.slot_ms]
            if not held or held[0].capacity == 0:
                return at
            at = held[0].start_at + self.slot_ms


@dataclass
class SlotGrids:
    grids: dict[int, Grid] = field(default_factory=dict)
    free: list[int] = field(default_factory=list)
    places: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, slot_ms: int, lead_ms: int, horizon_ms: int) -> int:
        handle = self.free.pop() if self.free else len(self.grids)
        self.grids[handle] = Grid(slot_ms, lead_ms, horizon_ms)
        return handle

    def remove(self, handle: int) -> int:
        gone = [token for token, (grid, _) in self.places.items() if grid == handle]
        for token in gone:
            self.cancel(token)
        del self.grids[handle]
        self.free.append(handle)
        return len(gone)

    def extend(self, handle: int, start_at: int, room: list[int], holidays: list[bool]) -> None:
        grid = self.grids[handle]
        for n, (capacity, holiday) in enumerate(zip(room, holidays, strict=True)):
            grid.slots.append(Slot(start_at + n * grid.slot_ms, capacity, holiday))

    def slot_of(self, token: int) -> Slot:
        handle, start_at = self.places[token]
        slot = self.grids[handle].at(start_at)
        assert slot is not None
        return slot

    def can_book(self, handle: int, start_at: int, now: int | None) -> bool:
        grid = self.grids[handle]
        return grid.reason(grid.at(start_at), now) == Reason.NONE

    def take(self, token: int, handle: int, start_at: int) -> None:
        self.places[token] = (handle, start_at)
        self.slot_of(token).tokens.add(token)

    def cancel(self, token: int) -> bool:
        if token not in self.places:
            return False
        self.slot_of(token).tokens.remove(token)
        del self.places[token]
        return True

    def move(self, token: int, handle: int, start_at: int, now: int | None) -> bool:
        if token not in self.places:
            return False
        if self.places[token] != (handle, start_at) and not self.can_book(handle, start_at, now):
            return False
        return self.carry(token, handle, start_at)

    def carry(self, token: int, handle: int, start_at: int) -> bool:
        if token not in self.places or self.grids[handle].at(start_at) is None:
            return False
        self.cancel(token)
        self.take(token, handle, start_at)
        return True

    def forget(self, before_at: int, handle: int | None = None) -> tuple[int, int]:
        slots = bookings = 0
        for grid in self.grids.values() if handle is None else [self.grids[handle]]:
            gone = [s for s in grid.slots if s.start_at + grid.slot_ms <= before_at]
            grid.slots = grid.slots[len(gone) :]
            slots += len(gone)
            for slot in gone:
                bookings += len(slot.tokens)
                for token in slot.tokens:
                    del self.places[token]
        return slots, bookings

    def first_free_across(
        self, handles: list[int], from_at: int, until_at: int, now: int | None, limit: int
    ) -> list[tuple[int, int]]:
        found = [
            (slot.start_at, place, handle)
            for place, handle in enumerate(handles)
            for slot in self.grids[handle].bookable(from_at, until_at, now)
        ]
        return [(handle, start_at) for start_at, _, handle in sorted(found)[:limit]]
