"""CO-1, CO-3, CA-8: whatever the rules, zones and dates, no attempt is where it may not be.

A site lives through some days that begin anywhere between 2000 and 2040, more often than not
near an hour at which clocks jump. Each attempt on its record is checked by means of its own: local
time by `zoneinfo` and a look at every line of the settings, caps by counting the attempts before
it, live contacts and numbers by a book of its own.
"""

import random
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from effort import examples
from fastdial import Site
from fastdial.messages import commands as c
from fastdial.messages import events as ev
from fastdial.messages.base import Command, Event
from fastdial.messages.compliance import CapSubject, ComplianceSettings, FrequencyCap
from fastdial.messages.settings import (
    CampaignSettings,
    RetryRule,
    RetrySettings,
    WrapUpCode,
)
from fastdial.messages.windows import WindowSettings, WorkingHours
from fastdial.messages.words import (
    Answerer,
    CodeMeaning,
    ContactOrder,
    DialingMode,
    NextNumber,
    Saw,
)
from fastdial.rules.windows import WindowKey, window_faults
from floor import number
from property.test_windows_twin import CALENDARS, STRANGE, ZONES, instants, rules, week
from twins.windows import is_open

HOUR_MS = 3_600_000
DAYS = 4
CAMPAIGNS = ("00001", "00002")
AGENTS = ("ann", "bob", "eve")


@st.composite
def windows(draw: st.DrawFn, around: datetime) -> WindowSettings:
    working = draw(st.none() | week(around, CALENDARS).map(lambda w: WorkingHours(**w)))  # type: ignore[arg-type]  # fields by name
    found = WindowSettings(
        presets=(),
        working=working,
        rules=tuple(draw(st.lists(rules(around), max_size=2))),
        **draw(week(around, ["", *CALENDARS])),  # type: ignore[arg-type]  # fields by name
    )
    assume(not window_faults(found))
    return found


class Days:
    """A site, three agents, a network that answers by chance, and the record of it all."""

    def __init__(
        self, start: int, hours: list[WindowSettings], zones: list[str], seed: int
    ) -> None:
        self.rng = random.Random(seed)
        self.site = Site(seed=seed)
        self.now = start
        self.events: list[Event] = []
        self.coming: list[tuple[int, int, Command]] = []
        self.contacts: dict[str, dict[str, dict[str, Any]]] = {}
        self.hours = dict(zip(CAMPAIGNS, hours, strict=True))
        self.zones = zones
        self.caps = tuple(
            FrequencyCap(
                subject=self.rng.choice([CapSubject.NUMBER, CapSubject.CONTACT]),
                attempts=self.rng.randint(1, 3),
                period_s=self.rng.choice([3_600, 86_400, 2 * 86_400]),
            )
            for _ in range(self.rng.randint(0, 2))
        )
        self.campaign_zone = self.rng.choice(zones)
        for campaign_id in CAMPAIGNS:
            self.do(c.CampaignCreate(settings=self._settings(campaign_id), campaign_id=campaign_id))
            rows = self._rows()
            self.contacts[campaign_id] = {row["contact_key"]: row for row in rows}
            self.do(c.ContactsLoad(campaign_id=campaign_id, contacts=rows))
            self.do(c.CampaignStart(campaign_id=campaign_id))
        for agent_id in AGENTS:
            self.do(c.AgentLogin(agent_id=agent_id))
            self.do(c.AgentReady(agent_id=agent_id))

    def _settings(self, campaign_id: str) -> CampaignSettings:
        again = RetryRule(times=100, after_s=1_800, next_number=NextNumber.NEXT)
        return CampaignSettings(
            name="c",
            mode=self.rng.choice([DialingMode.PROGRESSIVE, DialingMode.PREDICTIVE]),
            contact_order=self.rng.choice([ContactOrder.OLDEST, ContactOrder.RANDOM]),
            zone=self.campaign_zone,
            windows=self.hours[campaign_id],
            wrap_up_codes=(
                WrapUpCode(code="again", name="a", meaning=CodeMeaning.RETRY, retry_after_s=600),
            ),
            retries=RetrySettings(max_attempts=500, not_reached=again, failed=again),
            compliance=ComplianceSettings(caps=self.caps),
        )

    def _rows(self) -> list[dict[str, Any]]:
        rng = self.rng
        return [
            {
                "contact_key": f"c{n}",
                "numbers": [
                    {"number": number(rng.randint(0, 12)), **hours}
                    for hours in [rng.choice([{}, {"from": "10:30", "until": "13:00"}])]
                ]
                + [number(20 + n)] * rng.randint(0, 1),
                "zone": rng.choice(self.zones),
                "region": "GB",
            }
            for n in range(10)
        ]

    # --- what happens

    def do(self, command: Command) -> None:
        self._react(self.site.handle(command, self.now).events)

    def live(self, until: int) -> None:
        """All that happens before ``until``, each thing at its own instant."""
        for _ in range(3_000):
            ours = self.coming[0][0] if self.coming else until
            due_at = self.site.next_due()
            self.now = max(self.now, min(ours, until if due_at is None else due_at))
            if self.now >= until:
                return
            if self.coming and ours <= self.now:
                self.do(heappop(self.coming)[2])
            else:
                self._react(self.site.advance(self.now))

    def _soon(self, command: Command) -> None:
        at = self.now + self.rng.randint(1, 120) * 1_000
        heappush(self.coming, (at, len(self.events) * 100 + len(self.coming), command))

    def _react(self, events: list[Event]) -> None:
        self.events += events
        for event in events:
            match event:
                case ev.DialRequested(call_id=call_id):
                    if self.rng.random() < 0.5:
                        self._soon(c.CallReport(call_id=call_id, saw=Saw.BUSY))
                    else:
                        answerer = self.rng.choice(list(Answerer))
                        report = c.CallReport(call_id=call_id, saw=Saw.ANSWERED, answerer=answerer)
                        self.do(report)
                case ev.BridgeRequested(call_id=call_id):
                    self.do(c.CallReport(call_id=call_id, saw=Saw.BRIDGED))
                    self._soon(c.CallReport(call_id=call_id, saw=Saw.HUNG_UP))
                case ev.HangUpRequested(call_id=call_id):
                    self.do(c.CallReport(call_id=call_id, saw=Saw.HUNG_UP))
                case ev.CallEnded(call_id=call_id, fate=None, agent_id=str(agent_id)):
                    wrap_up = c.CallWrapUp(call_id=call_id, agent_id=agent_id, code="again")
                    self._soon(wrap_up)

    # --- what must hold

    def check(self) -> int:
        """Look at every attempt; gives how many there were."""
        live: dict[int, tuple[str, str, str]] = {}
        attempts: list[ev.DialRequested] = []
        for event in self.events:
            match event:
                case ev.DialRequested():
                    self._check_window(event)
                    self._check_caps(event, attempts)
                    assert (event.campaign_id, event.contact_key) not in [
                        call[:2] for call in live.values()
                    ], f"contact {event.contact_key} is in a call already (CA-8)"
                    assert event.number not in [call[2] for call in live.values()], (
                        f"number {event.number} is in a call already (CA-8)"
                    )
                    live[event.call_id] = (event.campaign_id, event.contact_key, event.number)
                    attempts.append(event)
                case ev.CallEnded():
                    del live[event.call_id]
        return len(attempts)

    def _check_window(self, event: ev.DialRequested) -> None:
        row = self.contacts[event.campaign_id][event.contact_key]
        given = row["numbers"][event.number_index]
        begin, end = 0, 1_440
        if isinstance(given, dict) and "from" in given:
            begin, end = 10 * 60 + 30, 13 * 60
        key = WindowKey((row["zone"],), ("GB",), begin, end)
        where = datetime.fromtimestamp(event.at / 1_000, UTC).astimezone(ZoneInfo(row["zone"]))
        assert is_open(self.hours[event.campaign_id], self.campaign_zone, key, event.at), (
            f"call {event.call_id} at {where} (CO-1)"
        )

    def _check_caps(self, event: ev.DialRequested, before: list[ev.DialRequested]) -> None:
        for cap in self.caps:
            since = event.at - cap.period_s * 1_000
            counted = [
                one
                for one in before
                if one.at > since
                and (
                    one.number == event.number
                    if cap.subject is CapSubject.NUMBER
                    else one.contact_key == event.contact_key
                )
            ]
            assert len(counted) < (cap.attempts or 0), f"call {event.call_id}: {cap} (CO-3)"


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_co_1_co_3_ca_8_no_attempt_is_where_it_may_not_be(data: st.DataObject, seed: int) -> None:
    zones = data.draw(
        st.lists(st.sampled_from([*STRANGE, *STRANGE, *ZONES]), min_size=1, max_size=3)
    )
    start = data.draw(instants(zones[0]))
    around = datetime.fromtimestamp(start / 1_000, UTC).astimezone(ZoneInfo(zones[0]))
    hours = [data.draw(windows(around)) for _ in CAMPAIGNS]
    days = Days(start, hours, zones, seed)
    days.live(start + DAYS * 24 * HOUR_MS)
    days.check()


def test_the_days_are_worth_checking() -> None:
    """Most of them have many attempts, or the test above would look at nothing."""
    attempts = []
    for seed in range(5):
        start = 1_774_700_000_000 + seed * 7 * 24 * HOUR_MS
        days = Days(
            start, [WindowSettings(presets=())] * 2, ["Europe/Warsaw", "Asia/Kolkata"], seed
        )
        days.live(start + DAYS * 24 * HOUR_MS)
        attempts.append(days.check())
    assert sum(attempts) > 200
