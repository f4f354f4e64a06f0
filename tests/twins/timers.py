"""Timers, slow and obvious: a dict and a minimum over all of it."""

from collections.abc import Iterable


class Timers:
    def __init__(self) -> None:
        self._pending: dict[int, tuple[int, int]] = {}  # id -> (due_at, sequence)
        self._sequence = 0

    def schedule(self, id: int, due_at: int) -> None:
        self._sequence += 1
        self._pending[id] = (due_at, self._sequence)

    def schedule_many(self, ids: Iterable[int], due_at: Iterable[int]) -> None:
        for one_id, one_due_at in zip(ids, due_at, strict=True):
            self.schedule(one_id, one_due_at)

    def cancel(self, id: int) -> bool:
        return self._pending.pop(id, None) is not None

    def due_at(self, id: int) -> int | None:
        return self._pending[id][0] if id in self._pending else None

    def peek(self) -> tuple[int, int] | None:
        if not self._pending:
            return None
        first = min(self._pending, key=self._pending.__getitem__)
        return first, self._pending[first][0]

    def next_due(self) -> int | None:
        first = self.peek()
        return None if first is None else first[1]

    def is_due(self, now: int) -> bool:
        return any(due_at <= now for due_at, _ in self._pending.values())

    def pop(self, now: int) -> int | None:
        first = self.peek()
        if first is None or first[1] > now:
            return None
        del self._pending[first[0]]
        return first[0]

    def pop_due(self, now: int, limit: int | None = None) -> list[int]:
        due = sorted((at, id) for id, at in self._pending.items() if at[0] <= now)
        ids = [id for _, id in due][:limit]
        for id in ids:
            del self._pending[id]
        return ids

    def entries(self) -> tuple[list[int], list[int]]:
        by_sequence = sorted(self._pending, key=lambda id: self._pending[id][1])
        return by_sequence, [self._pending[id][0] for id in by_sequence]

    def __contains__(self, id: int) -> bool:
        return id in self._pending

    def __len__(self) -> int:
        return len(self._pending)
