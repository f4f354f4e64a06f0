"""The auditor's own books of callbacks and of queues (rules CB-5 to CB-12, CQ-4, CQ-8)."""

import msgspec

from fastdial.messages.callback_events import (
    CallbackDue,
    CallbackEnded,
    CallbackOffered,
    CallbackReassigned,
    CallbackReturned,
    CallbackScheduled,
    CallbackUpdated,
)
from fastdial.messages.events import (
    AgentLoggedIn,
    CallEnded,
    CallWrappedUp,
    ContactPassedOver,
    DialRequested,
)
from fastdial.messages.queue_events import QueueCreated, QueueUpdated
from fastdial.messages.queues import QueueSettings
from fastdial.messages.settings import RetrySettings
from fastdial.messages.words import (
    AttemptOutcome,
    CallbackKind,
    CallbackState,
    ContactState,
)

_TERMINAL = (
    CallbackState.DONE,
    CallbackState.MISSED,
    CallbackState.EXPIRED,
    CallbackState.CANCELLED,
    CallbackState.REMOVED,
)


class _Callback(msgspec.Struct):
    kind: CallbackKind
    campaign_id: str
    contact_key: str
    number: str
    window_start_at: int
    window_end_at: int
    owner_id: str | None
    due: bool = False
    agent_id: str | None = None
    """who has it on screen, in a call or in the wrap-up after it"""
    call_id: int | None = None
    tries: list[AttemptOutcome] = []


class CallbacksAudit:
    """Notes what was promised and says which promise was broken. All give a sentence, or none."""

    def __init__(self) -> None:
        self._open: dict[int, _Callback] = {}
        self._at: dict[tuple[str, str], int] = {}
        """the open callback of a contact"""
        self._customers: dict[tuple[str, str], int] = {}
        """the open callback of a queue, by its campaign, and a number"""
        self._last = 0
        self._queues: dict[str, QueueSettings] = {}
        """by campaign"""
        self._teams: dict[str, tuple[str, ...]] = {}
        self.ended: dict[int, CallbackState] = {}

    @property
    def open(self) -> int:
        """Callbacks that are not over."""
        return len(self._open)

    def of_queue(self, campaign_id: str) -> bool:
        """Whether it is the callback campaign of a queue."""
        return campaign_id in self._queues

    def queue(self, event: QueueCreated | QueueUpdated) -> None:
        """A queue, or what it is now."""
        self._queues[event.campaign_id] = event.settings

    def logged_in(self, event: AgentLoggedIn) -> None:
        """Whose agents they are."""
        self._teams[event.agent_id] = event.teams

    def scheduled(self, event: CallbackScheduled) -> str | None:
        """A promise."""
        if event.callback_id <= self._last:
            return f"callback {event.callback_id} after callback {self._last}"
        self._last = event.callback_id
        callback = _Callback(
            event.kind,
            event.campaign_id,
            event.contact_key,
            event.number,
            event.window_start_at,
            event.window_end_at,
            event.owner_id,
        )
        self._open[event.callback_id] = callback
        return self._enter(event.callback_id, callback)

    def _enter(self, callback_id: int, callback: _Callback) -> str | None:
        place = callback.campaign_id, callback.contact_key
        if place in self._at:
            return f"the contact has callback {self._at[place]} already"
        self._at[place] = callback_id
        if self.of_queue(callback.campaign_id):
            customer = callback.campaign_id, callback.number
            if customer in self._customers:
                return f"the number has callback {self._customers[customer]} in this queue (CB-12)"
            self._customers[customer] = callback_id
        return None

    def _leave(self, callback: _Callback) -> None:
        del self._at[callback.campaign_id, callback.contact_key]
        self._customers.pop((callback.campaign_id, callback.number), None)

    def updated(self, event: CallbackUpdated) -> str | None:
        """An edit, until its window starts."""
        callback = self._open.get(event.callback_id)
        if callback is None:
            return "the callback is over"
        if event.at >= callback.window_start_at:
            return f"its window started at {callback.window_start_at} (CB-5)"
        self._leave(callback)
        callback.number, callback.owner_id = event.number, event.owner_id
        callback.window_start_at = event.window_start_at
        callback.window_end_at = event.window_end_at
        return self._enter(event.callback_id, callback)

    def came_due(self, event: CallbackDue) -> str | None:
        """Its time has come, or that of another try."""
        callback = self._open.get(event.callback_id)
        if callback is None or callback.due or callback.agent_id is not None:
            return "the callback is over, due already, or with an agent"
        if not callback.window_start_at <= event.at < callback.window_end_at:
            return "outside its window (CB-9)"
        callback.due = True
        return None

    def put_off(self, event: ContactPassedOver) -> None:
        """It may not be dialed yet, and is due again when it may."""
        callback_id = self._at.get((event.campaign_id, event.contact_key))
        if callback_id is not None:
            self._open[callback_id].due = False

    def reassigned(self, event: CallbackReassigned) -> str | None:
        """Its owner was away."""
        callback = self._open.get(event.callback_id)
        if callback is None or callback.owner_id != event.agent_id:
            return "the callback is over, or another's"
        callback.owner_id = None
        return None

    def offered(self, event: CallbackOffered, here: list[str]) -> str | None:
        """On a screen; ``here``: the agents who are logged in."""
        callback = self._open.get(event.callback_id)
        if callback is None or not callback.due:
            return "the callback is not due (CB-8)"
        if event.at >= callback.window_end_at:
            return f"its window ended at {callback.window_end_at}"
        if callback.owner_id not in (None, event.agent_id):
            return f"it is {callback.owner_id!r}'s (CB-6)"
        callback.due, callback.agent_id = False, event.agent_id
        return self._share(event.campaign_id, here)

    def _share(self, campaign_id: str, here: list[str]) -> str | None:
        queue = self._queues.get(campaign_id)
        if queue is None:
            return None
        logged_in = sum(queue.takes(self._teams[agent_id]) for agent_id in here)
        percent = queue.missed_callers.agents_percent
        allowed = max(logged_in * percent // 100, 1) if percent else 0
        calling = [
            one
            for one in self._open.values()
            if one.agent_id is not None and one.campaign_id == campaign_id
        ]
        if len(calling) > allowed:
            return f"{len(calling)} agents call back; {allowed} of {logged_in} may (CQ-4)"
        return None

    def returned(self, event: CallbackReturned) -> str | None:
        """Off the screen."""
        callback = self._open.get(event.callback_id)
        if callback is None or callback.agent_id != event.agent_id or callback.call_id is not None:
            return "it is not on this agent's screen"
        callback.agent_id = None
        return None

    def dialed(self, event: DialRequested) -> str | None:
        """An attempt: that of a contact with a promise is one for it, in its window."""
        callback_id = self._at.get((event.campaign_id, event.contact_key))
        if callback_id != event.callback_id:
            return f"the contact has callback {callback_id} (CB-8)"
        if callback_id is None:
            return None
        callback = self._open[callback_id]
        if not callback.window_start_at <= event.at < callback.window_end_at:
            return "the callback is dialed outside its window (CB-9)"
        if callback.agent_id != event.agent_id or callback.call_id is not None:
            return "the callback is not on this agent's screen (CB-8)"
        callback.call_id = event.call_id
        return None

    def tried(self, event: CallEnded, retries: RetrySettings) -> str | None:
        """The outcome, and whether the retry rules leave room for another try (CB-9)."""
        callback = self._of(event)
        if callback is None:
            return None
        callback.tries.append(event.outcome)
        if event.fate is None:
            return None
        callback.agent_id = callback.call_id = None
        if event.fate.state is not ContactState.PROMISED:
            return None
        rule = retries.rule_for(event.outcome)
        if rule is None:
            return f"no retry after {event.outcome}"
        counted = sum(retries.rule_for(outcome) is rule for outcome in callback.tries)
        if event.outcome is not AttemptOutcome.INVALID_NUMBER and counted > rule.times:
            return f"no retry is left after {event.outcome} (CB-9)"
        return self._again(callback, event.fate.due_at)

    def wrapped_up(self, event: CallWrappedUp) -> str | None:
        """The agent is done with it."""
        callback = self._of(event)
        if callback is None:
            return None
        callback.agent_id = callback.call_id = None
        if event.fate.state is ContactState.PROMISED:
            return self._again(callback, event.fate.due_at)
        return None

    def _of(self, event: CallEnded | CallWrappedUp) -> _Callback | None:
        callback = self._open.get(self._at.get((event.campaign_id, event.contact_key), 0))
        return callback if callback is not None and callback.call_id == event.call_id else None

    def _again(self, callback: _Callback, due_at: int | None) -> str | None:
        if due_at is None or due_at >= callback.window_end_at:
            return f"to be tried at {due_at}, past its window (CB-9)"
        return None

    def over(self, event: CallbackEnded) -> str | None:
        """Exactly one end."""
        callback = self._open.pop(event.callback_id, None)
        if callback is None:
            return f"it has ended as {self.ended.get(event.callback_id)} already"
        if event.state not in _TERMINAL:
            return f"{event.state} ends no callback"
        if event.state is CallbackState.MISSED and not callback.tries:
            return "missed, though nobody tried (CB-9)"
        if event.state is CallbackState.REMOVED and event.at < callback.window_end_at:
            return "removed before its time (CQ-8)"
        self._leave(callback)
        self.ended[event.callback_id] = event.state
        return None
