"""All peers in all cells, each tuned to 3.0 % abandoned of the answered: a file and a picture.

python -m benchmarks.pacing.peers_table                     # the table of what was kept
python -m benchmarks.pacing.peers_table --measure           # measure all cells anew, half an hour
python -m benchmarks.pacing.peers_table --measure --cells 10 --answered 5000 --no-save
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.pacing.methods import CELLS, GIVING_UP, OURS, Cell, methods, ours
from benchmarks.pacing.rows import CAP, Row, load, measure, save

RESULTS = Path(__file__).parents[1] / "results"
FILE = RESULTS / "pacing_peers.json"
PICTURE = Path(__file__).parents[2] / "docs" / "yardsticks.svg"
OPTIMUM = "optimum"
LOWEST = 40
"""percent; what is below is not worth a picture"""
SHORT = {
    "lines for each agent": "L/agent",
    "lines for each idle agent": "L/idle",
    "ringing + busy": "L(r+b)",
    "VICIdial hard_limit": "Vic.hard",
    "VICIdial average": "Vic.avg",
    "VICIdial tapered": "Vic.tap",
    "VICIdial by its highest level": "Vic.max",
    "Issabel by answer rate": "Iss./p",
    "Fourati-Tabbane": "Fourati",
    "Fourati-Tabbane under its limit": "F.limit",
    "newsvendor, learning": "NV learn",
    "newsvendor, knowing": "NV know",
    GIVING_UP: "giving up",
}
LOUD = {OPTIMUM: ("black", "--"), OURS: ("red", "-"), GIVING_UP: ("red", ":")}
"""how those that the others are read against are drawn"""


def with_optimum(rows: Iterable[Row]) -> list[Row]:
    """And the exact bound of each cell of its world."""
    from benchmarks.pacing import optimum  # noqa: PLC0415 - takes SciPy

    bounds = optimum.load()
    rows = list(rows)
    cells = dict.fromkeys(row.cell for row in rows if row.cell.world == "exponential")
    for cell in cells:
        best = bounds.get((cell.agents, cell.answer, cell.patience_s))
        if best is not None:
            where = (cell.world, cell.agents, cell.answer, cell.patience_s)
            rows.append(Row(*where, OPTIMUM, best.price, best.utilisation, best.cap, 0))
    return rows


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The table: utilisation in percent; a star where the cap was not met."""
    by_cell: dict[Cell, dict[str, Row]] = {}
    names: dict[str, None] = {}
    for row in rows:
        by_cell.setdefault(row.cell, {})[row.method] = row
        names[row.method] = None
    shape: tuple[str, float] | None = None
    for cell, found in by_cell.items():
        if (cell.world, cell.patience_s) != shape:
            shape = (cell.world, cell.patience_s)
            yield ""
            yield f"{cell.world} world, who answers waits {cell.patience_s:g} s"
            yield f"{'N':>4}{'p':>5}" + "".join(f"{SHORT.get(name, name):>9}" for name in names)
        figures = "".join(f"{figure(found.get(name)):>9}" for name in names)
        yield f"{cell.agents:>4}{cell.answer:>5}{figures}"
    yield ""
    yield "* more than 3.2 % abandoned, whatever its parameter is (or it has none)"


def figure(row: Row | None) -> str:
    if row is None:
        return "-"
    over = "*" if row.abandonment > CAP + 0.002 else ""
    return f"{100 * row.utilisation:.2f}{over}"


def draw(rows: Iterable[Row], file: Path = PICTURE) -> None:
    """A panel for each world and answer probability, at patience 0: utilisation by agents."""
    from matplotlib import colormaps, rc_context  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    curves: dict[tuple[str, float], dict[str, list[tuple[int, float]]]] = {}
    for row in rows:
        if (
            row.patience_s == 0.0
            and row.answer in (0.1, 0.2, 0.3)
            and row.abandonment < CAP + 0.002
        ):
            panel = curves.setdefault((row.world, row.answer), {})
            panel.setdefault(row.method, []).append((row.agents, 100 * row.utilisation))
    if not curves:
        return
    worlds = list(dict.fromkeys(world for world, _ in curves))
    answers = sorted({answer for _, answer in curves})
    figure = Figure(figsize=(4.2 * len(answers), 4.2 * len(worlds)), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(worlds), len(answers), squeeze=False, sharey=True)
    shades = colormaps["tab20"].resampled(20)
    colours = {name: shades(place) for place, name in enumerate(["1:1", "Issabel", *SHORT])}
    for (world, answer), panel in curves.items():
        axes = grid[worlds.index(world)][answers.index(answer)]
        for name, points in panel.items():
            agents, utilisation = zip(*sorted(points), strict=True)
            colour, style = LOUD.get(name, (colours.get(name), "-"))
            axes.plot(
                agents, utilisation, marker="o", markersize=3, label=name, color=colour,
                linestyle=style, zorder=3 if name in LOUD else 2,
            )  # fmt: skip
        axes.set_xscale("log")
        axes.set_ylim(LOWEST, 100)
        axes.set_xticks([1, 5, 10, 20, 50, 100], labels=["1", "5", "10", "20", "50", "100"])
        axes.minorticks_off()
        axes.set_title(f"{world} world, {answer:.0%} answered", fontsize=10)
        axes.set_xlabel("agents")
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    for row_of_axes in grid:
        row_of_axes[0].set_ylabel("utilisation at 3 % abandoned, %")
    handles = {
        label: handle
        for axes in grid.flat
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        handles.values(), handles.keys(), loc="outside lower center", ncols=4, frameon=False
    )
    with rc_context({"svg.hashsalt": file.stem, "svg.fonttype": "none"}):
        figure.savefig(file, dpi=110, metadata={"Date": None})


def measured(cells: Iterable[Cell], only: str, answered: float) -> Iterator[Row]:
    for cell in cells:
        for method in (*methods(), *ours()):
            if only in method.name:
                yield measure(method, cell, answered)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pacing.peers_table")
    parser.add_argument("--measure", action="store_true", help="else show what was kept")
    parser.add_argument("--cells", default="", help="agents, parted by commas; else all")
    parser.add_argument("--only", default="", help="methods whose name has this")
    parser.add_argument("--answered", type=float, default=25_000, help="calls of a long run")
    parser.add_argument("--no-save", action="store_true")
    given = parser.parse_args()
    sizes = [int(size) for size in given.cells.split(",") if size]
    cells = [cell for cell in CELLS if not sizes or cell.agents in sizes]
    rows = [] if given.measure else load(FILE)
    if given.measure:
        for row in measured(cells, given.only, given.answered):
            rows.append(row)
            print(f"{row.cell} {row.method}: {figure(row)}", flush=True)
            if not given.no_save:
                save([row], FILE)
    rows = rows if given.no_save else load(FILE)
    for line in lines(with_optimum(rows)):
        print(line)
    if not given.no_save:
        draw(with_optimum(rows))


if __name__ == "__main__":
    main()
