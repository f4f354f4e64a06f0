"""Waiting, slow and obvious: the chain's states one by one, in exact or plain numbers."""

import math
from fractions import Fraction


def blocking(servers: int, load: Fraction) -> Fraction:
    """The last of the weights load**n / n! over their sum."""
    weights = [load**n / math.factorial(n) for n in range(servers + 1)]
    return weights[-1] / sum(weights)


def delay(agents: int, load: Fraction) -> Fraction:
    """As in Erlang's own form, with the queue summed as a geometric series."""
    queue = load**agents / math.factorial(agents) * agents / (agents - load)
    return queue / (sum(load**n / Fraction(math.factorial(n)) for n in range(agents)) + queue)


def impatient(
    agents: int, arrivals: float, handle: float, patience: float, states: int
) -> tuple[float, float]:
    """P(wait > 0) and P(abandon) of Erlang A cut off after `states`, by balance of flows."""
    logs = [0.0]
    for n in range(1, states):
        leaving = min(n, agents) / handle + max(0, n - agents) / patience
        logs.append(logs[-1] + math.log(arrivals / leaving))
    top = max(logs)
    weights = [math.exp(log - top) for log in logs]
    total = math.fsum(weights)
    abandoning = math.fsum(w * max(0, n - agents) / patience for n, w in enumerate(weights)) / total
    return math.fsum(weights[agents:]) / total, abandoning / arrivals


def fixed_patience(
    agents: int, arrivals: float, handle: float, patience: float
) -> tuple[float, float]:
    """P(wait > 0) and P(abandon) when all wait for `patience`: the density of the time for which
    an arriving call would wait, integrated by Simpson's rule up to patience, and exactly beyond.
    """
    load = arrivals * handle
    below = [1.0]  # weights of 0 .. agents - 1 busy
    for n in range(1, agents):
        below.append(below[-1] * load / n)
    serves = agents / handle
    steps = 2000
    width = patience / steps
    density = [
        arrivals * below[-1] * math.exp((arrivals - serves) * width * k) for k in range(steps + 1)
    ]
    waiting = (
        width / 3 * (density[0] + density[-1] + 4 * sum(density[1:-1:2]) + 2 * sum(density[2:-1:2]))
    )
    # Beyond patience nobody joins any more, and the time only runs down.
    beyond = density[-1] / serves
    total = sum(below) + waiting + beyond
    return (waiting + beyond) / total, beyond / total
