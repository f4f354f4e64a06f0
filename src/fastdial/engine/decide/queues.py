"""Queues and the campaigns by which they call back (rules CQ-1, CQ-4)."""

from collections.abc import Iterator

from fastdial.engine.callback_book import OPEN
from fastdial.engine.decide import campaigns, limits
from fastdial.engine.decide.campaign_settings import check_settings
from fastdial.engine.decide.notices import told_of_update
from fastdial.engine.records import Queue
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import CampaignCreated, CampaignUpdated
from fastdial.messages.queue_events import QueueCreated, QueueUpdated, QueueWaitingChanged
from fastdial.messages.queues import (
    QueueCreate,
    QueueGet,
    QueueList,
    QueueSettings,
    QueueUpdate,
    QueueView,
    QueueWaiting,
)
from fastdial.messages.replies import Ok, QueueReply, QueuesReply, Warned
from fastdial.messages.words import CampaignState
from fastdial.rules.calendars import slot_faults
from fastdial.rules.queues import callback_campaign, may_call_back


def create(turn: Turn, command: QueueCreate) -> Reply:
    """A new queue, and the campaign by which it calls back."""
    records = turn.state.records
    queue_id = command.queue_id or _next_id(records.queues)
    if queue_id in records.queues:
        refuse(ErrorCode.QUEUE_EXISTS, f"there is a queue {queue_id!r} already", "queue_id")
    limits.check_room(len(records.queues), records.config.max_queues, "max_queues")
    limits.check_room(len(records.campaigns), records.config.max_campaigns, "max_campaigns")
    settings = callback_campaign(command.settings)
    check_settings(settings, records.config.compliance, _faults(command.settings))
    campaign_id = campaigns.next_id(records.campaigns)
    turn.emit(QueueCreated(queue_id=queue_id, campaign_id=campaign_id, settings=command.settings))
    turn.emit(CampaignCreated(campaign_id=campaign_id, settings=settings, queue_id=queue_id))
    queue = records.queues[queue_id]
    _run(turn, queue)
    return _reply(turn, queue)


def update(turn: Turn, command: QueueUpdate) -> Reply:
    """New settings, for its campaign too."""
    queue = turn.queue(command.queue_id)
    campaign = turn.state.records.campaigns[queue.campaign_id]
    settings = callback_campaign(command.settings)
    site = turn.state.records.config.compliance
    check_settings(settings, site, _faults(command.settings))
    if command.settings == queue.settings:
        return _reply(turn, queue)
    turn.emit(
        QueueUpdated(
            queue_id=queue.queue_id, campaign_id=queue.campaign_id, settings=command.settings
        )
    )
    if settings != campaign.settings:
        turn.emit(
            CampaignUpdated(
                campaign_id=queue.campaign_id,
                settings=settings,
                agent_ids=told_of_update(turn.state, campaign, settings),
            )
        )
    _run(turn, queue)
    return _reply(turn, queue)


def _faults(settings: QueueSettings) -> list[Fault]:
    slots = settings.slots
    faults = [] if slots is None else list(slot_faults(slots, "settings.slots"))
    missed = settings.missed_callers
    if missed.delay_s >= missed.remove_after_s:
        sentence = f"who was missed is forgotten after {missed.remove_after_s} s, before any call"
        faults.append(Fault(ErrorCode.INVALID_VALUE, sentence, "settings.missed_callers.delay_s"))
    return faults


def _run(turn: Turn, queue: Queue) -> None:
    """The callback campaign runs while the queue is active."""
    campaign = turn.state.records.campaigns[queue.campaign_id]
    if queue.settings.active and campaign.state is not CampaignState.RUNNING:
        campaigns.change(turn, campaign, CampaignState.RUNNING, "queue_active")
    elif not queue.settings.active and campaign.state is CampaignState.RUNNING:
        campaigns.change(turn, campaign, CampaignState.PAUSED, "queue_inactive")


def get(turn: Turn, command: QueueGet) -> Reply:
    """One queue."""
    return QueueReply(queue=view(turn, turn.queue(command.queue_id)))


def list_all(turn: Turn, command: QueueList) -> Reply:
    """The queues, or those of an agent, in the order of their making."""
    agent = None if command.agent_id is None else turn.agent(command.agent_id)
    return QueuesReply(
        queues=tuple(
            view(turn, queue)
            for queue in turn.state.records.queues.values()
            if command.active in (None, queue.settings.active)
            and (agent is None or queue.takes(agent.teams))
        )
    )


def waiting(turn: Turn, command: QueueWaiting) -> Reply:
    """The platform tells how many callers wait."""
    queue = turn.queue(command.queue_id)
    if command.callers != queue.waiting_callers:
        turn.emit(
            QueueWaitingChanged(
                queue_id=queue.queue_id, campaign_id=queue.campaign_id, callers=command.callers
            )
        )
    return Ok()


def view(turn: Turn, queue: Queue) -> QueueView:
    """A queue as replies show it."""
    book = turn.state.callbacks
    return QueueView(
        queue_id=queue.queue_id,
        campaign_id=queue.campaign_id,
        settings=queue.settings,
        waiting_callers=queue.waiting_callers,
        open_callbacks=book.lists.count(queue.campaign_id, OPEN),
        calling_back=book.calling_back.get(queue.campaign_id, 0),
        may_call_back=may_call_back(queue.settings.missed_callers, _logged_in(turn, queue)),
    )


def _reply(turn: Turn, queue: Queue) -> Reply:
    return QueueReply(queue=view(turn, queue), warnings=tuple(_warnings(turn, queue)))


def _warnings(turn: Turn, queue: Queue) -> Iterator[Warned]:
    """A share of agents that is less than one (rule CQ-4)."""
    percent = queue.settings.missed_callers.agents_percent
    logged_in = _logged_in(turn, queue)
    if percent and logged_in * percent < 100:
        yield Warned(
            f"{percent} percent of the {logged_in} agents who are logged in now are less than one; "
            "one agent calls back",
            "settings.missed_callers.agents_percent",
            {"percent": percent, "logged_in": logged_in},
        )


def _logged_in(turn: Turn, queue: Queue) -> int:
    return turn.state.workforce.logged_in(turn.state.records.campaigns[queue.campaign_id])


def _next_id(queues: dict[str, Queue]) -> str:
    number = len(queues) + 1
    while str(number) in queues:
        number += 1
    return str(number)
