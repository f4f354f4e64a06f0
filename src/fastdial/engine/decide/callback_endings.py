"""What follows when a callback's time comes or goes, and after each try (CB-6, CB-9, CQ-8)."""

import msgspec

from fastdial.engine.contact_list import Contact, e164
from fastdial.engine.decide.agents import let_go, set_agent
from fastdial.engine.records import Agent, Callback
from fastdial.engine.turn import Turn
from fastdial.messages.callback_events import (
    CallbackDue,
    CallbackEnded,
    CallbackForgotten,
    CallbackReassigned,
    CallbackReturned,
)
from fastdial.messages.fates import ContactFate
from fastdial.messages.settings import RetrySettings
from fastdial.messages.words import (
    AgentState,
    AttemptOutcome,
    CallbackKind,
    CallbackState,
    ContactState,
)

_ABANDONED = CallbackKind.ABANDONED
_DONE = CallbackState.DONE
_EXPIRED = CallbackState.EXPIRED
_MISSED = CallbackState.MISSED
_REMOVED = CallbackState.REMOVED
_SCHEDULED = CallbackState.SCHEDULED
_CONTACT_DONE = ContactState.DONE
_PROMISED = ContactState.PROMISED
_WAITING = ContactState.WAITING

LAPSED = "preview_lapsed"
"""why a callback leaves the screen whose agent did nothing with it"""


def due(turn: Turn, callback_id: int) -> None:
    """The callback's timer has come."""
    callback = turn.state.records.callbacks[callback_id]
    if callback.ended_at is not None:
        turn.emit(CallbackForgotten(callback_id=callback_id, campaign_id=callback.campaign_id))
    elif turn.now >= callback.window_end_at:
        window_over(turn, callback)
    elif callback.state is _SCHEDULED:
        turn.emit(
            CallbackDue(
                callback_id=callback_id,
                campaign_id=callback.campaign_id,
                agent_id=callback.owner_id,
            )
        )
    else:
        turn.emit(
            CallbackReassigned(
                callback_id=callback_id,
                campaign_id=callback.campaign_id,
                agent_id=callback.owner_id or "",
                reason="owner_away",
            )
        )


def window_over(turn: Turn, callback: Callback) -> None:
    """Its window has ended, and nobody is in a call with the customer."""
    state = _MISSED if callback.tried else _EXPIRED
    if callback.kind is _ABANDONED:
        state = _REMOVED
    end(turn, callback, state, "window_over")


def end(
    turn: Turn,
    callback: Callback,
    state: CallbackState,
    reason: str,
    *,
    agent_id: str | None = None,
) -> None:
    """It is over, and its contact with it; ``agent_id``: who marked it done."""
    _emit_ended(turn, callback, state, reason, agent_id, _fate(turn, callback, state))


def end_settled(turn: Turn, callback: Callback, state: CallbackState, reason: str) -> None:
    """The same where what becomes of its contact has been said already."""
    _emit_ended(turn, callback, state, reason, None, None)


def _emit_ended(
    turn: Turn,
    callback: Callback,
    state: CallbackState,
    reason: str,
    agent_id: str | None,
    fate: ContactFate | None,
) -> None:
    turn.emit(
        CallbackEnded(
            callback_id=callback.callback_id,
            campaign_id=callback.campaign_id,
            contact_key=callback.contact_key,
            kind=callback.kind,
            state=state,
            reason=reason,
            number=e164(callback.number),
            queue_id=turn.state.records.campaigns[callback.campaign_id].queue_id,
            owner_id=callback.owner_id,
            agent_id=agent_id,
            tried=callback.tried,
            fate=fate,
        )
    )


def _fate(turn: Turn, callback: Callback, state: CallbackState) -> ContactFate:
    """Of the contact: a queue's is done with its callback; a campaign's goes back on its list.

    One whose callback was deleted or needs no call any more is done there too.
    """
    number_index = turn.state.contact_at(callback.row).next_number
    of_queue = turn.state.records.campaigns[callback.campaign_id].queue_id
    if of_queue or state not in (_MISSED, _EXPIRED):
        return ContactFate(
            _CONTACT_DONE, reason=f"callback_{state.value}", next_number=number_index
        )
    return ContactFate(
        _WAITING, reason=f"callback_{state.value}", due_at=turn.now, next_number=number_index
    )


# --- after a try


def tries(callback: Callback, retries: RetrySettings, outcome: AttemptOutcome) -> int:
    """Attempts so far that count for an outcome's retry rule.

    Busy and unanswered ones count together where they share a rule (rule CQ-9); what happened to
    the contact before the callback does not count.
    """
    rule = retries.rule_for(outcome)
    return sum([retries.rule_for(one.outcome) is rule for one in callback.tried])


def after_try(callback: Callback, contact: Contact, fate: ContactFate) -> ContactFate:
    """The contact's fate by the retry rules, as it is for one with a callback (rule CB-9).

    What comes inside the window is the callback's next try. What does not is a campaign's to go on
    with; for a queue that was the end.
    """
    if contact.removed:
        return fate
    if fate.state is _WAITING and (fate.due_at or 0) < callback.window_end_at:
        return msgspec.structs.replace(fate, state=_PROMISED)
    if fate.state is _WAITING and callback.kind is not CallbackKind.CAMPAIGN:
        return ContactFate(_CONTACT_DONE, reason=fate.reason, next_number=fate.next_number)
    return fate


def over_unless_kept(
    turn: Turn, callback: Callback, fate: ContactFate, state: CallbackState = _MISSED
) -> None:
    """After a call that settled its contact: the callback is over unless it is tried again."""
    if fate.state is not _PROMISED:
        end_settled(turn, callback, state, fate.reason)


# --- off the screen


def put_back(
    turn: Turn,
    callback: Callback,
    agent: Agent,
    reason: str,
    *,
    due_at: int,
    is_there: bool = True,
) -> None:
    """It leaves the screen undialed, and is over where its window is.

    An agent who let the preview time pass, and was to do something in it, is not there (AG-3).
    """
    if turn.state.contact_at(callback.row).removed:
        end(turn, callback, CallbackState.CANCELLED, "contact_removed")
    else:
        turn.emit(
            CallbackReturned(
                callback_id=callback.callback_id,
                campaign_id=callback.campaign_id,
                contact_key=callback.contact_key,
                agent_id=agent.agent_id,
                reason=reason,
                due_at=min(due_at, callback.window_end_at),
            )
        )
    if not is_there and agent.next_state is AgentState.READY:
        set_agent(turn, agent, AgentState.NOT_READY, "rona")
    else:
        let_go(turn, agent, reason)
