"""A floor with queues and callbacks."""

from typing import Any

from fastdial.messages.callback_events import CallbackEnded, CallbackOffered
from fastdial.messages.callbacks import (
    CallbackAccept,
    CallbackGet,
    CallbackSchedule,
    CallbackView,
    MadeOfCaller,
    QueueCallerAbandoned,
    QueueKeyPressed,
)
from fastdial.messages.queues import MissedCallerSettings, QueueCreate, QueueSettings, QueueView
from fastdial.messages.queues import QueueGet as _QueueGet
from fastdial.messages.replies import CallbackReply, CallerReply, CallReply, QueueReply
from fastdial.messages.settings import RetryRule, RetrySettings
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import CallbackKind, CallbackState, MissedCallers, Saw
from floor import Floor, number

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


class CallbackFloor(Floor):
    """A site with queues, and callbacks promised in them."""

    def queue(self, queue_id: str = "help", **settings: Any) -> str:
        """A queue that is open at all hours unless told otherwise."""
        settings.setdefault("windows", ALWAYS_OPEN)
        chosen = QueueSettings(name="Help", **settings)
        self.do(QueueCreate(settings=chosen, queue_id=queue_id))
        return queue_id

    def calls_back(self, queue_id: str = "help", **missed: Any) -> str:
        """A queue that calls its missed callers back."""
        settings = {one: missed.pop(one) for one in SETTINGS if one in missed}
        missed.setdefault("become", MissedCallers.CALLBACK)
        return self.queue(queue_id, missed_callers=MissedCallerSettings(**missed), **settings)

    def promise(self, n: int = 1, *, in_ms: int = HOUR_MS, **more: Any) -> CallbackView:
        """A callback in a window of two hours that begins in an hour."""
        command = self.asking(n, in_ms=in_ms, **more)
        reply = self.do(command)
        assert isinstance(reply, CallbackReply)
        return reply.callback

    def asking(self, n: int = 1, *, in_ms: int = HOUR_MS, **more: Any) -> CallbackSchedule:
        """The command for that."""
        for_ms = more.pop("for_ms", 2 * HOUR_MS)
        given: dict[str, Any] = {
            "queue_id": "help",
            "number": number(n),
            "name": f"Customer {n}",
            "zone": "Europe/London",
        }
        if more.get("kind") is not CallbackKind.COURTESY:
            given["window_start_at"] = self.now + in_ms
            given["window_end_at"] = self.now + in_ms + for_ms
        return CallbackSchedule(**{**given, **more})

    def gives_up(self, n: int = 1, *, waited_s: int = 60, **more: Any) -> MadeOfCaller:
        """A caller gives up in the queue."""
        more.setdefault("queue_id", "help")
        command = QueueCallerAbandoned(number=number(n), waited_s=waited_s, **more)
        reply = self.do(command)
        assert isinstance(reply, CallerReply)
        return reply.caller

    def presses(self, n: int = 1, *, key: str = "1", **more: Any) -> MadeOfCaller:
        """A caller presses a key in the queue."""
        reply = self.do(QueueKeyPressed(queue_id="help", number=number(n), key=key, **more))
        assert isinstance(reply, CallerReply)
        return reply.caller

    def accept(self, callback_id: int = 1, agent_id: str = "ann", **more: Any) -> int:
        """The agent dials the callback on screen: the call."""
        reply = self.do(CallbackAccept(agent_id=agent_id, callback_id=callback_id, **more))
        assert isinstance(reply, CallReply)
        return reply.call_id

    def nobody_answers(self, call_id: int) -> None:
        """It rings out."""
        self.saw(call_id, Saw.NO_ANSWER, after_ms=20_000)

    # --- what is seen

    def callback(self, callback_id: int = 1) -> CallbackView:
        """A callback as it stands."""
        reply = self.do(CallbackGet(callback_id=callback_id))
        assert isinstance(reply, CallbackReply)
        return reply.callback

    def state_of(self, callback_id: int = 1) -> CallbackState:
        """Where a callback stands."""
        return self.site._state.records.callbacks[callback_id].state

    def queue_view(self, queue_id: str = "help") -> QueueView:
        """A queue as it stands."""
        reply = self.do(_QueueGet(queue_id=queue_id))
        assert isinstance(reply, QueueReply)
        return reply.queue

    def offered(self) -> list[tuple[int, str]]:
        """The callbacks that the last step offered, and to whom."""
        return [(event.callback_id, event.agent_id) for event in self.seen(CallbackOffered)]

    def ended(self) -> list[tuple[int, CallbackState, str]]:
        """The callbacks that have ended so far, in order, how and why."""
        return [
            (event.callback_id, event.state, event.reason) for event in self.all_seen(CallbackEnded)
        ]


SETTINGS = tuple(QueueSettings.__struct_fields__)
"""what is said of a queue, besides its missed callers"""


def retries(times: int, after_s: int) -> RetrySettings:
    """So many more tries, so far from each other."""
    return RetrySettings(not_reached=RetryRule(times=times, after_s=after_s))
