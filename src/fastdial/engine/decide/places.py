"""Whether a callback gets a place: in a slot of its queue, and of its owner (SL-3, SL-7)."""

from fastdial.engine.decide import slots
from fastdial.engine.decide.callback_checks import Checks
from fastdial.engine.records import Callback
from fastdial.engine.turn import Turn
from fastdial.messages.errors import ErrorCode


def find(
    turn: Turn,
    checks: Checks,
    queue_id: str,
    window: tuple[int, int],
    owner_id: str | None,
    *,
    earliest: bool,
    moving: tuple[int, ...] = (),
    field: str = "window_start_at",
) -> int | None:
    """When the slot begins that a callback gets; none where the queue has no slots.

    Where there is no place it is a fault, which says why, and what is free next.
    """
    start_at, end_at = window
    if turn.state.slots.grid(queue_id) is None or start_at >= end_at:
        return None
    found = slots.find(
        turn, queue_id, start_at, end_at, agent_id=owner_id, earliest=earliest, moving=moving
    )
    if isinstance(found, slots.Found):
        return found.start_at
    values: dict[str, str | int] = {"reason": found.reason.value}
    sentence = f"there is no free slot in this window: {found.reason.value}"
    if found.next_free_at is not None:
        values["next_free_at"] = found.next_free_at
        sentence += f"; the next one that is free begins at {found.next_free_at}"
    checks.add(ErrorCode.NO_PLACE, sentence, field, values)
    return None


def check_owner(turn: Turn, checks: Checks, callback: Callback, owner_id: str | None) -> None:
    """Whether another owner has promised nothing else for the time of the slot."""
    queue_id = turn.state.records.campaigns[callback.campaign_id].queue_id
    slot_at = callback.slot_at
    if owner_id is None or owner_id == callback.owner_id or slot_at is None:
        return
    if turn.state.slots.grid(queue_id) is None:
        return
    until_at = slot_at + slots.slot_ms(turn, queue_id)
    if not turn.state.slots.places.is_free(owner_id, slot_at, until_at):
        sentence = f"agent {owner_id!r} has promised another callback for that time"
        checks.add(ErrorCode.NO_PLACE, sentence, "owner_id", {"reason": "full"})


def due_at(window_start_at: int, slot_at: int | None) -> int:
    """When a callback is to be made: not before its window, nor before its slot."""
    return window_start_at if slot_at is None else max(window_start_at, slot_at)
