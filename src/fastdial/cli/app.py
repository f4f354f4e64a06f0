"""The commands and their options."""

import secrets
import shlex
import sys
from math import isnan
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from fastdial import server
from fastdial._version import __version__
from fastdial.cli import load, with_parent
from fastdial.cli.display import display_for
from fastdial.cli.explain.command import explain
from fastdial.cli.journal_file import day_of, report_of
from fastdial.cli.lists.columns import parse_told
from fastdial.cli.lists.source import BadList, Format, format_of
from fastdial.cli.problems import FAILED, INTERRUPTED, ROWS_REFUSED, Unusable, read_toml
from fastdial.cli.processes import Life, live
from fastdial.cli.report.daily.form import DayReport
from fastdial.cli.report.daily.written import as_csv, as_json, print_day
from fastdial.cli.report.files import write_report
from fastdial.cli.report.form import Report
from fastdial.cli.report.text import print_report
from fastdial.cli.run.conduct import Outcome, conduct
from fastdial.cli.run.crew import ChildDied
from fastdial.cli.run.plan import Plan, make_plan, with_agents
from fastdial.cli.simulate.command import simulate
from fastdial.cli.slots.command import slots
from fastdial.client import BadAddress, parse_address
from fastdial.rules.compliance.presets import definition_of
from fastdial.simulation.processes import run_agents, run_network
from fastdial.simulation.scenario import Scenario

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
SEED = click.IntRange(0, 2**63 - 1)


class NumberRange(click.FloatRange):
    """A range that leaves out what is no number: it is neither below nor above anything."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; fails on NaN as on all that is out of range."""
        number = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value} is not a number.", param, ctx)
        return number


with_parent_option = click.option("--stop-with-stdin", is_flag=True, hidden=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="fastdial %(version)s")
def cli() -> None:
    """Dialer core for contact-centre platforms: whom to call, when, and for which agent."""


@cli.command()
@click.argument("campaign", type=FILE)
@click.option("--contacts", type=FILE, required=True, help="The contact list, in CSV.")
@click.option(
    "--scenario",
    type=FILE,
    help="How the simulated customers and agents behave. [default: scenario.toml beside CAMPAIGN]",
)
@click.option("--config", type=FILE, help="The site around the campaign, as for `serve`.")
@click.option("--speed", type=NumberRange(0, 10_000, min_open=True), default=75.0,
              show_default=True, help="How many times faster than a wall clock.")  # fmt: skip
@click.option("--shift", "shift_hours", type=NumberRange(0, 24 * 31, min_open=True),
              metavar="HOURS", default=1.5, show_default=True,
              help="Length of the shift in site time.")  # fmt: skip
@click.option("--agents", type=click.IntRange(1, 100_000), help="How many agents.")
@click.option("--seed", type=SEED, help="Of everything random. [default: 0]")
@click.option("--report", type=FOLDER, help="Folder for report, logs and journal. "
              "[default: a new one in fastdial-runs]")  # fmt: skip
@click.option("--journal", type=FILE, help="[default: journal.sqlite in the report's folder]")
@click.option("--resume", is_flag=True, help="Go on with the journal of a run that was cut off.")
@click.option("--plain", is_flag=True, help="Progress in lines even in a terminal.")
def run(plain: bool, **options: Any) -> None:
    """Work through a contact list in one simulated shift, and report.

    Starts a server, a simulated telephone network and simulated agents as processes that talk
    over a socket, loads the list, runs CAMPAIGN until it has finished or the shift is over, and
    shuts everything down.
    """
    console = Console()
    plan = make_plan(**options)
    display = display_for(console, plan.campaign.name, plain=plain)
    try:
        outcome = conduct(plan, display)
    except ChildDied as death:
        _tell_death(death, plan)
        sys.exit(FAILED)
    if plan.journal.is_file():
        _report_run(plan, outcome, console)
    if outcome.ending is None:
        sys.exit(INTERRUPTED)


def _report_run(plan: Plan, outcome: Outcome, console: Console) -> None:
    made = report_of(plan.journal, unread=outcome.unread, speed=plan.server.clock.speed)
    print_report(made, console)
    _write(made, plan.directory, definition_of(plan.campaign.compliance).cap, console)
    if outcome.ending is None:
        click.echo(f"Go on with: {_resume_command(plan)}", err=True)


def _write(report: Report, directory: Path, cap: float | None, console: Console) -> None:
    files = write_report(report, directory, abandonment_cap=cap)
    names = ", ".join(file.name for file in files)
    console.print(f"\nWritten to {directory}: {names}", markup=False, highlight=False)


def _tell_death(death: ChildDied, plan: Plan) -> None:
    click.echo(f"Error: {death}. The end of its log, {death.log}:", err=True)
    click.echo(click.style(death.tail or "(it said nothing)", dim=True), err=True)
    click.echo(
        f"Everything that was acknowledged stands in {plan.journal}.\n"
        f"Go on with: {_resume_command(plan)}",
        err=True,
    )


def _resume_command(plan: Plan) -> str:
    """The command line of this process, to go on."""
    arguments = [one for one in sys.argv[1:] if one != "--resume"]
    for name, place in (("--report", plan.directory), ("--journal", plan.journal)):
        if not any(one == name or one.startswith(f"{name}=") for one in arguments):
            arguments += [name, str(place)]
    return shlex.join(["fastdial", *arguments, "--resume"])


@cli.command("load")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--campaign", "campaign_id", metavar="ID", required=True)
@click.option("--to", "address", metavar="ADDRESS", required=True,
              help="unix:/path/to.sock or tcp:host:port")  # fmt: skip
@click.option("--format", "form", type=click.Choice([str(one) for one in Format]),
              help="[default: by the ending of FILE; csv for standard input]")  # fmt: skip
@click.option("--column", "columns", metavar="FIELD=NAME,…", multiple=True,
              help="Which columns are contact_key, numbers, zone, priority, rank, answer_chance "
              "or variables. "
              "[default: by their names]")  # fmt: skip
@click.option("--refused", type=FILE, help="Where refused rows go. [default: FILE.refused.csv]")
@click.option("--reopen", is_flag=True, help="Put contacts that are done back on the list.")
@click.option("--again", is_flag=True,
              help="Load also what this very list has loaded within the last day.")  # fmt: skip
def load_list(
    file: Path,
    campaign_id: str,
    address: str,
    form: str | None,
    columns: tuple[str, ...],
    refused: Path | None,
    reopen: bool,
    again: bool,
) -> None:
    """Load the contact list FILE (- for standard input) into a campaign of a running site.

    Bad rows are refused one by one and written down; the others are loaded. A load that was cut
    off goes on where it was when it is started again. Exit code 3 where rows were refused.
    """
    _check_address(address)
    try:
        errand = load.Errand(
            file=file,
            form=format_of(file) if form is None else Format(form),
            told=parse_told(columns),
            campaign_id=campaign_id,
            address=address,
            refused=refused or load.refused_beside(file),
            reopen=reopen,
            salt=secrets.token_hex(8) if again else "",
        )
    except BadList as error:
        raise Unusable(str(error)) from None
    loaded = load.load(errand, Console(stderr=True))
    if loaded is None:
        click.echo("Interrupted. Say the same again to go on; nothing is loaded twice.", err=True)
        sys.exit(INTERRUPTED)
    click.echo(
        f"{loaded.added:,} contacts added, {loaded.updated:,} rows that update one, "
        f"{loaded.refused:,} rows refused"
    )
    if loaded.refused:
        click.echo(f"The refused rows are in {errand.refused}", err=True)
        sys.exit(ROWS_REFUSED)


@cli.command()
@click.argument("journal", type=FILE, required=False)
@click.option("--journal", "named", type=FILE, help="The same as JOURNAL.")
@click.option("--report", type=FOLDER, help="Write report.json and the other files there.")
@click.option("--campaign", metavar="ID", help="Only this campaign.")
@click.option("--date", metavar="YYYY-MM-DD", help="The compliance report of this day instead.")
@click.option("--zone", default="UTC", show_default=True, help="IANA zone in which DATE is a day.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text",
              show_default=True, help="Of the day's report.")  # fmt: skip
def report(
    journal: Path | None,
    named: Path | None,
    report: Path | None,
    campaign: str | None,
    date: str | None,
    zone: str,
    form: str,
) -> None:
    """The report of a JOURNAL that no server is writing: of all of it, or of one day.

    The day's report says for each campaign how abandonment is defined and what it came to, which
    calls were outside their windows, and which contacts were passed over and why. It is found from
    the events alone.
    """
    journal = journal or named
    if journal is None:
        raise click.UsageError("which JOURNAL?")
    if date is not None:
        _tell_day(day_of(journal, date, zone, campaign_id=campaign), form)
        return
    console = Console()
    made = report_of(journal, campaign_id=campaign)
    print_report(made, console)
    if report is not None:
        _write(made, report, None, console)


def _tell_day(day: DayReport, form: str) -> None:
    if form == "text":
        print_day(day, Console())
    else:
        click.echo(as_json(day) if form == "json" else as_csv(day), nl=False)


cli.add_command(explain)
cli.add_command(simulate)
cli.add_command(slots)


@cli.command()
@click.option("--config", type=FILE, required=True, help="The server, in TOML.")
@with_parent_option
def serve(config: Path, stop_with_stdin: bool) -> None:
    """Serve one site until SIGTERM or Ctrl-C."""
    if stop_with_stdin:
        with_parent.stop_with_stdin()
    sys.exit(server.run(config))


@cli.command()
@click.option("--connect", metavar="ADDRESS", required=True,
              help="unix:/path/to.sock or tcp:host:port")  # fmt: skip
@click.option("--scenario", type=FILE, help="How customers behave. [default: built in]")
@click.option("--seed", type=SEED, default=0, show_default=True)
@with_parent_option
def network(connect: str, scenario: Path | None, seed: int, stop_with_stdin: bool) -> None:
    """Be a simulated telephone network with its customers, until SIGTERM or Ctrl-C."""
    _live(run_network, connect, _scenario(scenario), seed, stop_with_stdin)


@cli.command()
@click.option("--connect", metavar="ADDRESS", required=True,
              help="unix:/path/to.sock or tcp:host:port")  # fmt: skip
@click.option("--scenario", type=FILE, help="How agents behave. [default: built in]")
@click.option("--agents", type=click.IntRange(1, 100_000), help="How many agents.")
@click.option("--seed", type=SEED, default=0, show_default=True)
@with_parent_option
def agents(
    connect: str, scenario: Path | None, agents: int | None, seed: int, stop_with_stdin: bool
) -> None:
    """Be the simulated agents of a site, until SIGTERM or Ctrl-C."""
    world = _scenario(scenario)
    world = world if agents is None else with_agents(world, agents)
    _live(run_agents, connect, world, seed, stop_with_stdin)


def _scenario(path: Path | None) -> Scenario:
    return Scenario() if path is None else read_toml(path, Scenario)


def _live(life: Life, address: str, scenario: Scenario, seed: int, stop_with_stdin: bool) -> None:
    _check_address(address)
    if stop_with_stdin:
        with_parent.stop_with_stdin()
    live(life(address, scenario, seed))


def _check_address(address: str) -> None:
    try:
        parse_address(address)
    except BadAddress as error:
        raise Unusable(str(error)) from None
