"""Queues: where callers wait for agents, and what becomes of those whom nobody served."""

from typing import Annotated

import msgspec
from msgspec import Meta

from fastdial.messages.base import Command, Settings
from fastdial.messages.compliance import ComplianceSettings, ListName
from fastdial.messages.limits import CallLimits
from fastdial.messages.settings import (
    CallbackSettings,
    RetryRule,
    RetrySettings,
    Seconds,
    Teams,
    WrapUpCode,
)
from fastdial.messages.slots import SlotSettings
from fastdial.messages.windows import WindowSettings
from fastdial.messages.words import (
    AfterWrapUp,
    CallBackWhen,
    CallerOrder,
    Channel,
    MissedCallers,
    PreviewLapse,
    SecondCallback,
)

QueueId = Annotated[str, Meta(min_length=1, max_length=64)]
CallerKey = Annotated[str, Meta(pattern="^[0-9]$", max_length=1, description="0 to 9")]
InteractionId = Annotated[str, Meta(max_length=64)]


class MissedCallerSettings(Settings, frozen=True):
    """How callers who gave up, or pressed a key, are called back (rules CQ-2 to CQ-10)."""

    become: MissedCallers = MissedCallers.NOTHING
    on_abandoned: bool = True
    """those who gave up, having waited long enough"""
    min_wait_s: Seconds = 20
    key: CallerKey | None = None
    """those who pressed it; none: no key is offered"""
    announcement: Annotated[str, Meta(max_length=200)] = ""
    """what the telephony side plays to who pressed the key"""
    ticket_subject: Annotated[str, Meta(min_length=1, max_length=250)] = "Missed call from %number%"
    """with ``become = ticket``; ``%number%``, ``%queue%`` and ``%name%`` stand for what they say"""
    delay_s: Seconds = 0
    """before the first call; 0 = at once"""
    agents_percent: Annotated[int, Meta(ge=0, le=100)] = 100
    """how many of the queue's logged-in agents call back at the same time at most, rounded down;
    above 0 it is one agent at least. It holds for all callbacks of the queue"""
    caller_order: CallerOrder = CallerOrder.OLDEST
    when: CallBackWhen = CallBackWhen.ALWAYS
    never: Annotated[tuple[ListName, ...], Meta(max_length=16)] = ()
    """exclusion lists of numbers that this queue never calls back"""
    remove_after_s: Annotated[int, Meta(ge=60, le=31 * 86_400)] = 86_400
    """a record goes so long after the caller was missed, not after the next opening"""


class QueueSettings(Settings, frozen=True):
    """A queue as the platform describes it."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    channel: Channel = Channel.VOICE
    """callbacks belong to voice queues only"""
    active: bool = True
    """an inactive queue takes no callbacks and offers none"""
    teams: Teams = ()
    """whose agents work on it; empty = every agent of the site"""
    missed_callers: MissedCallerSettings = MissedCallerSettings()
    callbacks: CallbackSettings = CallbackSettings(window_s=8 * 3_600)
    second_callback: SecondCallback = SecondCallback.REFUSE
    slots: SlotSettings | None = None
    """its callback service: when how many can be called back (rule SL-1); none: at any time that
    somebody asks for"""
    order: Annotated[int, Meta(ge=0, le=1_000_000)] = 100
    """among queues whose missed callers compete for agents the lower goes first"""
    parity: Annotated[int, Meta(ge=1, le=100)] = 1
    """among queues of the same order: its part of the work"""
    caller_id: Annotated[str, Meta(max_length=32)] = ""
    """from which customers are called back"""
    trunk: Annotated[str, Meta(max_length=64)] = ""
    limits: CallLimits = CallLimits()
    """of calls back"""
    record: bool = False
    ring_s: Annotated[int, Meta(ge=5, le=120)] = 25
    preview_s: Seconds = 30
    """how long an agent reads the record before the call; 0 = no limit (rule CQ-11)"""
    preview_lapse: PreviewLapse = PreviewLapse.SKIP
    """what is done then: dial, or give the callback back, whose agent is not ready any more"""
    skip_for_s: Seconds = 300
    """how long a callback that was skipped is left alone"""
    wrap_up_s: Seconds = 30
    """time for the agent after the call; 0 = no limit"""
    after_wrap_up: AfterWrapUp = AfterWrapUp.READY
    wrap_up_codes: Annotated[tuple[WrapUpCode, ...], Meta(max_length=1_000)] = ()
    retries: RetrySettings = RetrySettings(not_reached=RetryRule(times=3, after_s=600))
    """of a callback whose customer is not reached, inside its window (rules CB-9, CQ-9)"""
    compliance: ComplianceSettings = ComplianceSettings()
    windows: WindowSettings = WindowSettings()

    def takes(self, teams: tuple[str, ...]) -> bool:
        """Whether an agent of these teams works on it; without teams everybody does."""
        return not self.teams or any(team in self.teams for team in teams)


class QueueView(msgspec.Struct, omit_defaults=True):
    """A queue as it stands."""

    queue_id: str
    campaign_id: str
    """its callback campaign: whom it calls back are contacts of this campaign (rule CQ-1)"""
    settings: QueueSettings
    waiting_callers: int = 0
    open_callbacks: int = 0
    calling_back: int = 0
    """agents who read a record, are in the call, or wrap it up"""
    may_call_back: int = 0
    """agents who may at the same time, of those who are logged in now (rule CQ-4)"""


class QueueCreate(Command, tag="queue.create"):
    """A new queue with a callback campaign of its own; without an id it gets the next in sequence.

    The callback campaign uses the agents of the queue, runs while the queue is active, and is
    changed by changing the queue.
    """

    settings: QueueSettings
    queue_id: QueueId | None = None


class QueueUpdate(Command, tag="queue.update"):
    """New settings in place of all the old ones."""

    queue_id: QueueId
    settings: QueueSettings


class QueueGet(Command, tag="queue.get"):
    """One queue with its settings."""

    queue_id: QueueId


class QueueList(Command, tag="queue.list"):
    """The queues in the order of their making, or those that an agent may use."""

    agent_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    active: bool | None = None


class QueueWaiting(Command, tag="queue.waiting"):
    """How many callers wait in a queue that the platform keeps (rule CQ-6)."""

    queue_id: QueueId
    callers: Annotated[int, Meta(ge=0, le=1_000_000)]


QUEUE_COMMANDS = (QueueCreate, QueueUpdate, QueueGet, QueueList, QueueWaiting)
