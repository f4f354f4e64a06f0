"""Places that callbacks take in slots, and give back once (SL-3, SL-7)."""

from fastdial.engine.records import Callback
from fastdial.engine.state import State
from fastdial.messages.callback_events import CallbackUpdated, CallRescheduled


def take(state: State, callback: Callback, call_id: int | None) -> None:
    """A new callback takes its places, or takes over those of the call that became it."""
    records = state.records
    if call_id is not None and records.plans.pop(call_id, None) is not None:
        callback.tokens = records.plan_tokens.pop(call_id, ())
    elif callback.slot_at is not None:
        queue_id = state.records.campaigns[callback.campaign_id].queue_id
        callback.tokens = state.slots.book(queue_id, callback.slot_at, callback.owner_id)


def plan(state: State, event: CallRescheduled) -> None:
    """What a call is rescheduled to has its places from then on."""
    if event.plan.slot_at is not None:
        queue_id = state.records.campaigns[event.campaign_id].queue_id
        tokens = state.slots.book(queue_id, event.plan.slot_at, event.plan.owner_id)
        state.records.plan_tokens[event.call_id] = tokens


def leave_plan(state: State, call_id: int) -> None:
    """It is rescheduled otherwise, or not any more."""
    state.slots.give_back(state.records.plan_tokens.pop(call_id, ()))


def change(state: State, callback: Callback, event: CallbackUpdated) -> None:
    """A callback moves to another slot, or to another owner."""
    book = state.slots
    queue_id = state.records.campaigns[callback.campaign_id].queue_id
    if event.slot_at is None:
        give_back(state, callback)
    elif event.slot_at != callback.slot_at:
        callback.tokens = book.move(callback.tokens, queue_id, event.slot_at, event.owner_id)
    elif event.owner_id != callback.owner_id:
        leave_owner(state, callback)
        settings = book.settings(queue_id)
        if event.owner_id is not None and settings is not None:
            until_at = event.slot_at + settings.slot_minutes * 60_000
            callback.tokens += book.book(None, event.slot_at, event.owner_id, until_at)


def leave_owner(state: State, callback: Callback) -> None:
    """The callback is its owner's no more; its place in the queue's slot stays."""
    state.slots.give_back(tuple(token for token in callback.tokens if token < 0))
    callback.tokens = tuple(token for token in callback.tokens if token > 0)


def give_back(state: State, callback: Callback) -> None:
    """The callback needs its places no more."""
    state.slots.give_back(callback.tokens)
    callback.tokens = ()
