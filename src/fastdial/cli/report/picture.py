"""The report as a picture: calls, agents by state and abandonment over time."""

from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from fastdial.cli.report.form import Report, Timeline
from fastdial.cli.report.text import duration, instant, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
FEWEST_CALLS = 30
"""a rate over fewer calls than this says nothing and is not drawn"""

AGENT_COLOURS = {
    "talking": "#1b7f5c",
    "wrap_up": "#7fc6a4",
    "previewing": "#b8a1d9",
    "reserved": "#f2c14e",
    "ready": "#5b8fd9",
    "logging_out": "#9c9c9c",
    "not_ready": "#d0d0d0",
}
"""states from the bottom up: work first"""


def draw_report(report: Report, file: Path, *, abandonment_cap: float | None = None) -> None:
    """Write the picture as PNG; ``abandonment_cap`` is drawn as a line where it is given."""
    # matplotlib takes half a second to import and nothing else here needs it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(11, 9), layout="constrained")
    FigureCanvasAgg(figure)
    calls, agents, abandonment = figure.subplots(3, 1, sharex=True)
    timeline = report.timeline
    hours = [step * timeline.step_ms / HOUR_MS for step in range(len(timeline.attempts))]
    _draw_calls(calls, timeline, hours)
    _draw_agents(agents, timeline, hours)
    _draw_abandonment(abandonment, timeline, hours, abandonment_cap)
    for axes in (calls, agents, abandonment):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", alpha=0.25)
        axes.margins(x=0)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(
                loc="center left",
                bbox_to_anchor=(1.0, 0.5),
                frameon=False,
                reverse=axes is agents,
            )
    abandonment.set_xlabel("hours of site time")
    figure.suptitle(_headline(report), fontsize=11, ha="left", x=0.01)
    figure.savefig(file, dpi=110)


def _headline(report: Report) -> str:
    calls = report.calls
    mode = f" ({report.mode})" if report.mode else ""
    return (
        f"{report.title}{mode}: {duration(report.duration_ms)} from "
        f"{instant(report.begins_at)} UTC\n"
        f"{calls.attempts:,} attempts, {calls.connected:,} connected, "
        f"abandonment {percent(calls.abandonment_rate, 2)}, "
        f"utilisation of {report.agents.agents} agents {percent(report.agents.utilisation)}"
    )


def _draw_calls(axes: "Axes", timeline: Timeline, hours: list[float]) -> None:
    per_minute = timeline.step_ms / MINUTE_MS
    connected = [a - b for a, b in zip(timeline.answered, timeline.abandoned, strict=True)]
    series = (
        ("attempts", timeline.attempts, "#5b8fd9"),
        ("connected", connected, "#1b7f5c"),
        ("abandoned", timeline.abandoned, "#c8553d"),
    )
    for name, counts, colour in series:
        rates = [count / per_minute for count in counts]
        axes.step(hours, rates, where="post", label=name, color=colour, linewidth=1.4)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("calls per minute")


def _draw_agents(axes: "Axes", timeline: Timeline, hours: list[float]) -> None:
    states = [name for name in AGENT_COLOURS if any(timeline.agents.get(name, ()))]
    if states:
        axes.stackplot(
            hours,
            [timeline.agents[name] for name in states],
            labels=[name.replace("_", " ") for name in states],
            colors=[AGENT_COLOURS[name] for name in states],
            step="post",
        )
    axes.set_ylabel("agents")


def _draw_abandonment(
    axes: "Axes", timeline: Timeline, hours: list[float], cap: float | None
) -> None:
    answered = list(accumulate(timeline.answered))
    abandoned = list(accumulate(timeline.abandoned))
    so_far = [_percent(part, whole) for part, whole in zip(abandoned, answered, strict=True)]
    steps = max(1, round(15 * MINUTE_MS / timeline.step_ms))
    recent = [
        _percent(abandoned[i] - _before(abandoned, i, steps), n - _before(answered, i, steps))
        for i, n in enumerate(answered)
    ]
    axes.step(hours, recent, where="post", color="#e3a79a", linewidth=1.0, label="last 15 minutes")
    axes.step(hours, so_far, where="post", color="#c8553d", linewidth=1.8, label="so far")
    if cap is not None:
        axes.axhline(100 * cap, color="black", linewidth=1.0, linestyle="--", label="cap")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("abandoned,\n% of answered by a person")


def _before(sums: list[int], index: int, steps: int) -> int:
    return sums[index - steps] if index >= steps else 0


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole >= FEWEST_CALLS else float("nan")
