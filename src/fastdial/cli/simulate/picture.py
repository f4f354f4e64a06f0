"""The simulations as a picture: utilisation and abandonment, with their 95 % intervals."""

from pathlib import Path
from typing import TYPE_CHECKING

from fastdial.cli.simulate.form import CaseReport, SimulationReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#1b7f5c", "#5b8fd9", "#c8553d", "#f2c14e")
PANELS = {"utilisation": "utilisation, %", "abandonment": "abandoned,\n% of answered"}


def draw(report: SimulationReport, file: Path) -> None:
    """Write the picture as PNG: curves over what was swept, else a point for each case."""
    # matplotlib takes half a second to import and nothing else here needs it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(9, 7), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (name, heading) in zip(
        figure.subplots(2, 1, sharex=True), PANELS.items(), strict=True
    ):
        _draw_panel(axes, report, name)
        axes.set_ylabel(heading)
        axes.grid(axis="y", alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    if report.sweep:
        axes.set_xlabel(report.sweep.replace("_", " "))
        axes.legend(frameon=False)
    days = report.cases[0].days
    figure.suptitle(f"{report.scenario}: {days:,} days each, {report.model}", fontsize=11)
    figure.savefig(file, dpi=110)


def _draw_panel(axes: "Axes", report: SimulationReport, name: str) -> None:
    methods: dict[str, list[CaseReport]] = {}
    for case in report.cases:
        methods.setdefault(case.method, []).append(case)
    for place, (method, found) in enumerate(methods.items()):
        known = [(case, case.estimates[name]) for case in found]
        known = [(case, one) for case, one in known if one.value is not None]
        values = [100 * (one.value or 0.0) for _, one in known]
        below = [100 * ((one.value or 0) - (one.low or one.value or 0)) for _, one in known]
        above = [100 * ((one.high or one.value or 0) - (one.value or 0)) for _, one in known]
        where = [method if case.swept is None else case.swept for case, _ in known]
        axes.errorbar(
            where,
            values,
            yerr=(below, above),
            marker="o",
            markersize=4,
            capsize=3,
            label=method,
            color=COLOURS[place % len(COLOURS)],
        )
