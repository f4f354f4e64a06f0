"""A week of a contact centre in virtual time, with every promise looked at from outside.

    make week

Fifty campaigns of all modes compete for two hundred agents who work in two shifts from Monday to
Saturday, on lists of a million contacts in several countries. Lists are loaded while campaigns run,
supervisors pause and change campaigns, exclusion lists grow. The auditor reads every event as it
comes and stops the run at the first broken promise; windows are looked up by their slow twin.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import msgspec

from fastdial.client.actor import Actor
from fastdial.engine import Site
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import (
    CampaignCreate,
    CampaignPause,
    CampaignStart,
    CampaignUpdate,
    ContactsLoad,
    EventFilter,
)
from fastdial.messages.compliance import (
    AbandonmentPreset,
    CapSubject,
    ComplianceSettings,
    FrequencyCap,
)
from fastdial.messages.events import ContactPassedOver, ContactsLoaded, DialRequested
from fastdial.messages.replies import Error
from fastdial.messages.settings import CampaignSettings, SiteConfig, WrapUpCode
from fastdial.messages.windows import WeeklyHours, WindowSettings
from fastdial.messages.words import CodeMeaning, ContactOrder, DialingMode, Weekday
from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.audit_windows import WindowsAudit
from fastdial.simulation.auditor import Auditor
from fastdial.simulation.scenario import AgentGroup, Breaks
from fastdial.simulation.world import World
from fastdial.telephony.simulated import SimulatedNetwork
from fastdial.telephony.simulated.laws import Lognormal, Uniform
from fastdial.telephony.simulated.model import NetworkModel
from twins.windows import is_open

MONDAY = 1_772_409_600_000
"""2026-03-02, 0:00 UTC"""
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LOAD_ROWS = 5_000
SHIFTS = ((7, "early"), (12, "late"))
"""when a shift begins, UTC"""
REMOVE_ME = WrapUpCode(code="remove_me", name="Do not call again", meaning=CodeMeaning.DO_NOT_CALL)

COUNTRIES = (
    ("+4420", 8, "Europe/London"),
    ("+4822", 7, "Europe/Warsaw"),
    ("+4930", 8, ""),
    ("+3491", 7, "Europe/Madrid"),
    ("+1212", 7, "America/New_York"),
)
"""what numbers begin with, how many digits follow, and the zone that a list gives"""


@dataclass(frozen=True)
class Size:
    """How large a centre, and how long."""

    campaigns: int = 50
    agents: int = 200
    contacts: int = 1_000_000
    days: int = 7


class Crew:
    """Agents who come anew every day, each to their shift."""

    filter = SimulatedAgents.filter

    def __init__(self, agents: int, days: int, teams: tuple[str, ...], seed: int) -> None:
        self._ahead = [
            (day, hour, name) for day in range(days) if day % 7 != 6 for hour, name in SHIFTS
        ]
        self._agents, self._teams, self._seed = agents, teams, seed
        self._at_work: dict[str, SimulatedAgents] = {}
        self.refused: Counter[str] = Counter()

    def _begin(self, day: int, hour: int, name: str) -> SimulatedAgents:
        each = max(1, self._agents // len(SHIFTS) // len(self._teams))
        groups = tuple(
            AgentGroup(
                name=f"{name}-{team}",
                count=each,
                teams=(team,),
                shift_s=8 * 3_600.0,
                breaks=Breaks(every=Lognormal(mean_s=5_400.0, cv=0.3)),
                codes={"sale": 4.0, "no_answer": 4.0, "remove_me": 1.0},
                wrap_up=Uniform(low_s=5.0, high_s=45.0),
            )
            for team in self._teams
        )
        start_at = MONDAY + day * DAY_MS + hour * HOUR_MS
        return SimulatedAgents(groups, start_at=start_at, seed=self._seed + day)

    def see(self, event: Event, now: int) -> list[Command]:
        return [one for shift in self._at_work.values() for one in shift.see(event, now)]

    def hear(self, command: Command, reply: Reply, now: int) -> list[Command]:
        if isinstance(reply, Error):
            self.refused[reply.fault.code] += 1
        whose = getattr(command, "agent_id", "").partition("-")[0]
        return [
            one
            for name, shift in self._at_work.items()
            if whose in ("", name)
            for one in shift.hear(command, reply, now)
        ]

    def next_due(self) -> int | None:
        dues = [shift.next_due() for shift in self._at_work.values()]
        if self._ahead:
            day, hour, _ = self._ahead[0]
            dues.append(MONDAY + day * DAY_MS + hour * HOUR_MS)
        return min((due for due in dues if due is not None), default=None)

    def act(self, now: int) -> list[Command]:
        while (
            self._ahead and MONDAY + self._ahead[0][0] * DAY_MS + self._ahead[0][1] * HOUR_MS <= now
        ):
            day, hour, name = self._ahead.pop(0)
            self._at_work[name] = self._begin(day, hour, name)
        return [one for shift in self._at_work.values() for one in shift.act(now)]


class Supervisors:
    """Who load lists, and pause and change campaigns while they run."""

    filter = EventFilter(types=("none.",))

    def __init__(self, size: Size, settings: dict[str, CampaignSettings], seed: int) -> None:
        self._random = Random(seed)
        self._settings = settings
        self._lists = lists(size, tuple(settings))
        self._next_load: tuple[int, ContactsLoad] | None = next(self._lists, None)
        self._next_change = MONDAY + 9 * HOUR_MS
        self._until = MONDAY + size.days * DAY_MS
        self._paused: str | None = None

    def see(self, event: Event, now: int) -> list[Command]:
        return []

    def hear(self, command: Command, reply: Reply, now: int) -> list[Command]:
        allowed = ("campaign_state",)
        assert not isinstance(reply, Error) or reply.fault.code in allowed, reply
        return []

    def next_due(self) -> int | None:
        load = self._next_load[0] if self._next_load else self._next_change
        due = min(load, self._next_change)
        return due if due <= self._until else None

    def act(self, now: int) -> list[Command]:
        commands: list[Command] = []
        while self._next_load is not None and self._next_load[0] <= now:
            commands.append(self._next_load[1])
            self._next_load = next(self._lists, None)
        if self._next_change <= now:
            self._next_change = now + self._random.randrange(10, 50) * 60_000
            commands.append(self._change())
        return commands

    def _change(self) -> Command:
        if self._paused is not None:
            campaign_id, self._paused = self._paused, None
            return CampaignStart(campaign_id=campaign_id)
        campaign_id = self._random.choice(tuple(self._settings))
        if self._random.random() < 0.5:
            self._paused = campaign_id
            return CampaignPause(campaign_id=campaign_id)
        changed = msgspec.structs.replace(
            self._settings[campaign_id], parity=self._random.randrange(1, 6)
        )
        self._settings[campaign_id] = changed
        return CampaignUpdate(campaign_id=campaign_id, settings=changed)


def campaigns(size: Size, teams: tuple[str, ...]) -> dict[str, CampaignSettings]:
    """Campaigns of all kinds, by id."""
    modes = [DialingMode.PREDICTIVE] * 5 + [DialingMode.PROGRESSIVE] * 4 + [DialingMode.PREVIEW]
    orders = tuple(one for one in ContactOrder if one is not ContactOrder.COLUMN)
    found = {}
    for n in range(size.campaigns):
        caps = (FrequencyCap(attempts=7, period_s=7 * 86_400, quiet_after_conversation_s=604_800),)
        per_day = FrequencyCap(subject=CapSubject.CONTACT, attempts=2, period_s=86_400)
        found[f"{n + 1:05}"] = CampaignSettings(
            name=f"Campaign {n + 1}",
            mode=modes[n % len(modes)],
            contact_order=orders[n % len(orders)],
            order=10 + n % 3,
            parity=1 + n % 4,
            teams=(teams[n % len(teams)],),
            ends_when_dry=False,
            compliance=ComplianceSettings(
                caps=(*caps, per_day) if n % 2 else caps,
                abandonment=tuple(AbandonmentPreset)[n % 3],
                abandon_message="sorry" if n % 3 < 2 else "",
            ),
            wrap_up_codes=(REMOVE_ME,),
            windows=windows(n),
        )
    return found


def windows(n: int) -> WindowSettings:
    """The hours of campaign ``n``, in its contacts' local time."""
    weekdays = tuple(Weekday)[: 5 + n % 2]
    return WindowSettings(
        weekly=(WeeklyHours(days=weekdays, from_=f"{8 + n % 3:02}:00", until="20:30"),), presets=()
    )


def lists(size: Size, campaign_ids: tuple[str, ...]) -> Iterator[tuple[int, ContactsLoad]]:
    """Loads with the instants at which they come: half of all before the week, the others in it."""
    loads = -(-size.contacts // LOAD_ROWS)
    for n in range(loads):
        rows = min(LOAD_ROWS, size.contacts - n * LOAD_ROWS)
        late = max(0, n - loads // 2)
        at = MONDAY + round(late / max(1, loads - loads // 2) * size.days * DAY_MS)
        contacts = [contact(n * LOAD_ROWS + k) for k in range(rows)]
        yield (
            at,
            ContactsLoad(
                campaign_id=campaign_ids[n % len(campaign_ids)],
                contacts=contacts,
                first_row=1,
                idempotency_key=f"week/{n}",
            ),
        )


def contact(n: int) -> dict[str, object]:
    """Every fourth has two numbers; every twentieth shares one with another contact (CA-8)."""
    prefix, digits, zone = COUNTRIES[n % len(COUNTRIES)]
    own = n - 5 if n % 20 == 19 else n
    numbers = [f"{prefix}{own % 10**digits:0{digits}}"]
    if n % 4 == 0:
        numbers.append(f"+4861{n % 10**7:07}")
    row: dict[str, object] = {"contact_key": f"c{n}", "numbers": numbers, "priority": n % 3}
    if zone:
        row["zone"] = zone
    return row


class WindowWatch:
    """Holds every launch against its window, by the slow twin (rule CO-1)."""

    def __init__(self, settings: dict[str, CampaignSettings]) -> None:
        self._settings = settings
        self._audit = WindowsAudit()

    def see(self, event: Event) -> None:
        if isinstance(event, ContactsLoaded):
            self._audit.loaded(event)
        elif isinstance(event, DialRequested):
            settings = self._settings[event.campaign_id]
            window = self._audit.class_of(event)
            assert is_open(settings.windows, settings.zone, window, event.at), (
                f"launched outside the window of {window} (CO-1): {event}"
            )


class Week:
    """The centre and its week, audited while it runs."""

    def __init__(self, size: Size, seed: int = 1) -> None:
        self.size = size
        teams = tuple(f"team{n}" for n in range(min(8, size.campaigns)))
        self.settings = campaigns(size, teams)
        self.auditor = Auditor(SiteConfig())
        self.events: Counter[str] = Counter()
        self.passed_over: Counter[str] = Counter()
        self.network = SimulatedNetwork(NetworkModel(), zone="Europe/London", seed=seed)
        self.crew = Crew(size.agents, size.days, teams, seed)
        actors: tuple[Actor, ...] = (
            self.network,
            self.crew,
            Supervisors(size, self.settings, seed),
        )
        watchers = (self.auditor.see, WindowWatch(self.settings).see, self._count)
        self.world = World(Site(seed=seed), actors, start_at=MONDAY - 1, watchers=watchers)
        for campaign_id, settings in self.settings.items():
            for command in (
                CampaignCreate(campaign_id=campaign_id, settings=settings),
                CampaignStart(campaign_id=campaign_id),
            ):
                reply = self.world.send(command)
                assert not isinstance(reply, Error), reply

    def _count(self, event: Event) -> None:
        self.events[type(event).__name__] += 1
        if isinstance(event, ContactPassedOver):
            self.passed_over[f"{event.rule} {event.fate.reason}"] += 1

    def until(self, hours: int) -> None:
        """Live on until so many hours of the week have passed."""
        self.world.run(MONDAY + hours * HOUR_MS - 1)

    def close(self) -> None:
        """Everything that was begun in the week is over."""
        self.auditor.close()


def main() -> None:
    parser = argparse.ArgumentParser("make week", description=__doc__)
    full = Size()
    parser.add_argument("--campaigns", type=int, default=full.campaigns)
    parser.add_argument("--agents", type=int, default=full.agents)
    parser.add_argument("--contacts", type=int, default=full.contacts)
    parser.add_argument("--days", type=int, default=full.days)
    parser.add_argument("--seed", type=int, default=1)
    told = vars(parser.parse_args())
    seed = told.pop("seed")
    size = Size(**told)
    began_s = time.perf_counter()
    week = Week(size, seed)
    for day in range(size.days):
        week.until(24 * (day + 1))
        spent_s = time.perf_counter() - began_s
        say(
            f"{list(Weekday)[day % 7]:10} {week.auditor.attempts:>10,} attempts  "
            f"{sum(week.events.values()):>12,} events  {spent_s:>6.0f} s"
        )
    week.close()
    spent_s = time.perf_counter() - began_s
    say(f"{week.auditor.answered:,} answered by a person, {week.auditor.abandoned:,} abandoned")
    say(f"passed over: {dict(week.passed_over.most_common())}")
    say(f"refused: {week.world.refused}")
    say(
        f"{size.campaigns} campaigns, {size.agents} agents, {size.contacts:,} contacts, "
        f"{size.days} days in {spent_s:.0f} s: {week.auditor.attempts / spent_s:,.0f} attempts/s; "
        "no promise was broken"
    )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
