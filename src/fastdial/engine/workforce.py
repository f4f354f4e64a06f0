"""Agents in groups of the same teams, so that nobody has to look at each agent again and again."""

from fastdial.engine.records import Agent, Campaign
from fastdial.messages.words import AgentState

_LOGGED_OUT = AgentState.LOGGED_OUT
_LOGGING_OUT = AgentState.LOGGING_OUT
_NOT_READY = AgentState.NOT_READY
_READY = AgentState.READY
_TALKING = AgentState.TALKING
_WRAP_UP = AgentState.WRAP_UP


Teams = tuple[str, ...]


class Group:
    """Agents who belong to exactly the same teams, and therefore to the same campaigns."""

    __slots__ = ("busy", "here", "leaving", "logged_in", "manned", "number", "ready")

    def __init__(self, number: int) -> None:
        self.number = number
        """of those there are, from 0"""
        self.ready: dict[str, Agent] = {}
        """in the order in which they became ready"""
        self.leaving: dict[str, Agent] = {}
        """who log out as soon as no line counts on them, in the order in which they asked"""
        self.busy = 0
        """in talk or wrap-up, and ready again afterwards"""
        self.here = 0
        """at work: neither logged out nor not ready"""
        self.logged_in = 0
        self.manned = False
        """whether anybody was logged in when the last change of an agent was over"""


class Workforce:
    """Who is ready, busy and here, for each campaign. An index over the agents' records."""

    __slots__ = ("_groups", "_leaving", "_left", "_masks", "_shared", "_working", "changes")

    def __init__(self) -> None:
        self.changes = 0
        """counts up when agents of some teams are logged in for the first time, or no more"""
        self._leaving = 0
        """how many agents log out once no line counts on them"""
        self._left: Group | None = None
        """from which an agent was removed last, who may be back in it or in another"""
        self._groups: dict[Teams, Group] = {}
        """by the teams of their agents"""
        self._working: dict[Teams, tuple[Group, ...]] = {}
        """by the teams of a campaign: the groups that work on it, found once"""
        self._masks: dict[Teams, bytes] = {}
        """by the teams of a campaign: for each group whether it works on it"""
        self._shared: dict[tuple[Teams, Teams], tuple[Group, ...]] = {}
        """by the teams of two campaigns: the groups that work on both"""

    def add(self, agent: Agent) -> None:
        """Count an agent as the record stands."""
        group: Group | None = self._groups.get(agent.teams)
        if group is None:
            group = self._groups[agent.teams] = Group(len(self._groups))
            self._masks.clear()
            self._working.clear()
            self._shared.clear()
        if agent.state is _READY:
            _line_up(group.ready, agent)
        elif agent.state is _LOGGING_OUT and agent.call_id is None:
            _line_up(group.leaving, agent)
            self._leaving += 1
        self._count(group, agent, 1)
        self._settle(group)
        if self._left is not None:
            self._settle(self._left)
            self._left = None

    def remove(self, agent: Agent) -> None:
        """Undo `add`, before the record changes."""
        group: Group = self._groups[agent.teams]
        group.ready.pop(agent.agent_id, None)
        if group.leaving.pop(agent.agent_id, None) is not None:
            self._leaving -= 1
        self._count(group, agent, -1)
        self._left = group

    def longest_ready(self, campaign: Campaign) -> Agent | None:
        """The ready agent of the campaign who has been ready longest (rule AG-2)."""
        return _longest([group.ready for group in self._working_on(campaign)])

    def longest_leaving(self, campaign: Campaign) -> Agent | None:
        """Of the campaign's agents who log out once no line counts on them, who asked first."""
        return _longest([group.leaving for group in self._working_on(campaign)])

    def anybody_leaving(self) -> bool:
        """Whether any agent logs out so."""
        return self._leaving > 0

    def leaving(self) -> list[Agent]:
        """All who log out so, in the order in which they asked."""
        line: dict[str, Agent] = {}
        group: Group
        for group in self._groups.values():
            line.update(group.leaving)
        _line_up_anew(line)
        return list(line.values())

    def first_of(self, teams: Teams) -> Agent | None:
        """Who has been ready longest of the agents of exactly these teams."""
        group: Group = self._groups[teams]
        agent: Agent
        for agent in group.ready.values():
            return agent
        return None

    def ready_teams(self) -> list[Teams]:
        """The teams of agents who are ready, as agents have them."""
        ready: list[Teams] = []
        group: Group
        for teams, group in self._groups.items():
            if group.ready:
                ready.append(teams)
        return ready

    def teams_at_work(self, campaign: Campaign) -> list[tuple[str, ...]]:
        """The teams, as agents have them, of those at work who are assigned to the campaign."""
        return [
            teams for teams, group in self._groups.items() if group.here and campaign.takes(teams)
        ]

    def group_of(self, teams: Teams) -> int:
        """The number of the group of agents who belong to exactly these teams."""
        group: Group = self._groups[teams]
        return group.number

    def mask(self, campaign: Campaign) -> bytes:
        """For each group, by number, whether it works on the campaign: a byte each."""
        wanted = campaign.settings.teams
        mask = self._masks.get(wanted)
        if mask is None:
            mask = bytes([campaign.takes(teams) for teams in self._groups])
            self._masks[wanted] = mask
        return mask

    def counts(self, campaign: Campaign) -> tuple[int, int, int]:
        """How many of the campaign's agents are ready, busy, and here in all."""
        idle = busy = here = 0
        group: Group
        for group in self._working_on(campaign):
            idle += len(group.ready)
            busy += group.busy
            here += group.here
        return idle, busy, here

    def logged_in(self, campaign: Campaign) -> int:
        """How many of the campaign's agents are logged in."""
        return sum([group.logged_in for group in self._working_on(campaign)])

    def anybody_logged_in(self, campaign: Campaign) -> bool:
        """Whether an agent of the campaign is logged in."""
        return any(group.logged_in for group in self._working_on(campaign))

    def shared(self, one: Campaign, other: Campaign) -> bool:
        """Whether an agent who is logged in is assigned to both campaigns."""
        pair = (one.settings.teams, other.settings.teams)
        groups = self._shared.get(pair)
        if groups is None:
            groups = self._shared[pair] = tuple(
                group
                for teams, group in self._groups.items()
                if one.takes(teams) and other.takes(teams)
            )
        return any(group.logged_in for group in groups)

    def anybody_ready(self) -> bool:
        """Whether any agent of the site is ready."""
        return bool(self.ready_teams())

    def _working_on(self, campaign: Campaign) -> tuple[Group, ...]:
        wanted = campaign.settings.teams
        groups = self._working.get(wanted)
        if groups is None:
            groups = self._working[wanted] = tuple(
                [group for teams, group in self._groups.items() if campaign.takes(teams)]
            )
        return groups

    def _count(self, group: Group, agent: Agent, change: int) -> None:
        state = agent.state
        if (state is _TALKING or state is _WRAP_UP) and agent.next_state is _READY:
            group.busy += change
        if state is not _LOGGED_OUT and state is not _NOT_READY:
            group.here += change
        if state is not _LOGGED_OUT:
            group.logged_in += change

    def _settle(self, group: Group) -> None:
        if group.manned != (group.logged_in > 0):
            group.manned = not group.manned
            self.changes += 1


def _longest(lines: list[dict[str, Agent]]) -> Agent | None:
    """Of the agents who are first in each line, who came first."""
    longest: Agent | None = None
    for line in lines:
        agent: Agent | None = next(iter(line.values()), None)
        if agent is None or (longest is not None and longest.since_seq < agent.since_seq):
            continue
        longest = agent
    return longest


def _line_up(line: dict[str, Agent], agent: Agent) -> None:
    """Put an agent in line by ``since_seq``: at the end, unless one in line changed teams."""
    last: Agent | None = next(reversed(line.values()), None)
    line[agent.agent_id] = agent
    if last is not None and last.since_seq > agent.since_seq:
        _line_up_anew(line)


def _line_up_anew(line: dict[str, Agent]) -> None:
    in_order = sorted(line.values(), key=lambda other: other.since_seq)
    line.clear()
    line.update((other.agent_id, other) for other in in_order)
