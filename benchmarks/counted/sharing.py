"""Counted operation of sharing: calls among 20 campaigns."""

from collections.abc import Callable

from fastdial.kernel.sharing import Sharing

PICKS = 2_000


def pick() -> tuple[Callable[[], object], int]:
    sharing = Sharing()
    for id in range(20):
        sharing.join(id, order=1, parity=id + 1)
    return lambda: [sharing.pick() for _ in range(PICKS)], PICKS


OPERATIONS = {"sharing.pick": pick}
