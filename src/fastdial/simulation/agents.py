"""Simulated agents as one actor: they log in, work, wrap up, take breaks and go home."""

from enum import Enum, auto
from heapq import heappop, heappush
from itertools import accumulate

import msgspec

from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.callback_events import CallbackOffered
from fastdial.messages.commands import (
    AgentLogin,
    AgentLogout,
    AgentNotReady,
    AgentReady,
    CallWrapUp,
    CampaignGet,
    EventFilter,
    PreviewDial,
    PreviewRequest,
    PreviewSkip,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    AgentLoggedIn,
    AgentStateChanged,
    CallEnded,
    CampaignCreated,
    CampaignStateChanged,
    CampaignUpdated,
    PreviewOffered,
)
from fastdial.messages.replies import AgentReply, CampaignReply, Error
from fastdial.messages.settings import BUILT_IN_CODES, CampaignSettings
from fastdial.messages.words import AgentState, CampaignState, DialingMode
from fastdial.simulation.scenario import AgentGroup
from fastdial.telephony.simulated.dice import Dice

BREAK = "break"
"""the reason that simulated agents give for a break"""
JUST_LOGGED_IN = "logged_in"
"""the site's reason for the state of an agent who has just logged in"""
TRY_AGAIN_MS = 5_000
"""after a refusal of what an agent will want again"""


class _Plan(Enum):
    """What an agent means to do next in the state at hand; a change of state drops it."""

    LOG_IN = auto()
    GET_READY = auto()
    WRAP_UP = auto()
    DECIDE = auto()
    """dial or skip the contact in preview"""
    ASK = auto()


class _Wish(Enum):
    """What an agent means to do at a time of its own, whatever the state is then.

    A wish is made when the agent becomes ready and has none.
    """

    BREAK = auto()
    GO_HOME = auto()


class _Agent:
    """One agent. ``plan`` belongs to the present state, ``wish`` to the day."""

    __slots__ = (
        "agent_id",
        "breaks",
        "call_id",
        "group",
        "home_at",
        "looks",
        "number",
        "plan",
        "plan_due",
        "skips",
        "state",
        "talk_ms",
        "wish",
        "wish_due",
    )

    def __init__(self, number: int, agent_id: str, group: AgentGroup) -> None:
        self.number = number
        self.agent_id = agent_id
        self.group = group
        self.state = AgentState.LOGGED_OUT
        self.plan: _Plan | None = None
        self.plan_due: int | None = None
        self.wish: _Wish | None = None
        self.wish_due: int | None = None
        self.home_at: int | None = None
        self.call_id: int | None = None
        self.talk_ms = 0
        self.breaks = 0
        self.looks = 0
        self.skips = False


class _Codes:
    """Wrap-up codes drawn by weight."""

    def __init__(self, weights: dict[str, float]) -> None:
        self._codes = list(weights)
        self._bounds = list(accumulate(weights.values()))

    def pick(self, dice: Dice) -> str:
        aim = dice.draw() * self._bounds[-1]
        for code, bound in zip(self._codes, self._bounds, strict=True):
            if aim < bound:
                return code
        return self._codes[-1]


class SimulatedAgents:
    """All simulated agents of a site.

    They do what they do by the site's events, never by what they think that they caused, so they
    follow whatever the site does with them. What an agent draws depends on the seed, the agent
    and the call alone. Once logged out at the end of the shift an agent stays away.
    """

    filter = EventFilter(
        types=(
            "agent.logged_in",
            "agent.state_changed",
            "preview.offered",
            "callback.offered",
            "call.ended",
            "campaign.created",
            "campaign.updated",
            "campaign.state_changed",
        )
    )

    def __init__(self, groups: tuple[AgentGroup, ...], *, start_at: int, seed: int = 0) -> None:
        """``start_at``: the instant (ms) from which the log-ins count."""
        self._seed = seed
        self._agents: list[_Agent] = []
        self._by_id: dict[str, _Agent] = {}
        self._agenda: list[tuple[int, int]] = []
        self._codes = {group.name: _Codes(group.codes) for group in groups}
        self._campaigns: dict[str, CampaignSettings | None] = {}
        """settings, none where they are still being asked for"""
        self._previews: dict[str, CampaignSettings] = {}
        """preview campaigns that run"""
        self.refused: dict[ErrorCode, int] = {}
        """commands refused, by error code"""
        for group in groups:
            for number in range(1, group.count + 1):
                self._hire(f"{group.name}-{number:03}", group, start_at)

    @property
    def agent_ids(self) -> tuple[str, ...]:
        """Everybody, by group and number."""
        return tuple(self._by_id)

    def _hire(self, agent_id: str, group: AgentGroup, start_at: int) -> None:
        agent = _Agent(len(self._agents), agent_id, group)
        self._agents.append(agent)
        self._by_id[agent_id] = agent
        login_at = start_at + group.login_after.sample_ms(self._dice(agent, "login", 0))
        self._plan(agent, _Plan.LOG_IN, login_at)

    def _dice(self, agent: _Agent, what: str, which: int) -> Dice:
        return Dice(self._seed, "agent", agent.agent_id, what, which)

    # --- time

    def _plan(self, agent: _Agent, plan: _Plan, due: int) -> None:
        agent.plan, agent.plan_due = plan, due
        heappush(self._agenda, (due, agent.number))

    def _wish(self, agent: _Agent, wish: _Wish, due: int) -> None:
        agent.wish, agent.wish_due = wish, due
        heappush(self._agenda, (due, agent.number))

    def next_due(self) -> int | None:
        """When the next of them means to do something."""
        agenda = self._agenda
        while agenda:
            due, number = agenda[0]
            agent = self._agents[number]
            if due in (agent.plan_due, agent.wish_due):
                return due
            heappop(agenda)
        return None

    def act(self, now: int) -> list[Command]:
        """Everything that is due by ``now``, by instant and, within it, by agent."""
        commands: list[Command] = []
        while (due := self.next_due()) is not None and due <= now:
            _, number = heappop(self._agenda)
            agent = self._agents[number]
            if agent.plan_due == due and agent.plan is not None:
                plan, agent.plan, agent.plan_due = agent.plan, None, None
                commands.append(self._carry_out(agent, plan))
            if agent.wish_due == due and agent.wish is not None:
                wish, agent.wish, agent.wish_due = agent.wish, None, None
                commands += self._grant(agent, wish)
        return commands

    def _carry_out(self, agent: _Agent, plan: _Plan) -> Command:
        agent_id = agent.agent_id
        match plan:
            case _Plan.LOG_IN:
                return AgentLogin(agent_id=agent_id, name=agent_id, teams=agent.group.teams)
            case _Plan.GET_READY:
                return AgentReady(agent_id=agent_id)
            case _Plan.WRAP_UP:
                return self._wrap_up(agent)
            case _Plan.DECIDE:
                if agent.skips:
                    return PreviewSkip(agent_id=agent_id)
                return PreviewDial(agent_id=agent_id)
            case _Plan.ASK:
                return PreviewRequest(agent_id=agent_id)

    def _grant(self, agent: _Agent, wish: _Wish) -> list[Command]:
        if agent.state in (AgentState.LOGGED_OUT, AgentState.LOGGING_OUT):
            return []
        if wish is _Wish.GO_HOME:
            return [AgentLogout(agent_id=agent.agent_id, after_call=True)]
        return [AgentNotReady(agent_id=agent.agent_id, reason=BREAK)]

    def _wrap_up(self, agent: _Agent) -> Command:
        group = agent.group
        call_id = agent.call_id or 1
        if agent.talk_ms < group.short_talk_s * 1_000:
            code = group.short_talk_code
        else:
            code = self._codes[group.name].pick(self._dice(agent, "code", call_id))
        return CallWrapUp(call_id=call_id, agent_id=agent.agent_id, code=code)

    # --- events

    def see(self, event: Event, now: int) -> list[Command]:
        """Follow what the site says of the agents and their campaigns."""
        if isinstance(event, AgentStateChanged):
            agent = self._by_id.get(event.agent_id)
            if agent is not None:
                self._change(agent, event)
        elif isinstance(event, CallEnded):
            self._remember_talk(event)
        elif isinstance(event, PreviewOffered | CallbackOffered):
            self._look(event)
        elif isinstance(event, AgentLoggedIn):
            return self._learn(*(notice.campaign_id for notice in event.campaigns))
        elif isinstance(event, CampaignCreated | CampaignUpdated):
            self._campaigns[event.campaign_id] = event.settings
            if event.campaign_id in self._previews:
                self._previews[event.campaign_id] = event.settings
        elif isinstance(event, CampaignStateChanged):
            return self._campaign_changed(event)
        return []

    def _change(self, agent: _Agent, event: AgentStateChanged) -> None:
        before, agent.state = agent.state, event.state
        if not (event.state is AgentState.PREVIEWING and agent.plan is _Plan.DECIDE):
            agent.plan = agent.plan_due = None
        match event.state:
            case AgentState.NOT_READY:
                self._be_not_ready(agent, before, event)
            case AgentState.READY:
                self._be_ready(agent, event.at)
            case AgentState.WRAP_UP:
                self._begin_wrap_up(agent, event)
            case AgentState.LOGGED_OUT:
                agent.wish = agent.wish_due = None

    def _be_not_ready(self, agent: _Agent, before: AgentState, event: AgentStateChanged) -> None:
        group = agent.group
        if before is AgentState.LOGGED_OUT and group.shift_s is not None:
            agent.home_at = event.at + round(group.shift_s * 1_000)
        if event.reason == JUST_LOGGED_IN:
            stays_ms = 0
        elif event.reason == BREAK and group.breaks is not None:
            stays_ms = group.breaks.length.sample_ms(self._dice(agent, "break", agent.breaks))
        else:
            stays_ms = group.comes_back.sample_ms(self._dice(agent, "comes back", event.at))
        self._plan(agent, _Plan.GET_READY, event.at + stays_ms)

    def _be_ready(self, agent: _Agent, at: int) -> None:
        if agent.wish is None:
            self._make_wish(agent, at)
        if self._has_preview(agent):
            self._plan(agent, _Plan.ASK, at)

    def _make_wish(self, agent: _Agent, at: int) -> None:
        breaks, home_at = agent.group.breaks, agent.home_at
        if breaks is not None:
            agent.breaks += 1
            break_at = at + breaks.every.sample_ms(self._dice(agent, "work", agent.breaks))
            if home_at is None or break_at < home_at:
                self._wish(agent, _Wish.BREAK, break_at)
                return
        if home_at is not None:
            self._wish(agent, _Wish.GO_HOME, home_at)

    def _begin_wrap_up(self, agent: _Agent, event: AgentStateChanged) -> None:
        if event.call_id is None:
            return
        if agent.call_id != event.call_id:
            agent.call_id, agent.talk_ms = event.call_id, 0
        dice = self._dice(agent, "wrap-up", event.call_id)
        self._plan(agent, _Plan.WRAP_UP, event.at + agent.group.wrap_up.sample_ms(dice))

    def _remember_talk(self, event: CallEnded) -> None:
        if event.agent_id is not None and (agent := self._by_id.get(event.agent_id)):
            agent.call_id, agent.talk_ms = event.call_id, event.talk_ms

    def _look(self, event: PreviewOffered | CallbackOffered) -> None:
        agent = self._by_id.get(event.agent_id)
        if agent is None:
            return
        agent.looks += 1
        dice = self._dice(agent, "look", agent.looks)
        agent.skips = dice.happens(agent.group.skip_share)
        self._plan(agent, _Plan.DECIDE, event.at + agent.group.look.sample_ms(dice))

    # --- campaigns: only those that are previewed ask anything of an agent who is free

    def _learn(self, *campaign_ids: str) -> list[Command]:
        unknown = [one for one in campaign_ids if one not in self._campaigns]
        self._campaigns.update(dict.fromkeys(unknown))
        return [CampaignGet(campaign_id=campaign_id) for campaign_id in unknown]

    def _campaign_changed(self, event: CampaignStateChanged) -> list[Command]:
        settings = self._campaigns.get(event.campaign_id)
        if settings is None:
            return self._learn(event.campaign_id)
        self._note(event.campaign_id, event.state, settings, event.at)
        return []

    def _note(
        self, campaign_id: str, state: CampaignState, settings: CampaignSettings, at: int
    ) -> None:
        self._previews.pop(campaign_id, None)
        if state is CampaignState.RUNNING and settings.mode is DialingMode.PREVIEW:
            self._previews[campaign_id] = settings
            for agent in self._agents:
                if agent.state is AgentState.READY and _serves(agent, settings):
                    self._plan(agent, _Plan.ASK, at)

    def _has_preview(self, agent: _Agent) -> bool:
        return any(_serves(agent, settings) for settings in self._previews.values())

    # --- replies

    def hear(self, command: Command, reply: Reply, now: int) -> list[Command]:
        """Try again later what was refused, unless the agent's state has moved on."""
        if isinstance(reply, CampaignReply):
            campaign = reply.campaign
            self._campaigns[campaign.campaign_id] = campaign.settings
            self._note(campaign.campaign_id, campaign.state, campaign.settings, now)
            return []
        if isinstance(reply, AgentReply) and isinstance(command, AgentLogin):
            return self._logged_in(reply, now)
        if not isinstance(reply, Error):
            return []
        code = reply.fault.code
        self.refused[code] = self.refused.get(code, 0) + 1
        if isinstance(command, CampaignGet):
            self._campaigns.pop(command.campaign_id, None)
            return []
        agent = self._by_id.get(getattr(command, "agent_id", ""))
        return [] if agent is None else self._refused(agent, command, code, now)

    def _logged_in(self, reply: AgentReply, now: int) -> list[Command]:
        """Where the site says that an agent stands: elsewhere, if they were at work already."""
        agent = self._by_id[reply.agent_id]
        if agent.state is AgentState.LOGGED_OUT and reply.reason != JUST_LOGGED_IN:
            seen = AgentStateChanged(
                agent_id=reply.agent_id, state=reply.state, reason=reply.reason, at=now
            )
            self._change(agent, seen)
        return self._learn(*(notice.campaign_id for notice in reply.campaigns))

    def _refused(self, agent: _Agent, command: Command, code: ErrorCode, now: int) -> list[Command]:
        later = now + TRY_AGAIN_MS
        match command:
            case AgentLogin():
                self._plan(agent, _Plan.LOG_IN, later)
            case AgentReady() if agent.state is AgentState.NOT_READY:
                self._plan(agent, _Plan.GET_READY, later)
            case AgentNotReady() if agent.wish is None:
                self._wish(agent, _Wish.BREAK, later)
            case AgentLogout() if agent.wish is None:
                self._wish(agent, _Wish.GO_HOME, later)
            case PreviewRequest() if agent.state is AgentState.READY:
                dice = self._dice(agent, "ask", now)
                self._plan(agent, _Plan.ASK, now + agent.group.ask_again.sample_ms(dice))
            case PreviewDial() if agent.state is AgentState.PREVIEWING:
                return [PreviewSkip(agent_id=agent.agent_id)]
            case CallWrapUp() if code is ErrorCode.UNKNOWN_WRAP_UP_CODE:
                known = BUILT_IN_CODES[0].code
                return [msgspec.structs.replace(command, id=0, code=known)]
        return []


def _serves(agent: _Agent, settings: CampaignSettings) -> bool:
    return not settings.teams or any(team in settings.teams for team in agent.group.teams)
