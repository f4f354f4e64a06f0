"""The event list, slow and obvious: a dictionary, looked through for the least."""

from collections.abc import Iterable


class EventList:
    def __init__(self) -> None:
        self._pending: dict[int, tuple[float, int]] = {}  # id -> (time, sequence)
        self._sequence = 0

    def schedule(self, id: int, at: float) -> None:
        self._sequence += 1
        self._pending[id] = (at, self._sequence)

    def schedule_many(self, ids: Iterable[int], at: Iterable[float]) -> None:
        for one_id, one_at in zip(ids, at, strict=True):
            self.schedule(one_id, one_at)

    def cancel(self, id: int) -> bool:
        return self._pending.pop(id, None) is not None

    def time_of(self, id: int) -> float | None:
        return self._pending[id][0] if id in self._pending else None

    def peek(self) -> tuple[int, float] | None:
        if not self._pending:
            return None
        first = min(self._pending, key=self._pending.__getitem__)
        return first, self._pending[first][0]

    def pop(self) -> tuple[int, float] | None:
        first = self.peek()
        if first is not None:
            del self._pending[first[0]]
        return first

    def pop_until(self, until: float) -> tuple[list[int], list[float]]:
        ids, times = [], []
        while (first := self.peek()) is not None and first[1] <= until:
            del self._pending[first[0]]
            ids.append(first[0])
            times.append(first[1])
        return ids, times

    def ids(self) -> list[int]:
        return sorted(self._pending)

    def __contains__(self, id: int) -> bool:
        return id in self._pending

    def __len__(self) -> int:
        return len(self._pending)
