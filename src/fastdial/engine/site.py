"""`Site`: the engine for one contact centre, and the only way in."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from fastdial.engine.apply import apply
from fastdial.engine.decide import (
    agent_first,
    agents,
    callback_pages,
    callbacks,
    calls,
    campaigns,
    contacts,
    due,
    endings,
    exclusion,
    explain_callback,
    explain_campaign,
    explain_contact,
    guides,
    launching,
    missed_callers,
    offers,
    pacing,
    previews,
    queues,
    reschedules,
    settings,
    slot_queries,
    stats,
    wrap_ups,
)
from fastdial.engine.snapshot import why_not_read
from fastdial.engine.state import BadSnapshot, State
from fastdial.engine.turn import Refused, Turn, refuse
from fastdial.messages import callbacks as callback_messages
from fastdial.messages import commands
from fastdial.messages import queues as queue_messages
from fastdial.messages import slot_queries as slot_messages
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.codec import BadMessage, check, decode_reply, encode
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import CommandRemembered
from fastdial.messages.replies import Error
from fastdial.messages.settings import SiteConfig

_DECIDE: dict[type[Command], Callable[[Turn, Any], Reply]] = {
    commands.SiteConfigure: settings.configure,
    commands.StatsGet: stats.get,
    commands.CampaignCreate: campaigns.create,
    commands.CampaignUpdate: campaigns.update,
    commands.CampaignStart: campaigns.start,
    commands.CampaignPause: campaigns.pause,
    commands.CampaignStop: campaigns.stop,
    commands.CampaignGet: campaigns.get,
    commands.CampaignExplain: explain_campaign.explain,
    commands.CampaignList: campaigns.list_all,
    queue_messages.QueueCreate: queues.create,
    queue_messages.QueueUpdate: queues.update,
    queue_messages.QueueGet: queues.get,
    queue_messages.QueueList: queues.list_all,
    queue_messages.QueueWaiting: queues.waiting,
    slot_messages.SlotsAvailability: slot_queries.availability,
    slot_messages.SlotsFirstFree: slot_queries.first,
    slot_messages.SlotsOpenFor: slot_queries.open_for,
    callback_messages.CallbackSchedule: callbacks.schedule,
    callback_messages.CallbackUpdate: callbacks.update,
    callback_messages.CallbackMove: callbacks.move,
    callback_messages.CallbackCancel: callbacks.cancel,
    callback_messages.CallbackGet: callbacks.get,
    callback_messages.CallbackList: callback_pages.list_page,
    callback_messages.CallbackExplain: explain_callback.explain,
    callback_messages.CallbackAccept: offers.accept,
    callback_messages.CallbackDone: offers.done,
    callback_messages.CallReschedule: reschedules.reschedule,
    callback_messages.CallDropReschedule: reschedules.drop,
    callback_messages.QueueCallerAbandoned: missed_callers.abandoned,
    callback_messages.QueueKeyPressed: missed_callers.key_pressed,
    commands.ContactsLoad: contacts.load,
    commands.ContactsRemove: contacts.remove,
    commands.ContactsGet: contacts.get,
    commands.ContactsExplain: explain_contact.explain,
    commands.ExclusionAdd: exclusion.add,
    commands.ExclusionRemove: exclusion.remove,
    commands.ExclusionCheck: exclusion.check,
    commands.ExclusionList: exclusion.list_all,
    commands.AgentLogin: agents.login,
    commands.AgentReady: agents.ready,
    commands.AgentNotReady: agents.not_ready,
    commands.AgentLogout: agents.logout,
    commands.PreviewRequest: previews.request,
    commands.PreviewDial: previews.dial_previewed,
    commands.PreviewSkip: previews.skip,
    commands.CallReport: calls.report,
    commands.AgentReport: agent_first.report,
    commands.CallHangUp: endings.hang_up,
    commands.CallWrapUp: wrap_ups.wrap_up,
    commands.GuideAnswer: guides.answer,
    commands.GuideGet: guides.get,
    commands.WrapUpCodesSearch: wrap_ups.search,
}


_LOOKS = frozenset(
    (
        commands.StatsGet,
        commands.CampaignGet,
        commands.CampaignExplain,
        commands.CampaignList,
        queue_messages.QueueGet,
        queue_messages.QueueList,
        slot_messages.SlotsAvailability,
        slot_messages.SlotsFirstFree,
        slot_messages.SlotsOpenFor,
        callback_messages.CallbackGet,
        callback_messages.CallbackList,
        callback_messages.CallbackExplain,
        commands.ContactsGet,
        commands.ContactsExplain,
        commands.ExclusionCheck,
        commands.ExclusionList,
        commands.GuideGet,
        commands.WrapUpCodesSearch,
    )
)
"""Commands that change nothing."""

_RECORDED = frozenset(
    (
        commands.SiteConfigure,
        commands.CampaignCreate,
        commands.CampaignUpdate,
        queue_messages.QueueCreate,
        queue_messages.QueueUpdate,
        queue_messages.QueueWaiting,
        *(
            kind
            for kind in callback_messages.CALLBACK_COMMANDS
            if kind not in (callback_messages.CallbackGet, callback_messages.CallbackExplain)
        ),
        commands.ContactsLoad,
        commands.ContactsRemove,
        commands.ExclusionAdd,
        commands.ExclusionRemove,
        commands.AgentLogin,
        commands.AgentNotReady,
        commands.CallWrapUp,
        commands.GuideAnswer,
    )
)
"""Commands whose fields go into events as they are."""


class ClockWentBack(ValueError):
    """``now`` is before an instant that the site has seen."""


class Outcome(NamedTuple):
    """What a command led to: its reply, and everything that happened, in order."""

    reply: Reply
    events: list[Event]


_new_tuple = tuple.__new__


class _Saved(msgspec.Struct):
    now: int
    paced_at: int
    launch_at: int | None
    stirred: bool
    touched: list[str]
    state: bytes


class _State(msgspec.Struct):
    state: bytes


class Site:
    """One contact centre: its campaigns, agents and calls.

    It knows no clock: every instant is an argument, in milliseconds since the epoch, UTC. It has
    no hidden randomness: ``seed`` decides the order of random queues. The same commands at the
    same instants give the same events, byte for byte. Not for use by two threads at once.
    """

    __slots__ = ("_launch_at", "_now", "_paced_at", "_state")

    def __init__(self, config: SiteConfig | None = None, seed: int = 0) -> None:
        """A site in which nothing has happened. ``seed``: 0 to 2**63 - 1."""
        if not 0 <= seed < 2**63:
            raise ValueError(f"seed is {seed}; it can be 0 to 2**63 - 1")
        self._state = State.new(config or SiteConfig(), seed)
        self._now = 0
        self._paced_at = 0
        self._launch_at: int | None = None
        """when there is more to launch: a limit on launches in a second leaves room again, or this
        turn had enough to do"""

    @property
    def config(self) -> SiteConfig:
        """The configuration that holds now."""
        return self._state.records.config

    @property
    def seed(self) -> int:
        """What the order of random queues follows from."""
        return self._state.records.seed

    @property
    def now(self) -> int:
        """The last instant seen, ms."""
        return self._now

    @property
    def last_seq(self) -> int:
        """The sequence of the newest event; 0 where there is none."""
        return self._state.records.seq

    # --- commands and time

    def handle(self, command: Command, now: int) -> Outcome:
        """Carry out or refuse a command at the instant ``now``.

        What became due by ``now`` is done first and is among the events. Bad input gives an
        `Error` reply and changes nothing.
        """
        if now < self._now:
            fault = Fault(ErrorCode.CLOCK_WENT_BACK, f"it is {self._now} already, not {now}")
            return Outcome(Error(id=command.id, faults=(fault,)), [])
        turn = self._turn(now)
        due.everything_due(turn)
        before = len(turn.events)
        reply: Reply
        try:
            reply = self._reply(turn, command)
        except Refused as refused:
            if len(turn.events) != before:
                raise RuntimeError("a command was refused after something was done") from refused
            reply = Error(faults=refused.faults)
        if turn.events:
            due.everything_due(turn)  # such as the hours of contacts of a new kind
            self._launch(turn)
        reply.id = command.id
        # what Outcome(reply, turn.events) does, without a call of Python's own
        return _new_tuple(Outcome, (reply, turn.events))

    def advance(self, now: int) -> list[Event]:
        """Do what is due by ``now``. Raises `ClockWentBack`."""
        if now < self._now:
            raise ClockWentBack(f"it is {self._now} already, not {now}")
        turn = self._turn(now)
        due.everything_due(turn)
        self._launch(turn)
        return turn.events

    def look(self, command: Command, now: int) -> Reply:
        """Answer a command that changes nothing, without doing first what is due by ``now``.

        So a site that was rebuilt from its record answers as it would have at that event, in the
        middle of deciding. TypeError for any other command.
        """
        if type(command) not in _LOOKS:
            raise TypeError(f"{type(command).__name__} is no command that only looks")
        try:
            reply = _DECIDE[type(command)](Turn(self._state, now), command)
        except Refused as refused:
            reply = Error(faults=refused.faults)
        reply.id = command.id
        return reply

    def next_due(self) -> int | None:
        """When to call `advance` next, ms; none while nothing will become due by itself."""
        first: int | None = self._state.timers.next_due()
        if self._launch_at is not None and (first is None or self._launch_at < first):
            first = self._launch_at
        if pacing.paced(Turn(self._state, self._now)):
            tick = max(self._paced_at + pacing.TICK_MS, self._now)
            return tick if first is None else min(first, tick)
        return first

    def _turn(self, now: int) -> Turn:
        self._now = now
        return Turn(self._state, now)

    def _launch(self, turn: Turn) -> None:
        """Launch what can be, unless nothing has happened since that could lead to more."""
        state = self._state
        if state.workforce.anybody_leaving():
            agents.grant_log_outs(turn)
        if state.dials_ahead and turn.now >= self._paced_at + pacing.TICK_MS:
            self._paced_at = turn.now
            state.touch_all()
            state.stirred = True
        if self._launch_at is not None and turn.now >= self._launch_at:
            state.touch_all()
            state.stirred = True
            self._launch_at = None
        again_at: int | None = None
        if state.stirred:
            again_at = launching.launch(turn)
            state.stirred = False
        elif state.pacing.touched:
            again_at = launching.launch_ahead(turn)
        if self._launch_at is None or (again_at is not None and again_at < self._launch_at):
            self._launch_at = again_at

    def _reply(self, turn: Turn, command: Command) -> Reply:
        decide = _DECIDE.get(type(command))
        if decide is None:
            fault = Fault(ErrorCode.NOT_FOR_A_SITE, "this command is for a server's session")
            raise Refused(fault)
        command = _checked(command)
        if command.idempotency_key is None:
            return decide(turn, command)
        return self._once(turn, command, decide)

    def _once(self, turn: Turn, command: Command, decide: Callable[[Turn, Any], Reply]) -> Reply:
        """The first reply to a command that was carried out under the same key already."""
        key = command.idempotency_key or ""
        digest = _digest(command)
        remembered = self._state.records.remembered.get(key)
        if remembered is not None and remembered.forget_at > turn.now:
            if remembered.digest != digest:
                text = f"the idempotency key {key!r} was used for another command"
                raise Refused(Fault(ErrorCode.KEY_REUSED, text, "idempotency_key"))
            return decode_reply(remembered.reply)
        before = len(turn.events)
        reply = decide(turn, command)
        if len(turn.events) != before:
            forget_at = turn.now + self.config.remember_keys_s * 1_000
            turn.emit(
                CommandRemembered(
                    idempotency_key=key, digest=digest, reply=encode(reply), forget_at=forget_at
                )
            )
        return reply

    # --- the record

    def apply(self, event: Event) -> None:
        """Take over an event of this site's own record, the next in sequence, at recovery."""
        apply(self._state, event)
        self._now = max(self._now, event.at)
        self._paced_at = self._now
        # what still waits to be launched is found by looking, once the record has been taken over
        self._launch_at = self._now

    def snapshot(self) -> bytes:
        """Everything the site knows, as bytes for `restore`."""
        return msgspec.msgpack.encode(
            _Saved(
                self._now,
                self._paced_at,
                self._launch_at,
                self._state.stirred,
                list(self._state.pacing.touched),
                self._state.snapshot(),
            )
        )

    @classmethod
    def restore(cls, data: bytes) -> "Site":
        """The site that `snapshot` wrote down; it goes on as the first would. `BadSnapshot`."""
        try:
            saved = msgspec.msgpack.decode(data, type=_Saved)
        except msgspec.MsgspecError as error:
            raise BadSnapshot(_why_not_read(data, error)) from None
        site = cls.__new__(cls)
        site._state = State.restore(saved.state)
        site._now = saved.now
        site._paced_at = saved.paced_at
        site._launch_at = saved.launch_at
        site._state.stirred = saved.stirred
        site._state.pacing.touched = dict.fromkeys(saved.touched)
        for windows in site._state.windows.values():
            windows.warm(saved.now)
        return site

    def state_hash(self) -> str:
        """A hash of everything that follows from the events; equal for equal records."""
        return self._state.digest()


def _checked(command: Command) -> Command:
    """The command as a socket would bring it; refuses what no socket would let through.

    This is for commands that are kept in the record. The others only look something up by what they
    carry, and a load's rows are checked one by one.
    """
    if type(command) not in _RECORDED:
        return command
    if type(command) is commands.CallWrapUp and command.callback_at is None:
        return command
    try:
        if type(command) is not commands.ContactsLoad:
            return check(command)
        check(msgspec.structs.replace(command, contacts=[]))
    except BadMessage as bad:
        raise Refused(bad.fault) from None
    return command


def _why_not_read(data: bytes, error: Exception) -> str:
    """Of a snapshot of a version that saved other things beside the state, that it is of that."""
    try:
        state = msgspec.msgpack.decode(data, type=_State).state
    except msgspec.MsgspecError:
        state = data
    return why_not_read(state, error)


def _digest(command: Command) -> bytes:
    try:
        written = encode(msgspec.structs.replace(command, id=0))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        # rows of a load can hold anything; JSON knows integers of any size
        sentence = f"the command has a value that cannot be written down: {error}"
        refuse(ErrorCode.INVALID_VALUE, sentence)
    return blake2b(written, digest_size=16).digest()
