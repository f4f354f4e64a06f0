"""Due callbacks are offered before campaigns get agents (rules CB-6, CB-8, CQ-4 to CQ-6)."""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from fastdial.engine.callback_book import DueCallbacks, DueKey
from fastdial.engine.contact_list import e164
from fastdial.engine.decide import callback_endings, limits, previews
from fastdial.engine.decide.agents import let_go, set_agent
from fastdial.engine.decide.callbacks import view
from fastdial.engine.decide.gate import NUMBER_LIVE, obstacle_to_promise
from fastdial.engine.decide.obstacles import Obstacle
from fastdial.engine.decide.pacing import counted_on
from fastdial.engine.decide.turns import ids_of, next_of
from fastdial.engine.records import Agent, Callback, Campaign
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.callback_events import CallbackOffered
from fastdial.messages.callbacks import REASON_VARIABLE, CallbackAccept, CallbackDone
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import ContactHeld, ContactPassedOver
from fastdial.messages.fates import ContactFate
from fastdial.messages.replies import CallbackReply
from fastdial.messages.words import (
    AgentState,
    CallbackKind,
    CallbackState,
    CallBackWhen,
    ContactState,
)
from fastdial.rules.queues import may_call_back
from fastdial.rules.retries import fate_after_obstacle

_ABANDONED = CallbackKind.ABANDONED
_CANCELLED = CallbackState.CANCELLED
_DONE = CallbackState.DONE
_MISSED = CallbackState.MISSED
_COURTESY = CallbackKind.COURTESY
_PREVIEWING = AgentState.PREVIEWING
_PROMISED = ContactState.PROMISED

PASSED_OVER = 500
"""callbacks that are passed over in one turn, so that what else the site has to do need not wait"""


class Choice(NamedTuple):
    """A callback that an agent could be given, and who competed for that."""

    key: DueKey
    competed: tuple[str, ...] = ()


class Offering:
    """What is offered in one turn."""

    __slots__ = ("_left", "_shut", "_turn", "again_at")

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._left = PASSED_OVER
        self._shut: dict[str, None] = {}
        """campaigns that offer nothing more in this turn"""
        self.again_at: int | None = None
        """when there is more to offer"""

    def offer(self) -> None:
        """A due callback for each agent who is ready, the longest ready first."""
        turn = self._turn
        agents = turn.state.records.agents
        line = [(agents[agent_id].since_seq, agent_id) for agent_id in turn.state.callbacks.willing]
        heapify(line)
        for teams in turn.state.workforce.ready_teams():
            self._line_up(line, teams)
        while line:
            _, agent_id = heappop(line)
            agent = agents[agent_id]
            if agent.state is not AgentState.READY or counted_on(turn, agent.teams):
                continue
            while (choice := self._choose(agent)) is not None:
                callback = turn.state.records.callbacks[choice.key[-1]]
                if self._may_be_dialed(callback):
                    offer(turn, agent, callback, choice.competed)
                    self._line_up(line, agent.teams)
                    break

    def _line_up(self, line: list[tuple[int, str]], teams: tuple[str, ...]) -> None:
        """Whoever of these teams has been ready longest stands for all of them."""
        agent = self._turn.state.workforce.first_of(teams)
        if agent is not None:
            heappush(line, (agent.since_seq, agent.agent_id))

    # --- which one

    def _choose(self, agent: Agent) -> Choice | None:
        """The agent's own and what is anybody's, whichever goes first (rule CB-6)."""
        own = self._own(agent)
        promised = self._promised(agent)
        first = min((key for key in (own, promised) if key is not None), default=None)
        missed = self._missed(agent)
        if missed is None or (first is not None and first[0] <= missed.key[0]):
            return None if first is None else Choice(first)
        return missed

    def _own(self, agent: Agent) -> DueKey | None:
        callbacks = self._turn.state.records.callbacks
        for key in self._turn.state.callbacks.own(agent.agent_id):
            campaign_id = callbacks[key[-1]].campaign_id
            if self._is_able(self._turn.state.records.campaigns[campaign_id]):
                return key
        return None

    def _promised(self, agent: Agent) -> DueKey | None:
        """The first of those with a time among the campaigns that the agent works on."""
        heads = [due.promised[0] for _, due in self._open_to(agent) if due.promised]
        return min(heads, default=None)

    def _missed(self, agent: Agent) -> Choice | None:
        """The missed caller of the queue whose turn it is, under priority (rule CA-5)."""
        rivals: list[tuple[Campaign, DueKey]] = []
        for campaign, due in self._open_to(agent):
            if not due.missed or not callers_leave_room(self._turn, campaign, due):
                continue
            priority = due.missed[0][0]
            if rivals and priority > rivals[0][1][0]:
                continue
            if rivals and priority < rivals[0][1][0]:
                rivals = []
            if not rivals or campaign.settings.order == rivals[0][0].settings.order:
                rivals.append((campaign, due.missed[0]))
        if not rivals:
            return None
        campaigns = [campaign for campaign, _ in rivals]
        chosen = next_of(self._turn, campaigns)
        key = next(key for campaign, key in rivals if campaign is chosen)
        return Choice(key, ids_of(campaigns))

    def _open_to(self, agent: Agent) -> Iterator[tuple[Campaign, DueCallbacks]]:
        for campaign in self._turn.state.serving(agent.teams):
            due = self._turn.state.callbacks.shared_due.get(campaign.campaign_id)
            if due is not None and self._is_able(campaign):
                yield campaign, due

    # --- what keeps a campaign from offering

    def _is_able(self, campaign: Campaign) -> bool:
        if campaign.campaign_id in self._shut or not campaign.launches:
            return False
        limit = limits.reached(self._turn, campaign)
        if limit is None and not enough_call_back(self._turn, campaign):
            return True
        self._shut[campaign.campaign_id] = None
        if limit is not None and limit.until is not None:
            self.again_at = min(limit.until, self.again_at or limit.until)
        return False

    def _may_be_dialed(self, callback: Callback) -> bool:
        """One that may not leaves the line, and says why (rules CB-11, CO-9)."""
        turn = self._turn
        campaign = turn.state.records.campaigns[callback.campaign_id]
        contact = turn.state.contact_at(callback.row)
        found = obstacle_to_promise(turn, campaign, contact, contact.next_number)
        if found is None:
            return True
        if not self._left:
            self._shut[campaign.campaign_id] = None
            self.again_at = turn.now
            return False
        self._left -= 1
        _pass_over(turn, callback, found)
        return False


def offer_due(turn: Turn) -> int | None:
    """Offer all that can be; the instant at which there is more, if that comes by itself."""
    if not turn.state.workforce.anybody_ready():
        return None
    offering = Offering(turn)
    offering.offer()
    return offering.again_at


def enough_call_back(turn: Turn, campaign: Campaign) -> bool:
    """Whether as many of the queue's agents call back as may (rule CQ-4)."""
    queue = turn.state.records.queues.get(campaign.queue_id)
    if queue is None:
        return False
    calling_back = turn.state.callbacks.calling_back.get(campaign.campaign_id, 0)
    logged_in = turn.state.workforce.logged_in(campaign)
    return calling_back >= may_call_back(queue.settings.missed_callers, logged_in)


def callers_leave_room(turn: Turn, campaign: Campaign, due: DueCallbacks) -> bool:
    """Whether agents may call missed callers back now, as the queue has it (rule CQ-6)."""
    queue = turn.state.records.queues[campaign.queue_id]
    match queue.settings.missed_callers.when:
        case CallBackWhen.ALWAYS:
            return True
        case CallBackWhen.WHEN_FREE_AGENTS:
            idle = turn.state.workforce.counts(campaign)[0]
            return idle > queue.waiting_callers + due.courtesy
        case CallBackWhen.WHEN_NO_WAITING_CALLERS:
            return not queue.waiting_callers + due.courtesy


def _pass_over(turn: Turn, callback: Callback, found: Obstacle) -> None:
    """It is due again when the obstacle is gone; one that stays rules it out."""
    contact = turn.state.contact_at(callback.row)
    number = e164(contact.record.number(contact.next_number))
    if found.rule == NUMBER_LIVE:
        turn.emit(
            ContactHeld(
                campaign_id=contact.campaign_id, contact_key=contact.contact_key, number=number
            )
        )
        return
    if found.until is not None:
        fate = ContactFate(
            _PROMISED,
            found.reason,
            min(found.until, callback.window_end_at),
            contact.next_number,
        )
    else:
        dead = contact.dead
        if found.spent:
            dead = [a or b for a, b in zip(dead, found.spent, strict=True)]
        fate = fate_after_obstacle(
            found.reason, until=None, at=turn.now, number_index=contact.next_number, dead=dead
        )
    turn.emit(
        ContactPassedOver(
            campaign_id=contact.campaign_id,
            contact_key=contact.contact_key,
            number=number,
            rule=found.rule,
            values=found.values,
            number_is_dead=found.until is None and not found.spent,
            fate=fate,
        )
    )
    state = _MISSED if callback.tried else _CANCELLED
    callback_endings.over_unless_kept(turn, callback, fate, state)


def offer(turn: Turn, agent: Agent, callback: Callback, competed: tuple[str, ...]) -> None:
    """Put the callback on the agent's screen, for the preview time or until its window ends."""
    campaign = turn.state.records.campaigns[callback.campaign_id]
    contact = turn.state.contact_at(callback.row)
    limit_ms = campaign.settings.preview_s * 1_000
    lapses_at = callback.window_end_at
    if limit_ms:
        lapses_at = min(lapses_at, turn.now + limit_ms)
    # the state first: leaving PREVIEWING is what clears the screen
    set_agent(turn, agent, _PREVIEWING, "callback", until=lapses_at)
    kept_since = callback.kind in (_ABANDONED, _COURTESY)
    variables = contact.variables
    if callback.reason:
        variables = {**variables, REASON_VARIABLE: callback.reason}
    turn.emit(
        CallbackOffered(
            callback_id=callback.callback_id,
            campaign_id=callback.campaign_id,
            contact_key=callback.contact_key,
            agent_id=agent.agent_id,
            kind=callback.kind,
            number=e164(contact.record.number(contact.next_number)),
            caller_id=campaign.settings.caller_id,
            name=callback.name,
            waiting_ms=turn.now - (callback.made_at if kept_since else callback.window_start_at),
            window_end_at=callback.window_end_at,
            queue_id=campaign.queue_id,
            reason=callback.reason,
            variables=variables,
            lapses_at=lapses_at,
            tried=len(callback.tried),
            competed=competed,
        )
    )


# --- what the agent does with it


def accept(turn: Turn, command: CallbackAccept) -> Reply:
    """Dial it (rule CB-8)."""
    agent, callback = _on_screen(turn, command.agent_id, command.callback_id)
    contact = turn.state.contact_at(callback.row)
    return previews.dial_on_screen(turn, agent, contact, command.number)


def done(turn: Turn, command: CallbackDone) -> Reply:
    """It needs no call any more."""
    agent, callback = _on_screen(turn, command.agent_id, command.callback_id)
    callback_endings.end(turn, callback, _DONE, command.reason, agent_id=agent.agent_id)
    let_go(turn, agent, "callback_done")
    return CallbackReply(callback=view(turn, callback))


def _on_screen(turn: Turn, agent_id: str, callback_id: int) -> tuple[Agent, Callback]:
    agent = turn.agent_at_work(agent_id)
    contact = previews.on_screen(turn, agent)
    callback = turn.state.callbacks.by_row.get(contact.row)
    if callback is None or callback.callback_id != callback_id:
        sentence = f"callback {callback_id} is not on the screen of agent {agent_id!r}"
        refuse(ErrorCode.CALLBACK_STATE, sentence, "callback_id")
    return agent, callback
