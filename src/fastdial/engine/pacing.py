"""How many calls a predictive campaign launches now: a forecast under a sure guard.

The forecast is a newsvendor rule: keep dialing while the chance that more people answer than
agents are free, when this line would be answered, stays small. The guard is the last word: with
A of n answered calls abandoned so far, by the campaign's definition of abandonment (a line whose
person has no agent yet is in neither), and a cap of c, lines up to

    idle + (c n - A) / (1 - c)

keep A <= c n whatever the lines do, as long as no idle agent leaves: if all of them are answered
at once, x lines beyond the idle agents make A + x of n + idle + x, and A + x <= c (n + idle + x)
follows from x <= (c n - A) / (1 - c). Calls that are no answers in a definition's n only make it
larger. Where a share s of the calls taken for machines counts as abandoned persons, each line of
an agent at work may cost s (1 - c), and that is set aside.
"""

from math import erf, exp, floor, sqrt

import msgspec

from fastdial.engine.records import Estimates
from fastdial.messages.settings import PacingSettings

PRIOR_WEIGHT = 30.0
PRIOR_ANSWER_RATE = 0.3
MANY = 1_000_000
OVERFLOW = 0.03
"""the chance, accepted for each line, that its answer would meet no free agent"""


class View(msgspec.Struct, frozen=True):
    """What pacing knows of a campaign at one instant."""

    idle: int
    """ready agents"""
    busy: int
    """agents in talk or wrap-up who will be ready again"""
    here: int
    """agents at work in all"""
    lines: int
    """calls launched ahead, by all campaigns that share these agents, that are not over"""
    spare: float
    """c n - A: the cap times the calls that it is a share of, less the abandoned ones"""
    cap: float
    """the share that may be abandoned; 1 = no cap"""
    false_positive_share: float
    """of calls taken for machines: how many count as abandoned persons"""
    estimates: Estimates
    settings: PacingSettings


def lines_to_launch(view: View) -> int:
    """Calls to launch now, 0 or more."""
    ceiling = min(
        view.idle + beyond_idle(view), floor(view.settings.max_lines_per_agent * view.here)
    )
    lines = max(view.lines, min(view.idle, ceiling))
    while lines < ceiling and _overflow(view, lines + 1) <= OVERFLOW:
        lines += 1
    return lines - view.lines


def answer_rate(estimates: Estimates) -> float:
    """Share of calls that a person answers, as learned so far."""
    prior = PRIOR_WEIGHT * PRIOR_ANSWER_RATE
    return (estimates.answered + prior) / (estimates.resolved + PRIOR_WEIGHT)


def beyond_idle(view: View) -> int:
    """Lines beyond the idle agents that cannot break the cap; 0: dial progressively (CO-5)."""
    cap = view.cap
    if cap >= 1:
        return MANY
    # the cap is a ratio in floating point: a hair is no call
    spare = view.spare / (1 - cap) - view.false_positive_share * view.here
    return max(0, floor(spare + 1e-9))


def _overflow(view: View, lines: int) -> float:
    """P(answers of ``lines`` > agents free by then), both binomial, by the normal law."""
    answer = answer_rate(view.estimates)
    finish = 1 - exp(-view.estimates.ring_ms / max(view.estimates.handle_ms, 1.0))
    mean = view.idle + view.busy * finish - lines * answer
    variance = view.busy * finish * (1 - finish) + lines * answer * (1 - answer)
    if variance <= 0:
        return 0.0 if mean >= 0 else 1.0
    return 0.5 * (1 - erf((mean + 0.5) / sqrt(2 * variance)))
