"""`CallbackBook`: which callbacks are open, which are due and for whom, and who calls back.

An index over the records; only `fastdial.engine.apply` changes it.
"""

from hashlib import blake2b

from sortedcontainers import SortedList

from fastdial.engine.callback_lists import CallbackLists
from fastdial.engine.records import Agent, Callback, Records
from fastdial.messages.words import AgentState, CallbackKind, CallbackState, CallerOrder

_ABANDONED = CallbackKind.ABANDONED
_COURTESY = CallbackKind.COURTESY
_DIALED = CallbackState.DIALED
_DUE = CallbackState.DUE
_OFFERED = CallbackState.OFFERED
_SCHEDULED = CallbackState.SCHEDULED

OPEN = (_SCHEDULED, _DUE, _OFFERED, _DIALED)
"""states of a callback that is not over"""

_NUMBER_BITS = 50
"""of a telephone number of 15 digits"""

DueKey = tuple[int, int, int, int]
"""by what due callbacks go: priority, time or turn, personal first, id; the lowest goes first"""


class DueCallbacks:
    """The due callbacks of one campaign that anybody of its agents can take."""

    __slots__ = ("courtesy", "missed", "promised")

    def __init__(self) -> None:
        self.promised: SortedList[DueKey] = SortedList()
        """those for which a time was agreed, and places kept"""
        self.missed: SortedList[DueKey] = SortedList()
        """missed callers, in the order of their queue (rule CQ-5)"""
        self.courtesy = 0
        """how many of those promised are places kept: callers whom we queued (rule CQ-6)"""

    def __bool__(self) -> bool:
        return bool(self.promised) or bool(self.missed)


class CallbackBook:
    """Callbacks by contact, by number, by owner and by campaign."""

    __slots__ = (
        "_open_by_number",
        "_records",
        "by_row",
        "calling_back",
        "lists",
        "own_due",
        "shared_due",
        "willing",
    )

    def __init__(self, records: Records) -> None:
        self._records = records
        self.lists = CallbackLists()
        self.by_row: dict[int, Callback] = {}
        """the open callback that hangs on a contact"""
        self._open_by_number: dict[int, int] = {}
        """the callback that is open for a queue's campaign and a number (rule CB-12)"""
        self.own_due: dict[str, SortedList[DueKey]] = {}
        """due callbacks of each owner"""
        self.willing: dict[str, None] = {}
        """owners of due callbacks who are ready"""
        self.shared_due: dict[str, DueCallbacks] = {}
        """due callbacks for anybody, by campaign; without those that have none"""
        self.calling_back: dict[str, int] = {}
        """agents with a callback on screen, in a call or in the wrap-up after it, by campaign"""

    # --- looked up

    def open_for(self, campaign_number: int, number: int) -> Callback | None:
        """The open callback of a queue, by its campaign, for a number (rule CB-12)."""
        callback_id = self._open_by_number.get(_customer(campaign_number, number))
        return None if callback_id is None else self._records.callbacks[callback_id]

    def own(self, agent_id: str) -> SortedList[DueKey]:
        """The due callbacks of an owner."""
        return self.own_due.get(agent_id, _NONE)

    # --- changed

    def open(self, callback: Callback) -> None:
        """A callback is there, and not over."""
        self.by_row[callback.row] = callback
        if self._records.campaigns[callback.campaign_id].queue_id:
            customer = _customer(int(callback.campaign_id), callback.number)
            self._open_by_number[customer] = callback.callback_id
        if callback.state in (_OFFERED, _DIALED):
            self.count(callback.campaign_id, 1)

    def close(self, callback: Callback) -> None:
        """It is over."""
        del self.by_row[callback.row]
        customer = _customer(int(callback.campaign_id), callback.number)
        self._open_by_number.pop(customer, None)

    def count(self, campaign_id: str, change: int) -> None:
        """One agent more, or less, calls back."""
        left = self.calling_back.get(campaign_id, 0) + change
        if left:
            self.calling_back[campaign_id] = left
        else:
            self.calling_back.pop(campaign_id, None)

    def line_up(self, callback: Callback) -> None:
        """It is due, and can be offered."""
        if callback.owner_id is not None:
            own = self.own_due.get(callback.owner_id)
            if own is None:
                own = self.own_due[callback.owner_id] = SortedList()
            own.add(self.key(callback))
            self.look_at(self._records.agents.get(callback.owner_id))
            return
        due = self.shared_due.get(callback.campaign_id)
        if due is None:
            due = self.shared_due[callback.campaign_id] = DueCallbacks()
        due.courtesy += callback.kind is _COURTESY
        _line(due, callback).add(self.key(callback))

    def step_out(self, callback: Callback) -> None:
        """Undo `line_up`, before the record changes; without harm where it does not stand there."""
        key = self.key(callback)
        if callback.owner_id is not None:
            own = self.own_due.get(callback.owner_id)
            if own is not None and key in own:
                own.remove(key)
                if not own:
                    del self.own_due[callback.owner_id]
                    self.willing.pop(callback.owner_id, None)
            return
        due = self.shared_due.get(callback.campaign_id)
        if due is not None and key in _line(due, callback):
            _line(due, callback).remove(key)
            due.courtesy -= callback.kind is _COURTESY
            if not due:
                del self.shared_due[callback.campaign_id]

    def look_at(self, agent: Agent | None) -> None:
        """An agent's state, or what is due for the agent, may have changed."""
        if agent is None or agent.agent_id not in self.own_due:
            return
        if agent.state is AgentState.READY:
            self.willing[agent.agent_id] = None
        else:
            self.willing.pop(agent.agent_id, None)

    def reorder(self, campaign_id: str) -> None:
        """Missed callers go in another order from now on (rule CQ-5)."""
        due = self.shared_due.get(campaign_id)
        if due is not None:
            ids = [key[-1] for key in due.missed]
            callbacks = self._records.callbacks
            due.missed = SortedList(self.key(callbacks[callback_id]) for callback_id in ids)

    def key(self, callback: Callback) -> DueKey:
        """By what a due callback goes among others."""
        personal_first = 0 if callback.owner_id is not None else 1
        turn = callback.window_start_at
        if callback.kind is _ABANDONED:
            turn = self._turn_of(callback)
        return -callback.priority, turn, personal_first, callback.callback_id

    def _turn_of(self, callback: Callback) -> int:
        campaign = self._records.campaigns[callback.campaign_id]
        match self._records.queues[campaign.queue_id].settings.missed_callers.caller_order:
            case CallerOrder.OLDEST:
                return callback.made_at
            case CallerOrder.NEWEST:
                return -callback.made_at
            case CallerOrder.RANDOM:
                text = f"{self._records.seed}:callback {callback.callback_id}".encode()
                return int.from_bytes(blake2b(text, digest_size=7).digest(), "big")

    # --- found anew

    def index(self) -> None:
        """Everything from the records, of a site that was restored."""
        self.lists.fill(self._records.callbacks.values())
        for callback in self._records.callbacks.values():
            if callback.ended_at is None:
                self.open(callback)
                if callback.state is _DUE and not callback.held:
                    self.line_up(callback)


_NONE: SortedList[DueKey] = SortedList()


def _line(due: DueCallbacks, callback: Callback) -> SortedList[DueKey]:
    return due.missed if callback.kind is _ABANDONED else due.promised


def _customer(campaign_number: int, number: int) -> int:
    return campaign_number << _NUMBER_BITS | number
