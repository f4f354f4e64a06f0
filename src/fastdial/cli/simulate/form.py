"""What ``simulate.json`` holds. A field is only ever added; null where there is no such figure."""

from math import isnan

import msgspec

from fastdial.simulation.forecast import Estimate, Figures


class Interval(msgspec.Struct, frozen=True):
    """An estimate and its 95 % confidence interval."""

    value: float | None
    low: float | None
    high: float | None


class CaseReport(msgspec.Struct, kw_only=True, frozen=True):
    """One simulation."""

    method: str
    swept: float | None
    """the value of what was swept"""
    agents: int
    days: int
    estimates: dict[str, Interval]
    by_day: dict[str, list[float]]
    """arrays with a figure for each day"""
    left_out: list[str]
    """what the scenario has and the model has not"""


class SimulationReport(msgspec.Struct, kw_only=True, frozen=True):
    """All simulations of one command."""

    form: str = "fastdial-simulation/1"
    scenario: str
    model: str
    """compiled, or whole sites"""
    seed: int
    sweep: str | None
    """what was swept"""
    cases: list[CaseReport]


def case_report(
    method: str, swept: float | None, agents: int, figures: Figures, left_out: tuple[str, ...]
) -> CaseReport:
    """From the arrays of the days."""
    return CaseReport(
        method=method,
        swept=swept,
        agents=agents,
        days=figures.days,
        estimates={name: _interval(one) for name, one in figures.estimates().items()},
        by_day={name: column.tolist() for name, column in figures._asdict().items()},
        left_out=list(left_out),
    )


def _interval(estimate: Estimate) -> Interval:
    return Interval(*(None if isnan(figure) else figure for figure in estimate))
