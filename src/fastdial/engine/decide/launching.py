"""Launching: agents to those who wait, calls for agents, and calls ahead of agents.

Each piece of work goes to the campaign whose turn it is among those that compete for it (rule
CA-5). For an agent who is ready these are the campaigns that the agent works on, for a line
launched ahead all that share agents with its campaign.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush

from fastdial.engine.contact_list import Contact
from fastdial.engine.decide import agent_first, calls, campaigns, limits, offers, previews
from fastdial.engine.decide.dialing import dial, next_contact
from fastdial.engine.decide.pacing import (
    counted_on,
    give_up_lines,
    holds_for,
    lines_now,
    say_pacing,
)
from fastdial.engine.decide.turns import ids_of, next_of
from fastdial.engine.records import Agent, Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.words import CampaignState, DialingMode

_FINISHED = CampaignState.FINISHED
_AGENTLESS = DialingMode.AGENTLESS
_PREDICTIVE = DialingMode.PREDICTIVE
_PUSH_PREVIEW = DialingMode.PUSH_PREVIEW

_BY_ITSELF = (DialingMode.PUSH_PREVIEW, DialingMode.PROGRESSIVE, DialingMode.PREDICTIVE)
"""modes in which nobody has to ask"""


def launch(turn: Turn) -> int | None:
    """Launch all that can be, after every change; finish campaigns that are dry.

    The instant at which to launch again, because a limit on launches in a second leaves room then,
    or now, because there was enough to do for one turn.
    """
    _serve_waiting(turn)
    launching: _Launching = _Launching(turn)
    if turn.state.callbacks.shared_due or turn.state.callbacks.willing:
        launching.again_at = offers.offer_due(turn)
    launching.for_agents()
    if turn.state.dials_ahead:
        launching.ahead()
    launching.without_agents()
    campaign: Campaign
    for campaign in tuple(turn.state.running):
        if campaign.settings.ends_when_dry and campaigns.is_dry(campaign):
            campaigns.change(turn, campaign, _FINISHED, "nothing_left_to_call")
    return launching.again_at


def launch_ahead(turn: Turn) -> int | None:
    """The same, of lines ahead of agents alone, where nothing else can have become possible."""
    _serve_waiting(turn)
    launching: _Launching = _Launching(turn)
    launching.ahead()
    return launching.again_at


def _serve_waiting(turn: Turn) -> None:
    """Agents who became ready take the calls that wait: by campaign, then the longest waiting."""
    if not turn.state.workforce.anybody_ready():
        return
    waiting = [c for c in turn.state.records.campaigns.values() if c.waiting]
    if waiting:
        _serve(turn, waiting)


def _serve(turn: Turn, waiting: list[Campaign]) -> None:
    for campaign in sorted(waiting, key=lambda c: (c.settings.order, c.campaign_id)):
        for call_id in tuple(campaign.waiting):
            agent = turn.state.workforce.longest_ready(campaign)
            if agent is None:
                break
            calls.bridge(turn, turn.state.records.calls[call_id], agent)


PASSED_OVER = 500
"""contacts that are passed over in one turn, so that what else the site has to do need not wait"""


class _Launching:
    """What is launched in one turn, and who has dropped out of it."""

    __slots__ = ("_decided", "_enough", "_may_pass_over", "_out", "_turn", "_up_next", "again_at")

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._out: dict[str, None] = {}
        """campaigns that launch nothing more in this turn"""
        self._may_pass_over = PASSED_OVER
        self._enough = False
        """so many were passed over that the rest is for the next turn, whose campaign it may be"""
        self._up_next: dict[tuple[str, ...], tuple[Campaign | None, list[Campaign]]] = {}
        """by the teams of campaigns: whose turn it is, and who competes, until a launch"""
        self._decided: dict[str, int] = {}
        """by campaign: lines that it may launch yet for agents who are ready"""
        self.again_at: int | None = None

    def for_agents(self) -> None:
        """Work for every agent who is ready and not counted on, the longest ready first."""
        turn = self._turn
        workforce = turn.state.workforce
        line: list[tuple[int, tuple[str, ...]]] = []
        for teams in workforce.ready_teams():
            self._line_up(line, teams)
        while line:
            _, teams = heappop(line)
            agent = workforce.first_of(teams)
            rivals = self._rivals(turn.state.serving(teams))
            if agent is None or not rivals or counted_on(turn, teams):
                continue  # nobody becomes ready, and no contact either, before the next turn
            campaign = next_of(turn, rivals)
            if not self._launch(campaign, agent, ids_of(rivals)):
                self._out[campaign.campaign_id] = None
            self._line_up(line, teams)

    def _line_up(self, line: list[tuple[int, tuple[str, ...]]], teams: tuple[str, ...]) -> None:
        """These teams stand in line by whoever of them has been ready longest."""
        agent = self._turn.state.workforce.first_of(teams)
        if agent is not None:
            heappush(line, (agent.since_seq, teams))

    def ahead(self) -> None:
        """Lines of predictive campaigns ahead of agents, while it is their turn.

        Of those alone for which something has changed: nobody else would launch more than before.
        """
        turn = self._turn
        touched = turn.state.pacing.touched
        if not touched:
            return
        predictive = [
            campaign
            for campaign in turn.state.running
            if campaign.campaign_id in touched and campaign.settings.mode is _PREDICTIVE
        ]
        touched.clear()
        while any(self._ahead(campaign) for campaign in self._able(predictive)):
            pass
        for campaign in predictive:
            give_up_lines(turn, campaign)
        for campaign in predictive:  # each was looked at after the last change
            touched.pop(campaign.campaign_id, None)

    def without_agents(self) -> None:
        """Calls of campaigns that need no agent, up to their lines (rule CA-14)."""
        launches = self._turn.state.launches
        campaign: Campaign
        for campaign in self._turn.state.running:
            if campaign.settings.mode is _AGENTLESS:
                lines = campaign.settings.agentless.lines
                while launches.calls_of(campaign.campaign_id) < lines and self._is_able(campaign):
                    if not self._dial(campaign, None, ()):
                        break

    def _ahead(self, campaign: Campaign) -> bool:
        """Whether to look again: a line was launched, or the next contact wants a new decision."""
        turn = self._turn
        whose, rivals = self._next_with(campaign)
        if whose is not campaign:
            say_pacing(turn, campaign)
            return False
        lines = lines_now(turn, campaign)
        for launched in range(lines):
            whose, rivals = self._next_with(campaign)
            contact = self._next_contact(campaign) if whose is campaign else None
            if contact is None:
                return launched > 0
            if not holds_for(turn, campaign, contact):
                return True
            dial(turn, campaign, contact, None, contact.next_number, ids_of(rivals))
        return lines > 0

    def _next_with(self, campaign: Campaign) -> tuple[Campaign | None, list[Campaign]]:
        """Whose turn it is of those that compete for the campaign's agents, and all of them."""
        wanted = campaign.settings.teams
        found = self._up_next.get(wanted)
        if found is None:
            rivals = self._rivals(self._sharing(campaign))
            found = (next_of(self._turn, rivals) if rivals else None), rivals
            self._up_next[wanted] = found
        return found

    def _sharing(self, campaign: Campaign) -> Sequence[Campaign]:
        """Those that compete with the campaign for agents at work."""
        turn = self._turn
        teams = turn.state.workforce.teams_at_work(campaign)
        if len(teams) == 1:
            return turn.state.serving(teams[0])
        return [other for other in turn.state.running if any(other.takes(one) for one in teams)]

    def _launch(self, campaign: Campaign, agent: Agent, competed: tuple[str, ...]) -> bool:
        """A piece of work of the campaign, for the agent or a line that counts on such agents."""
        mode = campaign.settings.mode
        if mode is _PUSH_PREVIEW:
            return self._push(campaign, agent, competed)
        if mode is _PREDICTIVE:
            # one of the agents who are ready, whichever that will be then
            return self._lines_of(campaign) > 0 and self._dial(campaign, None, competed)
        return self._dial(campaign, agent, competed)

    def _lines_of(self, campaign: Campaign) -> int:
        """Lines that the campaign may launch by the last decision, less calls launched since."""
        lines = self._decided.get(campaign.campaign_id, 0)
        if lines <= 0:
            lines = self._decided[campaign.campaign_id] = lines_now(self._turn, campaign)
        return lines

    def _push(self, campaign: Campaign, agent: Agent, competed: tuple[str, ...]) -> bool:
        contact = self._next_contact(campaign)
        if contact is None:
            return False
        previews.offer(self._turn, agent, campaign, contact, "pushed", competed)
        return True

    def _dial(self, campaign: Campaign, agent: Agent | None, competed: tuple[str, ...]) -> bool:
        contact = self._next_contact(campaign)
        if contact is None:
            return False
        if agent is not None and campaign.settings.agent_first:
            agent_first.connect(self._turn, campaign, contact, agent, competed)
            return True
        dial(self._turn, campaign, contact, agent, contact.next_number, competed)
        return True

    def _next_contact(self, campaign: Campaign) -> Contact | None:
        """The campaign's next contact; one who is far down the queue is found in turns to come."""
        turn = self._turn
        self._up_next.clear()
        for campaign_id in self._decided:
            self._decided[campaign_id] -= 1
        before = len(turn.events)
        contact = next_contact(turn, campaign, self._may_pass_over)
        self._may_pass_over -= len(turn.events) - before
        if contact is None and turn.state.queues[campaign.campaign_id].ready:
            self._enough = True
            self.again_at = turn.now
        return contact

    def _able(self, some: Iterable[Campaign]) -> Iterator[Campaign]:
        """Those that could launch a call by themselves now, if it is their turn."""
        for campaign in some:
            if campaign.settings.mode in _BY_ITSELF and self._is_able(campaign):
                yield campaign

    def _rivals(self, some: Iterable[Campaign]) -> list[Campaign]:
        """Of these, those of the lowest order that could launch a call by themselves now."""
        rivals: list[Campaign] = []
        campaign: Campaign
        for campaign in some:
            if campaign.settings.mode not in _BY_ITSELF or not self._is_able(campaign):
                continue
            if rivals and campaign.settings.order != rivals[0].settings.order:
                break
            rivals.append(campaign)
        return rivals

    def _is_able(self, campaign: Campaign) -> bool:
        if self._enough or campaign.campaign_id in self._out:
            return False
        if not self._turn.state.queues[campaign.campaign_id].ready:
            self._out[campaign.campaign_id] = None
            return False
        limit = limits.reached(self._turn, campaign)
        if limit is None:
            return True
        self._out[campaign.campaign_id] = None
        if limit.until is not None and (self.again_at is None or limit.until < self.again_at):
            self.again_at = limit.until
        return False
