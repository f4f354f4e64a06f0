"""Inbound calls that share agents with a dialer, slow and obvious: one day, one list of events."""

import heapq
import itertools
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from fastdial.kernel.variates import Law, Stream

INBOUND, OUTBOUND = 0, 1


@dataclass(eq=False)
class Call:
    kind: int
    arrived_at: float
    waits: bool = False


@dataclass
class Day:
    """As the arguments of `blended`; `run` gives what its columns hold for one stream."""

    period_s: float
    inbound_per_s: list[float]
    inbound_agents: list[int]
    blend_agents: list[int]
    reach: list[float]
    patience: Law
    handle: Law
    outbound_patience: Law
    outbound_handle: Law
    dial_from_s: float
    dial_to_s: float
    busyness: Law | None = None
    balk: float = 0.0
    free_least: int = 1
    lines_per_free: float = 1.0
    queue_max: int = 1_000
    late_s: float = 20.0
    counts: Counter[str] = field(default_factory=Counter)
    spent: dict[str, float] = field(default_factory=dict)

    def run(self, seed: int, stream: int) -> dict[str, Any]:
        parent = Stream(seed, stream)
        self.arrivals, self.lengths, self.dialing = (parent.split() for _ in range(3))
        self.factor = 1.0 if self.busyness is None else self.arrivals.draw(self.busyness)
        self.now, self.period, self.dials = 0.0, 0, False
        self.staff, self.busy = [0, 0], [0, 0]
        self.queues: tuple[list[Call], list[Call]] = ([], [])
        self.order = itertools.count()
        self.agenda: list[tuple[float, int, Any, Any]] = []
        self.next_caller = 0
        self.plan(self.dial_from_s, self.switch, True)
        self.plan(self.dial_to_s, self.switch, False)
        self.begin(0)
        close = len(self.reach) * self.period_s
        while self.agenda:
            at, _, what, about = heapq.heappop(self.agenda)
            for group, name in enumerate(("inbound", "blend")):
                lasted = max(0.0, min(at, close) - self.now)
                here = max(self.staff[group], self.busy[group])
                for figure, agents in (("busy", self.busy[group]), ("present", here)):
                    key = f"{name}_{figure}_s"
                    self.spent[key] = self.spent.get(key, 0.0) + agents * lasted
            self.now = at
            what(about)
        return {**self.counts, **self.spent}

    def plan(self, at: float, what: Any, about: Any) -> None:
        heapq.heappush(self.agenda, (at, next(self.order), what, about))

    def idle(self, group: int) -> int:
        return max(0, self.staff[group] - self.busy[group])

    def begin(self, period: int) -> None:
        self.next_caller += 1  # whoever was to come by the old rate does not
        if period == len(self.reach):
            return
        self.period = period
        for group, staff in ((INBOUND, self.inbound_agents), (OUTBOUND, self.blend_agents)):
            self.staff[group] = staff[period]
            self.look_at_queues(group)
        self.await_caller()
        self.plan((period + 1) * self.period_s, self.begin, period + 1)

    def await_caller(self) -> None:
        rate = self.factor * self.inbound_per_s[self.period]
        self.next_caller += 1
        if rate > 0:
            gap = -math.log(self.arrivals.uniform()) / rate
            self.plan(self.now + gap, self.calls, self.next_caller)

    def calls(self, which: int) -> None:
        if which == self.next_caller:
            self.await_caller()
            self.arrive(INBOUND)

    def arrive(self, kind: int) -> None:
        name = ("inbound", "reached")[kind]
        self.counts[name] += 1
        balks = kind == INBOUND and self.arrivals.uniform() < self.balk
        call = Call(kind, self.now)
        if kind == INBOUND and self.idle(INBOUND):
            self.serve(call, INBOUND)
        elif self.idle(OUTBOUND):
            self.serve(call, OUTBOUND)
        elif balks or len(self.queues[0]) + len(self.queues[1]) >= self.queue_max:
            self.abandon(call)
        else:
            call.waits = True
            self.queues[kind].append(call)
            law = (self.patience, self.outbound_patience)[kind]
            self.plan(self.now + self.arrivals.draw(law), self.lose_patience, call)

    def lose_patience(self, call: Call) -> None:
        if call.waits:
            self.queues[call.kind].remove(call)
            self.abandon(call)

    def is_late(self, call: Call) -> bool:
        return call.kind == INBOUND and self.now - call.arrived_at >= self.late_s

    def abandon(self, call: Call) -> None:
        call.waits = False
        self.counts[f"{('inbound', 'outbound')[call.kind]}_abandoned"] += 1
        self.counts["late"] += self.is_late(call)

    def serve(self, call: Call, group: int) -> None:
        call.waits = False
        self.busy[group] += 1
        self.counts[f"{('inbound', 'outbound')[call.kind]}_served"] += 1
        self.counts["late"] += self.is_late(call)
        law = (self.handle, self.outbound_handle)[call.kind]
        self.plan(self.now + self.lengths.draw(law), self.end, group)

    def end(self, group: int) -> None:
        self.busy[group] -= 1
        self.look_at_queues(group)
        self.dial()

    def look_at_queues(self, group: int) -> None:
        order = (OUTBOUND, INBOUND) if group == OUTBOUND else (INBOUND,)
        while self.idle(group):
            queue = next((self.queues[kind] for kind in order if self.queues[kind]), None)
            if queue is None:
                return
            self.serve(queue.pop(0), group)

    def switch(self, on: bool) -> None:
        self.dials = on
        self.dial()

    def dial(self) -> None:
        free = self.idle(OUTBOUND)
        if not self.dials or free + self.idle(INBOUND) < self.free_least:
            return
        for _ in range(math.floor(self.lines_per_free * free + 0.5)):
            self.counts["tried"] += 1
            if self.dialing.uniform() < self.reach[self.period]:
                self.arrive(OUTBOUND)
