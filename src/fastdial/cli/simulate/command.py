"""The command ``fastdial simulate``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fastdial.cli.problems import INTERRUPTED, Failed, Unusable, read_toml
from fastdial.cli.run.plan import RUNS, with_agents
from fastdial.cli.simulate.cases import Case, cases, read_methods, read_sweep
from fastdial.cli.simulate.files import print_simulation, write_simulation
from fastdial.cli.simulate.form import CaseReport, SimulationReport, case_report
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import DialingMode
from fastdial.simulation.forecast import FastModel, Figures, whole_days
from fastdial.simulation.forecast.fast import NotInTheModel
from fastdial.simulation.forecast.figures import joined
from fastdial.simulation.forecast.whole import SiteRefused
from fastdial.simulation.scenario import Scenario

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
DAYS_FAST = 200
DAYS_WHOLE = 5
PARTS = 20
"""of a fast case, between which progress is shown"""


@click.command()
@click.argument("scenario", type=FILE)
@click.option("--campaign", type=FILE, help="How it is dialed. [default: progressive, as built in]")
@click.option("--whole", is_flag=True, help="Whole sites in virtual time, not the compiled model.")
@click.option("--days", type=click.IntRange(1, 1_000_000),
              help=f"How many. [default: {DAYS_FAST}, with --whole {DAYS_WHOLE}]")  # fmt: skip
@click.option("--agents", type=click.IntRange(1, 10_000), help="How many agents.")
@click.option("--compare", metavar="METHODS", help="progressive,predictive side by side.")
@click.option("--sweep", metavar="NAME=LOW:HIGH", help="Curves over agents or answer_rate.")
@click.option("--seed", type=click.IntRange(0, 2**62), default=0, show_default=True)
@click.option("--output", type=FOLDER, help="Folder for the files. [default: in fastdial-runs]")
def simulate(
    scenario: Path,
    campaign: Path | None,
    whole: bool,
    days: int | None,
    agents: int | None,
    compare: str | None,
    sweep: str | None,
    seed: int,
    output: Path | None,
) -> None:
    """Simulate days of the contact centre in SCENARIO, and tell what they come to.

    Utilisation of agents, abandoned calls and calls for each agent hour, each with its 95 %
    confidence interval; also as JSON, CSV and PNG.
    """
    world = read_toml(scenario, Scenario)
    world = world if agents is None else with_agents(world, agents)
    told = (
        read_toml(campaign, CampaignSettings)
        if campaign
        else CampaignSettings(name=world.name or "simulation", mode=DialingMode.PROGRESSIVE)
    )
    swept = read_sweep(sweep) if sweep else None
    todo = list(cases(world, told, read_methods(compare, told), swept))
    days = days or (DAYS_WHOLE if whole else DAYS_FAST)
    done: list[CaseReport] = []
    try:
        with _progress(len(todo) * days) as step:
            done.extend(_simulated(case, whole, days, seed, step) for case in todo)
    except (NotInTheModel, SiteRefused) as problem:
        raise (Unusable if isinstance(problem, NotInTheModel) else Failed)(str(problem)) from None
    except KeyboardInterrupt:
        click.echo("Interrupted; nothing was written.", err=True)
        sys.exit(INTERRUPTED)
    report = SimulationReport(
        scenario=world.name,
        model="whole sites" if whole else "compiled model",
        seed=seed,
        sweep=swept.name if swept else None,
        cases=done,
    )
    console = Console()
    print_simulation(report, console)
    files = write_simulation(
        report, output or RUNS / f"simulate-{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}"
    )
    names = ", ".join(file.name for file in files)
    console.print(f"Written to {files[0].parent}: {names}", markup=False, highlight=False)


class _Step:
    """Says how far it has come."""

    def __init__(self, bar: Progress, whole: int) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=whole)

    def of(self, case: Case) -> None:
        swept = "" if case.value is None else f" {case.value:g}"
        self._bar.update(self._task, description=f"{case.method}{swept}")

    def days(self, count: int) -> None:
        self._bar.advance(self._task, count)


@contextmanager
def _progress(whole: int) -> Iterator[_Step]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("days"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield _Step(bar, whole)


def _simulated(case: Case, whole: bool, days: int, seed: int, step: _Step) -> CaseReport:
    step.of(case)
    parts: list[Figures] = []
    left_out: tuple[str, ...] = ()
    if whole:
        for part in whole_days(case.scenario, case.campaign, first=seed, count=days):
            parts.append(part)
            step.days(1)
    else:
        model = FastModel.of(case.scenario, case.campaign)
        left_out = model.left_out
        for first, count in _parts(days):
            parts.append(model.days(seed, count, first=first))
            step.days(count)
    agents = sum(group.count for group in case.scenario.agents)
    return case_report(case.method, case.value, agents, joined(parts), left_out)


def _parts(days: int) -> Iterator[tuple[int, int]]:
    for part in range(PARTS):
        first, after = days * part // PARTS, days * (part + 1) // PARTS
        if after > first:
            yield first, after - first
