"""The ready queue as plainly as it can be said: a list of rows, sorted at every question."""

from dataclasses import dataclass, replace

MASK = 2**64 - 1


def mix64(x: int) -> int:
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


@dataclass(frozen=True)
class Row:
    id: int
    priority: int
    rank: int
    window_class: int


class ReadyQueueTwin:
    def __init__(self, order: str, seed: int) -> None:
        self.rows: list[Row] = []  # in sequence
        self.open = {0}
        self.order = order
        self.seed = seed

    def _key(self, row: Row) -> tuple[int, int, int]:
        rank = -row.rank if self.order == "newest" else row.rank
        shuffled = 0
        if self.order == "random":
            shuffled = mix64(row.id ^ mix64((self.seed + 0x9E3779B97F4A7C15) & MASK))
        return -row.priority, rank, shuffled

    def listed(self, *, open_only: bool = True) -> list[int]:
        rows = [row for row in self.rows if row.window_class in self.open or not open_only]
        return [row.id for row in sorted(rows, key=self._key)]  # sorted() is stable

    def push(self, row: Row) -> None:
        self.rows.append(row)

    def index(self, contact: int) -> int | None:
        return next((at for at, row in enumerate(self.rows) if row.id == contact), None)

    def remove(self, contact: int) -> bool:
        at = self.index(contact)
        if at is not None:
            del self.rows[at]
        return at is not None

    def set_priority(self, contact: int, priority: int) -> None:
        at = self.index(contact)
        assert at is not None
        self.rows[at] = replace(self.rows[at], priority=priority)

    def pop_many(self, count: int) -> list[int]:
        ids = self.listed()[:count]
        gone = set(ids)
        self.rows = [row for row in self.rows if row.id not in gone]
        return ids
