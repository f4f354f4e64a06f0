"""Callbacks: promised, edited, moved and deleted (rules CB-1 to CB-5, CB-12)."""

from typing import NamedTuple, NoReturn

from fastdial.engine.contact_list import ROW_BITS, e164
from fastdial.engine.decide import callback_endings, places
from fastdial.engine.decide.callback_checks import Checks, kind_faults
from fastdial.engine.records import Callback, Queue
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.callback_events import CallbackScheduled, CallbackUpdated
from fastdial.messages.callbacks import (
    CallbackCancel,
    CallbackGet,
    CallbackMove,
    CallbackSchedule,
    CallbackUpdate,
    CallbackView,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.replies import CallbackReply
from fastdial.messages.words import CallbackKind, CallbackState
from fastdial.rules import callbacks as rules

MOST_OPEN = 1 << ROW_BITS
"""contacts of one campaign that the site can tell apart"""


class Agreed(NamedTuple):
    """When a customer is to be called."""

    start_at: int
    end_at: int
    due_at: int


def schedule(turn: Turn, command: CallbackSchedule) -> Reply:
    """Promise a call; every failed check is told."""
    checks = Checks(turn)
    checks.values(kind_faults(command))
    number = checks.number(command.number)
    checks.values(rules.name_faults(command.name))
    checks.values(rules.reason_faults(command.reason))
    agent = checks.agent(command.agent_id, "agent_id")
    queue = checks.queue(command.queue_id, agent)
    checks.origin(command.call_id)
    replaced: Callback | None = None
    owner_id: str | None = None
    if queue is not None:
        campaign = turn.state.records.campaigns[queue.campaign_id]
        checks.not_excluded(queue.campaign_id, number)
        if command.kind is not CallbackKind.COURTESY:
            owner_id = checks.owner(command.personal, command.owner_id, agent, campaign)
        elif command.personal or command.owner_id is not None:
            sentence = "a place kept in a queue is for anybody"
            checks.add(ErrorCode.INVALID_VALUE, sentence, "personal")
        replaced = checks.second(queue, number)
    agreed = _window(checks, command, turn.now, queue)
    slot_at: int | None = None
    if queue is not None and agreed is not None and command.kind is not CallbackKind.COURTESY:
        slot_at = places.find(
            turn,
            checks,
            queue.queue_id,
            agreed[:2],
            owner_id,
            earliest=command.earliest,
            moving=() if replaced is None else replaced.tokens,
        )
    checks.refuse()
    if queue is None or agreed is None:
        raise RuntimeError("a callback without a queue or a window passed its checks")
    check_room(turn, queue)
    if replaced is not None:
        callback_endings.end(turn, replaced, CallbackState.CANCELLED, "replaced")
    callback = promise(
        turn,
        queue,
        CallbackScheduled(
            callback_id=0,
            campaign_id=queue.campaign_id,
            contact_key="",
            kind=command.kind,
            number=number,
            name=command.name.strip(),
            window_start_at=agreed.start_at,
            window_end_at=agreed.end_at,
            due_at=places.due_at(agreed.due_at, slot_at),
            slot_at=slot_at,
            queue_id=queue.queue_id,
            zone=command.zone,
            owner_id=owner_id,
            reason=command.reason,
            interaction_id=command.interaction_id or _of_call(command.call_id),
            channel=command.channel,
            variables=command.variables,
            priority=command.priority,
            agent_id=command.agent_id,
        ),
    )
    return CallbackReply(callback=view(turn, callback))


def promise(turn: Turn, queue: Queue, event: CallbackScheduled) -> Callback:
    """Make a callback of a queue: a contact of its campaign, under the callback's own id."""
    event.callback_id = turn.state.records.last_callback + 1
    event.contact_key = str(event.callback_id)
    turn.emit(event)
    return turn.state.records.callbacks[event.callback_id]


def check_room(turn: Turn, queue: Queue) -> None:
    """Refuse one contact too many for the queue's campaign."""
    allowed = min(turn.state.records.config.max_contacts, MOST_OPEN)
    if len(turn.state.lists[queue.campaign_id]) >= allowed:
        refuse(
            ErrorCode.TOO_MANY_CONTACTS,
            f"queue {queue.queue_id!r} has its {allowed} callbacks already",
            "queue_id",
        )


def update(turn: Turn, command: CallbackUpdate) -> Reply:
    """Change what is given."""
    callback = _editable(turn, command.callback_id)
    campaign = turn.state.records.campaigns[callback.campaign_id]
    queue = turn.state.records.queues.get(campaign.queue_id)
    checks = Checks(turn)
    number = _number_of(turn, callback)
    if command.number is not None:
        number = checks.number(command.number)
        checks.not_excluded(callback.campaign_id, number)
        _check_number(turn, checks, callback, queue, number)
    if command.variables is not None and queue is None:
        sentence = "the variables are those of the campaign's contact: load it again"
        checks.add(ErrorCode.INVALID_VALUE, sentence, "variables")
    if command.name is not None:
        checks.values(rules.name_faults(command.name))
    checks.values(rules.reason_faults(command.reason or ""))
    agent = checks.agent(command.agent_id, "agent_id")
    owner_id = callback.owner_id
    if command.owner_id is not None or command.personal not in (None, owner_id is not None):
        owner_id = checks.owner(command.personal, command.owner_id, agent, campaign)
        places.check_owner(turn, checks, callback, owner_id)
    checks.refuse()
    edited = _as_it_stands(turn, callback)
    edited.number = number
    edited.owner_id = owner_id
    if command.name is not None:
        edited.name = command.name.strip()
    if command.reason is not None:
        edited.reason = command.reason
    if command.variables is not None:
        edited.variables = command.variables
    if command.priority is not None:
        edited.priority = command.priority
    _emit_updated(turn, callback, edited)
    return CallbackReply(callback=view(turn, callback))


def _number_of(turn: Turn, callback: Callback) -> str:
    """Its number, or the next of a contact that was loaded again without it."""
    record = turn.state.contact_at(callback.row).record
    if record.place_of(callback.number) >= 0:
        return e164(callback.number)
    return e164(record.number(record.number_next))


def _check_number(
    turn: Turn, checks: Checks, callback: Callback, queue: Queue | None, number: str
) -> None:
    if queue is None:
        contact = turn.state.contact_at(callback.row)
        place = contact.record.place_of(int(number)) if number else 0
        if place < 0:
            sentence = f"{number} is not one of the contact's numbers"
            checks.add(ErrorCode.INVALID_VALUE, sentence, "number")
        elif number and contact.dead[place]:
            sentence = f"{number} is not dialed any more"
            checks.add(ErrorCode.INVALID_VALUE, sentence, "number")
    elif number and int(number) != callback.number:
        book = turn.state.callbacks
        other = book.open_for(int(queue.campaign_id), int(number))
        if other is not None:
            checks.exists(other, number)


def move(turn: Turn, command: CallbackMove) -> Reply:
    """Another window."""
    callback = _editable(turn, command.callback_id)
    checks = Checks(turn)
    found = rules.window_faults(
        command.window_start_at, command.window_end_at, turn.now, checks.site
    )
    checks.values(found)
    campaign = turn.state.records.campaigns[callback.campaign_id]
    if campaign.expires_at is not None and command.window_start_at >= campaign.expires_at:
        sentence = f"the campaign ends before that, at {campaign.expires_at}"
        checks.add(ErrorCode.INVALID_VALUE, sentence, "window_start_at")
    zone = callback.zone if command.zone is None else command.zone
    if command.zone is not None:
        checks.values(rules.zone_faults(zone))
        if not campaign.queue_id:
            sentence = "the zone is that of the campaign's contact: load it again"
            checks.add(ErrorCode.INVALID_VALUE, sentence, "zone")
    slot_at = places.find(
        turn,
        checks,
        campaign.queue_id,
        (command.window_start_at, command.window_end_at),
        callback.owner_id,
        earliest=command.earliest,
        moving=callback.tokens,
    )
    checks.refuse()
    moved = _as_it_stands(turn, callback)
    moved.number = _number_of(turn, callback)
    moved.window_start_at = command.window_start_at
    moved.window_end_at = command.window_end_at
    moved.due_at = places.due_at(command.window_start_at, slot_at)
    moved.zone = zone
    moved.slot_at = slot_at
    _emit_updated(turn, callback, moved)
    return CallbackReply(callback=view(turn, callback))


def _as_it_stands(turn: Turn, callback: Callback) -> CallbackUpdated:
    """All that can change, as it is now."""
    return CallbackUpdated(
        callback_id=callback.callback_id,
        campaign_id=callback.campaign_id,
        contact_key=callback.contact_key,
        number=e164(callback.number),
        name=callback.name,
        window_start_at=callback.window_start_at,
        window_end_at=callback.window_end_at,
        due_at=places.due_at(callback.window_start_at, callback.slot_at),
        zone=callback.zone,
        owner_id=callback.owner_id,
        reason=callback.reason,
        variables=turn.state.contact_at(callback.row).variables,
        priority=callback.priority,
        slot_at=callback.slot_at,
    )


def _emit_updated(turn: Turn, callback: Callback, event: CallbackUpdated) -> None:
    """Unless nothing changes."""
    if event != _as_it_stands(turn, callback):
        turn.emit(event)


def cancel(turn: Turn, command: CallbackCancel) -> Reply:
    """Delete it."""
    callback = _editable(turn, command.callback_id)
    callback_endings.end(turn, callback, CallbackState.CANCELLED, command.reason)
    return CallbackReply(callback=view(turn, callback))


def get(turn: Turn, command: CallbackGet) -> Reply:
    """One callback."""
    return CallbackReply(callback=view(turn, known(turn, command.callback_id)))


def known(turn: Turn, callback_id: int) -> Callback:
    """The callback; refuses an unknown id."""
    callback = turn.state.records.callbacks.get(callback_id)
    if callback is None:
        sentence = f"there is no callback {callback_id}"
        refuse(ErrorCode.UNKNOWN_CALLBACK, sentence, "callback_id")
    return callback


def _editable(turn: Turn, callback_id: int) -> Callback:
    """A callback whose window has not started; the others are refused as too late."""
    callback = known(turn, callback_id)
    if callback.ended_at is not None:
        _too_late(callback, f"it is {callback.state.value}")
    if turn.now >= callback.window_start_at:
        _too_late(callback, f"its window started at {callback.window_start_at}")
    return callback


def _too_late(callback: Callback, why: str) -> NoReturn:
    refuse(
        ErrorCode.TOO_LATE,
        f"it is too late to change callback {callback.callback_id}: {why}",
        "callback_id",
        {"state": callback.state.value, "window_start_at": callback.window_start_at},
    )


def _window(
    checks: Checks, command: CallbackSchedule, now: int, queue: Queue | None
) -> Agreed | None:
    """The window that is asked for; a place kept in a queue begins at once."""
    if command.kind is CallbackKind.COURTESY:
        for field in ("window_start_at", "window_end_at"):
            if getattr(command, field) is not None:
                sentence = "a place kept in a queue begins at once; leave out the window"
                checks.add(ErrorCode.INVALID_VALUE, sentence, field)
        if command.zone:
            checks.values(rules.zone_faults(command.zone))
        if queue is None:
            return None
        return Agreed(now, now + queue.settings.callbacks.window_s * 1_000, now)
    checks.values(rules.zone_faults(command.zone))
    start_at, end_at = command.window_start_at, command.window_end_at
    checks.values(rules.window_faults(start_at, end_at, now, checks.site))
    return None if start_at is None or end_at is None else Agreed(start_at, end_at, start_at)


def _of_call(call_id: int | None) -> str:
    return "" if call_id is None else f"call-{call_id}"


def view(turn: Turn, callback: Callback) -> CallbackView:
    """A callback as replies show it."""
    campaign = turn.state.records.campaigns[callback.campaign_id]
    contact = turn.state.contact(callback.campaign_id, callback.contact_key)
    return CallbackView(
        callback_id=callback.callback_id,
        kind=callback.kind,
        state=callback.state,
        campaign_id=callback.campaign_id,
        contact_key=callback.contact_key,
        number=e164(callback.number),
        name=callback.name,
        window_start_at=callback.window_start_at,
        window_end_at=callback.window_end_at,
        made_at=callback.made_at,
        queue_id=campaign.queue_id,
        zone=callback.zone,
        owner_id=callback.owner_id,
        reason=callback.reason,
        interaction_id=callback.interaction_id,
        channel=callback.channel,
        variables={} if contact is None else contact.variables,
        priority=callback.priority,
        made_by=callback.made_by,
        due_at=callback.due_at,
        slot_at=callback.slot_at,
        agent_id=callback.agent_id,
        tried=callback.tried,
        ended_at=callback.ended_at,
        end_reason=callback.end_reason,
    )
