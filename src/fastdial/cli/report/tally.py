"""Counting a journal: events go in one by one, a report comes out at any time.

No clock, no file: the same events give the same report.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from fastdial.cli.report.agent_time import AgentTime
from fastdial.cli.report.contacts import ContactBook
from fastdial.cli.report.form import Calls, Hour, Report, Timeline, Waiting
from fastdial.messages import events as ev
from fastdial.messages.base import Event
from fastdial.messages.errors import RefusedRow
from fastdial.messages.words import AgentState, AttemptOutcome

PREPARATION = (
    ev.SiteConfigured,
    ev.CommandRemembered,
    ev.CampaignCreated,
    ev.CampaignUpdated,
    ev.ContactsLoaded,
    ev.ContactsRemoved,
)
"""events before which no work has begun"""
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
MAX_STEPS = 120
STEPS_MIN = (1, 2, 5, 10, 15, 30, 60)

ABANDONMENT = (
    "calls abandoned / calls answered by a person (connected or abandoned); a call is abandoned "
    "when no agent is there within the campaign's limit after the answer, or the person hangs up "
    "before"
)


class Tally:
    """Counts over a site's events in sequence, of one campaign or of all."""

    def __init__(self, campaign_id: str | None = None) -> None:
        self._campaign_id = campaign_id
        self._titles: list[str] = []
        self._modes: set[str] = set()
        self._state: str | None = None
        self._begun = False
        self._begins_at: int | None = None
        self._ends_at = 0
        self._events = 0
        self._live: set[int] = set()
        self._outcomes: Counter[AttemptOutcome] = Counter()
        self._codes: Counter[str] = Counter()
        self._waited_ms: Counter[int] = Counter()
        self._bridges: dict[int, int] = {}
        self._bridging_ms: Counter[int] = Counter()
        self._ring_ms = 0
        self._talk_ms = 0
        self._attempts = 0
        self._minutes: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._contacts = ContactBook()
        self._agents = AgentTime(MINUTE_MS)
        self._sees: dict[type[Event], Callable[[Any], None]] = {
            ev.CampaignCreated: self._campaign,
            ev.CampaignUpdated: self._campaign,
            ev.CampaignStateChanged: self._campaign_state,
            ev.AgentStateChanged: self._agent,
            ev.DialRequested: self._dialed,
            ev.BridgeRequested: self._asked_to_bridge,
            ev.CallBridged: self._bridged,
            ev.CallEnded: self._ended,
            ev.CallWrappedUp: self._wrapped_up,
        }

    def see(self, event: Event) -> None:
        """Count an event; they come in sequence."""
        if not self._begun:
            self._begins_at = self._agents.begins_at = event.at
            self._begun = not isinstance(event, PREPARATION)
        self._ends_at = event.at
        self._events += 1
        if self._campaign_id not in (None, getattr(event, "campaign_id", self._campaign_id)):
            return
        self._contacts.see(event)
        sees = self._sees.get(type(event))
        if sees is not None:
            sees(event)

    def see_all(self, events: Iterable[Event]) -> "Tally":
        """Count events in sequence."""
        for event in events:
            self.see(event)
        return self

    # --- what is seen

    def _minute(self, at: int) -> Counter[str]:
        return self._minutes[(at - (self._begins_at or 0)) // MINUTE_MS]

    def _campaign(self, event: ev.CampaignCreated | ev.CampaignUpdated) -> None:
        self._modes.add(event.settings.mode)
        if event.settings.name not in self._titles:
            self._titles.append(event.settings.name)

    def _campaign_state(self, event: ev.CampaignStateChanged) -> None:
        self._state = event.state

    def _agent(self, event: ev.AgentStateChanged) -> None:
        self._agents.changed(event.agent_id, event.state, event.at)

    def _dialed(self, event: ev.DialRequested) -> None:
        self._attempts += 1
        self._live.add(event.call_id)
        self._minute(event.at)["attempts"] += 1

    def _asked_to_bridge(self, event: ev.BridgeRequested) -> None:
        self._bridges[event.call_id] = event.at

    def _bridged(self, event: ev.CallBridged) -> None:
        asked_at = self._bridges.pop(event.call_id, None)
        if asked_at is not None:
            self._bridging_ms[event.at - asked_at] += 1

    def _ended(self, event: ev.CallEnded) -> None:
        self._live.discard(event.call_id)
        self._bridges.pop(event.call_id, None)
        self._outcomes[event.outcome] += 1
        minute = self._minute(event.at)
        minute["ended"] += 1
        if event.outcome is AttemptOutcome.ABANDONED:
            minute["abandoned"] += 1
        if event.outcome in (AttemptOutcome.ANSWERED, AttemptOutcome.ABANDONED):
            minute["answered"] += 1
            self._ring_ms += event.ring_ms
        if event.outcome is AttemptOutcome.ANSWERED:
            self._waited_ms[event.waited_ms] += 1
            self._talk_ms += event.talk_ms
        if event.code is not None:
            self._codes[event.code] += 1

    def _wrapped_up(self, event: ev.CallWrappedUp) -> None:
        self._codes[event.code or ""] += 1

    # --- what it came to

    def report(self, *, unread: Sequence[RefusedRow] = (), speed: float | None = None) -> Report:
        """The report up to the last event. ``unread``: rows that never reached the site."""
        self._agents.until(self._ends_at)
        refused = sorted([*self._contacts.refused, *unread], key=lambda row: row.row)
        one = self._campaign_id is not None or len(self._titles) == 1
        return Report(
            title=", ".join(self._titles),
            campaign_id=self._campaign_id,
            mode=next(iter(self._modes)) if len(self._modes) == 1 else None,
            state=self._state if one else None,
            begins_at=self._begins_at or 0,
            ends_at=self._ends_at,
            events=self._events,
            speed=speed,
            calls=self._calls(),
            waiting=waiting(self._waited_ms, self._bridging_ms),
            agents=self._agents.figures(self._outcomes[AttemptOutcome.ANSWERED]),
            contacts=self._contacts.figures(len(refused)),
            wrap_up_codes=dict(self._codes.most_common()),
            hours=[self._hour(hour) for hour in range(self._count(HOUR_MS))],
            timeline=self._timeline(),
            refused_rows=refused,
        )

    def _calls(self) -> Calls:
        abandoned = self._outcomes[AttemptOutcome.ABANDONED]
        connected = self._outcomes[AttemptOutcome.ANSWERED]
        answered = abandoned + connected
        return Calls(
            attempts=self._attempts,
            live=len(self._live),
            outcomes={str(outcome): n for outcome, n in self._outcomes.most_common() if n},
            answered=answered,
            connected=connected,
            abandoned=abandoned,
            connect_rate=ratio(answered, self._outcomes.total()),
            abandonment_rate=ratio(abandoned, answered),
            abandonment_definition=ABANDONMENT,
            mean_ring_ms=ratio(self._ring_ms, answered),
            mean_talk_ms=ratio(self._talk_ms, connected),
        )

    def _count(self, step_ms: int) -> int:
        """How many steps the time takes; an instant at a boundary belongs to the next step."""
        if self._begins_at is None:
            return 0
        return (self._ends_at - self._begins_at) // step_ms + 1

    def _sum(self, step: int, step_ms: int) -> Counter[str]:
        total: Counter[str] = Counter()
        minutes = step_ms // MINUTE_MS
        for minute in range(step * minutes, (step + 1) * minutes):
            if minute in self._minutes:
                total += self._minutes[minute]
        return total

    def _hour(self, hour: int) -> Hour:
        counts = self._sum(hour, HOUR_MS)
        begins_at = (self._begins_at or 0) + hour * HOUR_MS
        lasts_ms = min(HOUR_MS, self._ends_at - begins_at)
        present_ms, busy_ms = self._agents.present_and_busy_ms(hour, HOUR_MS)
        return Hour(
            begins_at=begins_at,
            attempts=counts["attempts"],
            answered=counts["answered"],
            abandoned=counts["abandoned"],
            abandonment_rate=ratio(counts["abandoned"], counts["answered"]),
            connect_rate=ratio(counts["answered"], counts["ended"]),
            agents=present_ms / lasts_ms if lasts_ms else 0.0,
            utilisation=ratio(busy_ms, present_ms),
        )

    def _timeline(self) -> Timeline:
        step_ms = MINUTE_MS * next(
            (minutes for minutes in STEPS_MIN if self._count(minutes * MINUTE_MS) <= MAX_STEPS),
            STEPS_MIN[-1],
        )
        count = self._count(step_ms)
        sums = [self._sum(step, step_ms) for step in range(count)]
        tail_ms = (self._ends_at - (self._begins_at or 0)) % step_ms or step_ms
        lasts_ms = [step_ms] * max(0, count - 1) + [tail_ms] * min(count, 1)
        return Timeline(
            step_ms=step_ms,
            attempts=[one["attempts"] for one in sums],
            ended=[one["ended"] for one in sums],
            answered=[one["answered"] for one in sums],
            abandoned=[one["abandoned"] for one in sums],
            agents={
                str(state): [
                    self._agents.state_ms(state, step, step_ms) / lasts
                    for step, lasts in enumerate(lasts_ms)
                ]
                for state in AgentState
                if state is not AgentState.LOGGED_OUT
            },
        )


def ratio(part: float, whole: float) -> float | None:
    """``part / whole``, or none where there is no whole."""
    return part / whole if whole else None


def waiting(waited_ms: Counter[int], bridging_ms: Counter[int]) -> Waiting:
    """Waiting and bridging times from how often each occurred."""
    calls = waited_ms.total()
    return Waiting(
        calls=calls,
        at_once_share=ratio(waited_ms[0], calls),
        p50_ms=percentile(waited_ms, 0.50),
        p90_ms=percentile(waited_ms, 0.90),
        p95_ms=percentile(waited_ms, 0.95),
        p99_ms=percentile(waited_ms, 0.99),
        max_ms=max((value for value, n in waited_ms.items() if n), default=None),
        bridging_p50_ms=percentile(bridging_ms, 0.50),
        bridging_p95_ms=percentile(bridging_ms, 0.95),
    )


def percentile(counts: Counter[int], share: float) -> int | None:
    """The least value that at least ``share`` of the values do not exceed (nearest rank)."""
    total = counts.total()
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen and seen >= share * total:
            return value
    return None
