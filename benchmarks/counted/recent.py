"""Counted operations of recent: attempts of 5,000 subjects, recorded and asked about."""

from collections.abc import Callable

from fastdial.kernel.recent import Recent

SUBJECTS = 5_000
TIMES = 3


def record() -> tuple[Callable[[], object], int]:
    recent = Recent(SUBJECTS)

    def work() -> None:
        for at in range(SUBJECTS * TIMES):
            recent.record_attempt(at * 7919 % SUBJECTS, at)

    return work, SUBJECTS * TIMES


def allowed_at() -> tuple[Callable[[], object], int]:
    recent = Recent(SUBJECTS * TIMES)
    for at in range(SUBJECTS * TIMES):
        recent.record_attempt(at * 7919 % SUBJECTS, at)
    return lambda: [recent.allowed_at(n, TIMES, SUBJECTS) for n in range(SUBJECTS)], SUBJECTS


OPERATIONS = {"recent.record_attempt": record, "recent.allowed_at": allowed_at}
