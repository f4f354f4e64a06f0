"""Sharing: calls among 20 campaigns."""

from benchmarks.conftest import Times

from fastdial.kernel.sharing import Sharing

CAMPAIGNS = 20
PICKS = 200_000


def shared() -> Sharing:
    sharing = Sharing()
    for id in range(CAMPAIGNS):
        sharing.join(id, order=1, parity=id + 1)
    return sharing


def test_pick(times: Times, scale: float) -> None:
    picks = int(PICKS * scale)

    def work(sharing: Sharing) -> None:
        for _ in range(picks):
            sharing.pick()

    times(shared, work, picks)
