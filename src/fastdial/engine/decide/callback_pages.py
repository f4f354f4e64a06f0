"""Lists of callbacks, a page at a time (rule CB-5)."""

from fastdial.engine.callback_lists import ID_BITS, Place, Wanted, callback_id_at
from fastdial.engine.decide.callbacks import view
from fastdial.engine.records import Callback
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.callbacks import CallbackList, CallbackView
from fastdial.messages.errors import ErrorCode
from fastdial.messages.replies import CallbacksReply
from fastdial.rules.numbers import BadNumber, to_e164

MOST_LOOKED_AT = 2_000
"""callbacks that are looked at for one page, whether or not they fit what is asked"""


def list_page(turn: Turn, command: CallbackList) -> Reply:
    """Those that fit, by their window; a page costs the same however many there are."""
    wanted = _wanted(turn, command)
    first = None if command.from_at is None else command.from_at << ID_BITS
    if command.after:
        first = _place(command.after) + 1
    before = None if command.until_at is None else command.until_at << ID_BITS
    found: list[CallbackView] = []
    last: Place = 0
    places = turn.state.callbacks.lists.find(wanted, first, before)
    for looked_at, place in enumerate(places):
        if len(found) == command.limit or looked_at == MOST_LOOKED_AT:
            return CallbacksReply(callbacks=tuple(found), next=f"{last:x}")
        callback = turn.state.records.callbacks[callback_id_at(place)]
        if _fits(callback, wanted):
            found.append(view(turn, callback))
        last = place
    return CallbacksReply(callbacks=tuple(found))


def _wanted(turn: Turn, command: CallbackList) -> Wanted:
    number: int | None = None
    if command.number is not None:
        try:
            number = int(to_e164(command.number, turn.state.records.config.default_region))
        except BadNumber as bad:
            refuse(ErrorCode.INVALID_VALUE, str(bad), "number")
    campaign_id = command.campaign_id
    if campaign_id is not None:
        turn.campaign(campaign_id)
    if command.queue_id is not None:
        of_queue = turn.queue(command.queue_id).campaign_id
        if campaign_id not in (None, of_queue):
            sentence = f"campaign {campaign_id!r} is not that of queue {command.queue_id!r}"
            refuse(ErrorCode.INVALID_VALUE, sentence, "campaign_id")
        campaign_id = of_queue
    return Wanted(number, command.agent_id, campaign_id, command.states)


def _place(written: str) -> Place:
    try:
        return int(written, 16)
    except ValueError:
        refuse(ErrorCode.INVALID_VALUE, "`after` is the `next` of a page before", "after")


def _fits(callback: Callback, wanted: Wanted) -> bool:
    return (
        (wanted.number is None or callback.number == wanted.number)
        and (wanted.owner_id is None or callback.owner_id == wanted.owner_id)
        and (wanted.campaign_id is None or callback.campaign_id == wanted.campaign_id)
        and (not wanted.states or callback.state in wanted.states)
    )
