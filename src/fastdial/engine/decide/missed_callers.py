"""Callers whom nobody served: called back, or a ticket is written (rules CQ-2, CQ-7, CQ-10)."""

from fastdial.engine.decide import callback_endings, callbacks
from fastdial.engine.decide.callback_checks import replaceable
from fastdial.engine.decide.exclusion import on_lists
from fastdial.engine.records import Queue
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.callback_events import (
    AnnouncementRequested,
    CallbackScheduled,
    CallerMissed,
    TicketRequested,
)
from fastdial.messages.callbacks import MadeOfCaller, QueueCallerAbandoned, QueueKeyPressed
from fastdial.messages.errors import ErrorCode
from fastdial.messages.replies import CallerReply
from fastdial.messages.words import (
    CallbackKind,
    CallbackState,
    Channel,
    MissedCallers,
    SecondCallback,
)
from fastdial.rules.days import is_zone
from fastdial.rules.numbers import BadNumber, to_e164

_NOTHING = MissedCallers.NOTHING
_Missed = QueueCallerAbandoned | QueueKeyPressed


def abandoned(turn: Turn, command: QueueCallerAbandoned) -> Reply:
    """A caller who waited long enough is called back."""
    queue = turn.queue(command.queue_id)
    missed = queue.settings.missed_callers
    number = _number(turn, command)
    reason = ""
    if not missed.on_abandoned:
        reason = "not_for_abandoned"
    elif command.waited_s < missed.min_wait_s:
        reason = "waited_too_short"
    made = _make(turn, queue, command, number, reason)
    _tell(turn, queue, number, made, command, waited_s=command.waited_s)
    return CallerReply(caller=made)


def key_pressed(turn: Turn, command: QueueKeyPressed) -> Reply:
    """A caller who pressed the key is told so, and called back."""
    queue = turn.queue(command.queue_id)
    missed = queue.settings.missed_callers
    number = _number(turn, command)
    reason = "" if command.key == missed.key else "other_key"
    made = _make(turn, queue, command, number, reason)
    _tell(turn, queue, number, made, command, key=command.key)
    if made.made is not _NOTHING and missed.announcement:
        turn.emit(
            AnnouncementRequested(
                queue_id=queue.queue_id,
                campaign_id=queue.campaign_id,
                number=number,
                announcement=missed.announcement,
                interaction_id=command.interaction_id,
            )
        )
    return CallerReply(caller=made)


def _number(turn: Turn, command: _Missed) -> str:
    if command.zone and not is_zone(command.zone):
        sentence = f"{command.zone!r} is not an IANA time zone"
        refuse(ErrorCode.INVALID_VALUE, sentence, "zone")
    try:
        return to_e164(command.number, turn.state.records.config.default_region)
    except BadNumber as bad:
        refuse(ErrorCode.INVALID_VALUE, str(bad), "number")


def _make(turn: Turn, queue: Queue, command: _Missed, number: str, reason: str) -> MadeOfCaller:
    """A callback or a ticket, unless there is a ``reason`` against it."""
    become = queue.settings.missed_callers.become
    if become is _NOTHING:
        reason = "not_asked_for"
    elif not reason and not queue.settings.active:
        reason = "queue_inactive"
    elif not reason and queue.settings.channel is not Channel.VOICE:
        reason = "not_voice"
    if reason:
        return MadeOfCaller(_NOTHING, reason)
    if become is MissedCallers.TICKET:
        _write_ticket(turn, queue, command, number)
        return MadeOfCaller(become)
    return _call_back(turn, queue, command, number)


def _call_back(turn: Turn, queue: Queue, command: _Missed, number: str) -> MadeOfCaller:
    if on_lists(turn.state.compliance, queue.campaign_id, [number]):
        return MadeOfCaller(_NOTHING, "excluded")
    callbacks.check_room(turn, queue)
    second = turn.state.callbacks.open_for(int(queue.campaign_id), int(number))
    if second is not None:
        replaces = queue.settings.second_callback is SecondCallback.REPLACE
        if not replaces or not replaceable(second):
            return MadeOfCaller(_NOTHING, "callback_open", second.callback_id)
        callback_endings.end(turn, second, CallbackState.CANCELLED, "replaced")
    missed = queue.settings.missed_callers
    callback = callbacks.promise(
        turn,
        queue,
        CallbackScheduled(
            callback_id=0,
            campaign_id=queue.campaign_id,
            contact_key="",
            kind=CallbackKind.ABANDONED,
            number=number,
            name=command.name,
            window_start_at=turn.now,
            window_end_at=turn.now + missed.remove_after_s * 1_000,
            due_at=turn.now + missed.delay_s * 1_000,
            queue_id=queue.queue_id,
            zone=command.zone,
            interaction_id=command.interaction_id,
            channel=Channel.VOICE,
            variables=command.variables,
        ),
    )
    return MadeOfCaller(MissedCallers.CALLBACK, callback_id=callback.callback_id)


def _write_ticket(turn: Turn, queue: Queue, command: _Missed, number: str) -> None:
    subject = queue.settings.missed_callers.ticket_subject
    for name, value in (
        ("%number%", number),
        ("%queue%", queue.settings.name),
        ("%name%", command.name),
    ):
        subject = subject.replace(name, value)
    turn.emit(
        TicketRequested(
            queue_id=queue.queue_id,
            campaign_id=queue.campaign_id,
            number=number,
            subject=subject,
            name=command.name,
            interaction_id=command.interaction_id,
            variables=command.variables,
        )
    )


def _tell(
    turn: Turn,
    queue: Queue,
    number: str,
    made: MadeOfCaller,
    command: _Missed,
    *,
    waited_s: int | None = None,
    key: str | None = None,
) -> None:
    turn.emit(
        CallerMissed(
            queue_id=queue.queue_id,
            campaign_id=queue.campaign_id,
            number=number,
            made=made.made,
            reason=made.reason,
            waited_s=waited_s,
            key=key,
            interaction_id=command.interaction_id,
            callback_id=made.callback_id,
        )
    )
