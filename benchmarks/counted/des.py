"""Counted operations of event_list, variates and progressive."""

from collections.abc import Callable

from fastdial.kernel.progressive import progressive
from fastdial.kernel.variates import Law, Stream

EVENTS = 10_000
DRAWS = 5_000


def events() -> tuple[Callable[[], object], int]:
    """Ends of ringing and handling: an event popped, a draw or two, an event scheduled."""
    ring, handle = Law.exponential(12), Law.exponential(180)
    end_s = EVENTS * 48 / 1.2 / 100
    return (
        lambda: progressive(agents=100, answer=0.2, ring=ring, handle=handle, end=end_s, seed=1),
        EVENTS,
    )


def drawn(law: Law) -> Callable[[], tuple[Callable[[], object], int]]:
    return lambda: (lambda: Stream(1).draws(law, DRAWS), DRAWS)


OPERATIONS = {
    "des.events": events,
    "des.lognormal": drawn(Law.lognormal(180, 1.2)),
    "des.gamma": drawn(Law.gamma(180, 2)),
}
