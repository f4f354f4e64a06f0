"""Recent attempts: 1 M recorded while old ones are forgotten, and as many asked about."""

import numpy as np
from benchmarks.conftest import Times

from fastdial.kernel.recent import Recent

ATTEMPTS = 1_000_000


def scattered(count: int) -> list[int]:
    return [48_600_000_000 + n * 7919 % (count // 3 + 1) for n in range(count)]


def test_record(times: Times, scale: float) -> None:
    attempts = int(ATTEMPTS * scale)
    subjects = scattered(attempts)

    def work(recent: Recent) -> None:
        for at, subject in enumerate(subjects):
            recent.record_attempt(subject, at)

    times(lambda: Recent(attempts // 2), work, attempts)


def filled(count: int) -> Recent:
    recent = Recent(count)
    for at, subject in enumerate(scattered(count)):
        recent.record_attempt(subject, at)
    return recent


def test_allowed_at(times: Times, scale: float) -> None:
    attempts = int(ATTEMPTS * scale)
    subjects = scattered(attempts)

    def work(recent: Recent) -> None:
        for subject in subjects:
            recent.allowed_at(subject, 7, attempts)

    times(lambda: filled(attempts), work, attempts)


def test_allowed_at_many(times: Times, scale: float) -> None:
    attempts = int(ATTEMPTS * scale)
    subjects = np.array(scattered(attempts))
    times(
        lambda: filled(attempts),
        lambda recent: recent.allowed_at_many(subjects, 7, attempts),
        attempts,
    )
