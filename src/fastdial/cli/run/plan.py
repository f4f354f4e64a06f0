"""What a run is to do: everything that can be checked before anything is started."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from fastdial.cli.lists.contacts import ListedContact, read_contacts
from fastdial.cli.lists.source import BadList
from fastdial.cli.problems import Unusable, read_toml
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.rules.days import is_zone
from fastdial.rules.numbers import BadNumber, to_e164
from fastdial.rules.windows import WindowKey, Windows, class_of
from fastdial.server.config import ServeConfig
from fastdial.simulation.scenario import Scenario

HOUR_MS = 3_600_000
LONGEST_SILENCE_S = 3_600
FIRST_HOUR = 14
"""when a simulated shift begins, local to the scenario: day on both sides of the Atlantic"""
DAYS_LOOKED_AT = 14
CONTACTS_LOOKED_AT = 200
RUNS = Path("fastdial-runs")


@dataclass(frozen=True, slots=True)
class Plan:
    """A run with all its files read."""

    campaign: CampaignSettings
    contacts: Path
    scenario: Scenario
    server: ServeConfig
    """but for the address and the journal's path"""
    directory: Path
    """where the report, the logs and the journal go"""
    journal: Path
    resume: bool
    shift_ms: int

    @property
    def logs(self) -> Path:
        """Folder of the children's logs."""
        return self.directory / "logs"


def make_plan(
    *,
    campaign: Path,
    contacts: Path,
    scenario: Path | None,
    config: Path | None,
    report: Path | None,
    journal: Path | None,
    resume: bool,
    shift_hours: float,
    speed: float,
    seed: int | None,
    agents: int | None,
) -> Plan:
    """Read and check; raises `Unusable`."""
    settings = read_toml(campaign, CampaignSettings)
    _check_list(contacts)
    directory, journal = _places(report, journal, resume)
    world = _scenario(scenario or _beside(campaign), agents)
    server = read_toml(config, ServeConfig) if config else ServeConfig()
    seed = server.seed if seed is None else seed
    clock = msgspec.structs.replace(
        server.clock, speed=speed, start=_start(server, world, settings, contacts)
    )
    return Plan(
        campaign=settings,
        contacts=contacts,
        scenario=world,
        server=msgspec.structs.replace(
            server, site=_patient(server.site, speed), clock=clock, seed=seed
        ),
        directory=directory,
        journal=journal,
        resume=resume,
        shift_ms=round(shift_hours * HOUR_MS),
    )


def _check_list(contacts: Path) -> None:
    """That there is a list with a header that can be used."""
    try:
        next(read_contacts(contacts), None)
    except BadList as error:
        raise Unusable(str(error)) from None


def _places(report: Path | None, journal: Path | None, resume: bool) -> tuple[Path, Path]:
    """Folder of the run, and its journal."""
    if resume and journal is None and report is None:
        raise Unusable("--resume needs the --journal (or the --report folder) of the first run")
    if report is None:
        stamp = f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}"
        report = journal.parent if resume and journal else RUNS / stamp
    journal = journal or report / "journal.sqlite"
    if resume and not journal.is_file():
        raise Unusable(f"{journal}: there is no such journal to resume")
    if not resume and journal.exists():
        raise Unusable(
            f"{journal} exists already: add --resume to go on with it, or name another --journal"
        )
    try:
        report.mkdir(parents=True, exist_ok=True)
        journal.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(f"{error.filename}: {error.strerror}") from None
    return report, journal


def _beside(campaign: Path) -> Path | None:
    """The scenario in the campaign's folder, where none is named."""
    found = campaign.with_name("scenario.toml")
    return found if found.is_file() else None


def _scenario(path: Path | None, agents: int | None) -> Scenario:
    scenario = read_toml(path, Scenario) if path else Scenario()
    return scenario if agents is None else with_agents(scenario, agents)


def with_agents(scenario: Scenario, count: int) -> Scenario:
    """The scenario with ``count`` agents in all, its groups in the same proportion."""
    groups = scenario.agents
    whole = sum(group.count for group in groups)
    if not whole:
        raise Unusable("the scenario has no group of agents to take them from")
    counts: list[int] = []
    for place in range(len(groups)):
        upto = sum(group.count for group in groups[: place + 1])
        counts.append(round(count * upto / whole) - sum(counts))
    sized = tuple(
        msgspec.structs.replace(group, count=size)
        for group, size in zip(groups, counts, strict=True)
    )
    return msgspec.structs.replace(scenario, agents=sized)


def _patient(site: SiteConfig, speed: float) -> SiteConfig:
    """The site with patience for a network that answers in real time while its own runs fast.

    A second of the machine's is ``speed`` seconds of the site's, and no sign of a lost call.
    """
    silence_s = max(site.silence_s, min(ceil(speed), LONGEST_SILENCE_S))
    return msgspec.structs.replace(site, silence_s=silence_s)


def _start(
    server: ServeConfig, scenario: Scenario, campaign: CampaignSettings, contacts: Path
) -> Any:
    """The next day on which most contacts may be called, unless the configuration names an instant.

    Today, if it is one; else a Sunday or a holiday would show nothing but closed windows.
    """
    if server.clock.start is not None:
        return server.clock.start
    today = datetime.now(ZoneInfo(scenario.zone))
    first = today.replace(hour=FIRST_HOUR, minute=0, second=0, microsecond=0)
    days = [first + timedelta(days=n) for n in range(DAYS_LOOKED_AT)]
    classes = list(_window_classes(contacts, server.site.default_region))
    windows = Windows(campaign.windows, campaign.zone)
    return max(days, key=lambda day: _mostly_open(windows, classes, day))


def _window_classes(contacts: Path, region: str | None) -> Iterator[WindowKey]:
    """Those of the first contacts of the list; whom the site would refuse is left out."""
    for row in islice(read_contacts(contacts), CONTACTS_LOOKED_AT):
        if isinstance(row, ListedContact):
            with suppress(BadNumber, KeyError, IndexError, TypeError):
                number = int(to_e164(row.contact["numbers"][0], region))
                zone = row.contact.get("zone", "")
                yield class_of(zone if is_zone(zone) else "", "", number)


def _mostly_open(windows: Windows, classes: list[WindowKey], at: datetime) -> bool:
    at_ms = int(at.timestamp() * 1_000)
    return 2 * sum(windows.state(key, at_ms).open for key in classes) >= len(classes)
