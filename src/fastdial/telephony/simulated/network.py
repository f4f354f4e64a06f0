"""The simulated network as an actor: it is asked to dial, bridge and hang up, and reports."""

from enum import Enum, auto
from heapq import heappop, heappush

from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import AgentReport, CallReport, EventFilter
from fastdial.messages.events import (
    AgentConnectEnded,
    AgentConnectRequested,
    BridgeRequested,
    CallEnded,
    DialRequested,
    HangUpRequested,
    MessageRequested,
)
from fastdial.messages.replies import Error
from fastdial.messages.words import AgentSaw, Party, Saw
from fastdial.telephony.simulated.dice import Dice
from fastdial.telephony.simulated.model import Destiny, Fortune, NetworkModel

BETWEEN_KEYS_MS = 600
LISTENS_ON_MS = 60_000
"""how long a customer stays on the line after the message or the last key"""
REMEMBERED_CALLS = 100_000
"""calls that are over whose ids are remembered, so that a dial request seen again is not dialed"""


class _Step(Enum):
    """What a call does at its next instant."""

    CONNECT = auto()
    """the agent, who is connected first, answers"""
    RING = auto()
    REPORT_NOT_REACHED = auto()
    ANSWER = auto()
    JOIN = auto()
    PART = auto()
    """the customer, the agent or the network ends it"""
    PLAYED = auto()
    """the message is over"""
    KEY = auto()
    """the customer presses the next key"""
    OBEY = auto()
    """hang up as it was told"""


class _Call:
    __slots__ = (
        "agent_id",
        "call_id",
        "destiny",
        "due",
        "keys",
        "party",
        "ring_limit_ms",
        "saw",
        "step",
    )

    def __init__(self, call_id: int, destiny: Destiny | None = None, ring_limit_ms: int = 0):
        self.call_id = call_id
        self.destiny = destiny
        self.ring_limit_ms = ring_limit_ms
        self.step: _Step | None = None
        self.due: int | None = None
        self.saw = Saw.HUNG_UP if destiny is None else destiny.saw
        self.party = Party.CUSTOMER
        self.agent_id = ""
        """whose leg it is, before the customer is dialed"""
        self.keys = ""
        """that the customer is going to press"""


class SimulatedNetwork:
    """Dials, rings, answers, bridges and hangs up in numbers only.

    What becomes of a call depends on the seed, the number, the attempt and the hour (see
    `Fortune`), and its times count from the events that asked for it, not from when they were
    seen. A network that starts anew and sees the events from the beginning therefore carries on
    with the calls that were up.
    """

    filter = EventFilter(
        types=(
            "agent.connect_requested",
            "agent.connect_ended",
            "call.dial_requested",
            "call.bridge_requested",
            "call.message_requested",
            "call.hang_up_requested",
            "call.ended",
        )
    )

    def __init__(self, model: NetworkModel, *, zone: str = "UTC", seed: int = 0) -> None:
        """Raises ValueError for a zone that IANA does not know."""
        self._fortune = Fortune(model, zone, seed)
        self._model = model
        self._calls: dict[int, _Call] = {}
        self._over: dict[int, None] = {}
        self._agenda: list[tuple[int, int]] = []
        self.refused = 0
        """reports that the site refused: of calls that it had given up"""

    @property
    def live_calls(self) -> int:
        """Calls that are up or being set up."""
        return len(self._calls)

    def see(self, event: Event, now: int) -> list[Command]:
        """Take up a request; what comes of it is said by `act`."""
        if isinstance(event, DialRequested):
            self._dial(event)
        elif isinstance(event, AgentConnectRequested):
            self._connect(event)
        elif isinstance(event, AgentConnectEnded):
            self._calls.pop(event.call_id, None)
        elif isinstance(event, BridgeRequested):
            self._bridge(event)
        elif isinstance(event, MessageRequested):
            self._play(event)
        elif isinstance(event, HangUpRequested):
            self._hang_up(event)
        elif isinstance(event, CallEnded):
            self._end(event.call_id)
        return []

    def hear(self, command: Command, reply: Reply, now: int) -> list[Command]:
        """A report that is refused is of a call that the site gave up: nothing is left to do."""
        if isinstance(reply, Error):
            self.refused += 1
        return []

    def next_due(self) -> int | None:
        """When the next report is due; nothing while no call does anything."""
        agenda = self._agenda
        while agenda:
            due, call_id = agenda[0]
            call = self._calls.get(call_id)
            if call is not None and call.due == due:
                return due
            heappop(agenda)
        return None

    def act(self, now: int) -> list[Command]:
        """Every report that is due by ``now``, by instant and, within it, by call id."""
        reports: list[Command] = []
        while (due := self.next_due()) is not None and due <= now:
            _, call_id = heappop(self._agenda)
            call = self._calls[call_id]
            if call.step is _Step.CONNECT:
                reports.append(self._connected(call))
            else:
                reports.append(self._report(call, due))
        return reports

    # --- requests

    def _connect(self, event: AgentConnectRequested) -> None:
        if event.call_id in self._calls or event.call_id in self._over:
            return
        dice = Dice(self._fortune.seed, "agent leg", event.call_id)
        answers_ms = self._model.agent_answers_after.sample_ms(dice)
        if not dice.happens(self._model.agent_misses) and answers_ms < event.ring_ms:
            call = self._calls[event.call_id] = _Call(event.call_id)
            call.agent_id = event.agent_id
            self._plan(call, _Step.CONNECT, event.at + answers_ms)

    def _dial(self, event: DialRequested) -> None:
        known = self._calls.get(event.call_id)
        if known is not None and known.step is _Step.CONNECT:
            del self._calls[event.call_id]  # seen before, when the agent's leg was reported
        if event.call_id in self._calls or event.call_id in self._over:
            return
        destiny = self._fortune.destiny(event.number, event.attempt, event.at)
        call = self._calls[event.call_id] = _Call(event.call_id, destiny, event.ring_ms)
        rings = destiny.saw in (Saw.ANSWERED, Saw.NO_ANSWER)
        step = _Step.RING if rings else _Step.REPORT_NOT_REACHED
        self._plan(call, step, event.at + destiny.dial_ms)

    def _bridge(self, event: BridgeRequested) -> None:
        call = self._calls.get(event.call_id)
        if call is None:
            if event.call_id not in self._over:
                self._disown(event.call_id, Party.NETWORK, event.at)
        elif call.destiny is not None and call.step is not _Step.OBEY:
            self._plan(call, _Step.JOIN, event.at + call.destiny.bridge_ms)

    def _play(self, event: MessageRequested) -> None:
        call = self._calls.get(event.call_id)
        if call is None:
            if event.call_id not in self._over:
                self._disown(event.call_id, Party.NETWORK, event.at)
            return
        if call.destiny is None or call.step is _Step.OBEY:
            return
        dice = Dice(self._fortune.seed, "message", event.call_id)
        lasts_ms = self._model.message.sample_ms(dice)
        if dice.happens(self._model.leaves_message):
            self._plan(call, _Step.PART, event.at + lasts_ms // 2)
        elif event.keys and dice.happens(self._model.presses_keys):
            call.keys = event.keys[int(dice.draw() * len(event.keys))]
            self._plan(call, _Step.KEY, event.at + lasts_ms)
        else:
            self._plan(call, _Step.PLAYED, event.at + lasts_ms)

    def _hang_up(self, event: HangUpRequested) -> None:
        call = self._calls.get(event.call_id)
        if call is None:
            self._disown(event.call_id, event.party, event.at)
        elif call.step is not _Step.OBEY:
            call.party = event.party
            dice = Dice(self._fortune.seed, "hang up", event.call_id)
            self._plan(call, _Step.OBEY, event.at + self._model.hang_up.sample_ms(dice))

    def _disown(self, call_id: int, party: Party, at: int) -> None:
        """Say that a call is over of which nothing is known (any more)."""
        call = self._calls[call_id] = _Call(call_id)
        call.party = party
        self._plan(call, _Step.OBEY, at)

    def _end(self, call_id: int) -> None:
        self._calls.pop(call_id, None)
        self._over[call_id] = None
        if len(self._over) > REMEMBERED_CALLS:
            del self._over[next(iter(self._over))]

    # --- time

    def _plan(self, call: _Call, step: _Step, due: int) -> None:
        call.step = step
        call.due = due
        heappush(self._agenda, (due, call.call_id))

    def _connected(self, call: _Call) -> AgentReport:
        del self._calls[call.call_id]  # the customer is dialed under the same id
        return AgentReport(call_id=call.call_id, agent_id=call.agent_id, saw=AgentSaw.CONNECTED)

    def _report(self, call: _Call, due: int) -> CallReport:
        """Do the call's step, which was due at ``due``, and plan the one after it."""
        call.due = None
        destiny = call.destiny
        step = call.step
        if destiny is not None:
            if step is _Step.RING:
                self._ring(call, destiny, due)
                return CallReport(call_id=call.call_id, saw=Saw.RINGING)
            if step is _Step.ANSWER:
                if destiny.patience_ms is not None:
                    self._plan(call, _Step.PART, due + destiny.patience_ms)
                return CallReport(call_id=call.call_id, saw=Saw.ANSWERED, answerer=destiny.reported)
            if step in (_Step.PLAYED, _Step.KEY):
                return self._hear_out(call, due)
            if step is _Step.JOIN:
                call.party = Party.AGENT if destiny.agent_hangs_up else Party.CUSTOMER
                self._plan(call, _Step.PART, due + destiny.talk_ms)
                return CallReport(call_id=call.call_id, saw=Saw.BRIDGED)
        self._end(call.call_id)
        if step is _Step.REPORT_NOT_REACHED:
            return CallReport(call_id=call.call_id, saw=call.saw)
        return CallReport(call_id=call.call_id, saw=Saw.HUNG_UP, party=call.party)

    def _hear_out(self, call: _Call, due: int) -> CallReport:
        """The message is over, or the customer presses the next key."""
        key, call.keys = call.keys[:1], call.keys[1:]
        if call.keys:
            self._plan(call, _Step.KEY, due + BETWEEN_KEYS_MS)
        else:
            self._plan(call, _Step.PART, due + LISTENS_ON_MS)
        if not key:
            return CallReport(call_id=call.call_id, saw=Saw.PLAYED)
        return CallReport(call_id=call.call_id, saw=Saw.KEY, key=key)

    def _ring(self, call: _Call, destiny: Destiny, due: int) -> None:
        if destiny.ring_ms > call.ring_limit_ms:
            call.saw = Saw.NO_ANSWER
            self._plan(call, _Step.REPORT_NOT_REACHED, due + call.ring_limit_ms)
        elif destiny.saw is Saw.ANSWERED:
            self._plan(call, _Step.ANSWER, due + destiny.ring_ms + destiny.detection_ms)
        else:
            self._plan(call, _Step.REPORT_NOT_REACHED, due + destiny.ring_ms)
