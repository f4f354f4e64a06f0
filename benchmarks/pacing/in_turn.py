"""Two policies in turn, which together abandon as many calls as the cap allows."""

import math
from collections.abc import Callable
from typing import NamedTuple


class Reached(NamedTuple):
    """By one policy, in the long run."""

    utilisation: float
    spare: float
    """calls in a unit of time that could be abandoned besides; below 0, too many are"""


def at_the_cap(
    reached: Callable[[float], Reached], low: float, high: float, halvings: int
) -> float:
    """The utilisation of two policies in turn that meet the cap.

    `reached`: by a figure with which utilisation rises and what is spare falls, between `low` and
    `high`, whose range is halved so often, in logarithms.
    """
    under: Reached | None = None
    above: Reached | None = None
    for _ in range(halvings):
        middle = math.sqrt(low * high)
        found = reached(middle)
        if found.spare < 0:
            high, above = middle, found
        else:
            low, under = middle, found
    if under is None or above is None:
        raise ArithmeticError(f"the cap is not met between {low:g} and {high:g}")
    share = under.spare / (under.spare - above.spare)
    return under.utilisation + share * (above.utilisation - under.utilisation)
