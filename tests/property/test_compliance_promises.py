"""CO-2, CO-3, CO-5, CO-6, CO-7: whatever happens on the floor, the record shows no broken promise.

What is checked is recomputed from the events alone, by looking through all of them for each call.
"""

import random
from typing import Any

import pytest

from effort import examples
from fastdial import Site
from fastdial.engine.records import Call
from fastdial.messages import commands as c
from fastdial.messages import events as ev
from fastdial.messages.base import Command, Event
from fastdial.messages.compliance import (
    AbandonmentDefinition,
    CapScope,
    CapSubject,
    ComplianceSettings,
    FrequencyCap,
    MeasuringWindow,
    SiteCompliance,
)
from fastdial.messages.settings import (
    CampaignSettings,
    PacingSettings,
    RetryRule,
    RetrySettings,
    SiteConfig,
    WrapUpCode,
)
from fastdial.messages.words import (
    Answerer,
    AttemptOutcome,
    CallState,
    CodeMeaning,
    DialingMode,
    Party,
    Saw,
)
from fastdial.rules.compliance.measure import CALL, figure
from fastdial.rules.compliance.packed import unpacked
from fastdial.rules.compliance.presets import caps_of, definition_of
from floor import NOON, number

AGENTS = ("ann", "bob", "eve", "joe")
MINUTE_MS = 60_000


class Floor:
    """Two campaigns over the same numbers, four agents, and chance."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        rng = self.rng
        self.config = SiteConfig(compliance=SiteCompliance(caps=self._caps(CapScope.SITE)))
        self.site = Site(self.config, seed)
        self.now = NOON
        self.events: list[Event] = []
        self.settings = [self._settings(), self._settings()]
        for settings in self.settings:
            self.do(c.CampaignCreate(settings=settings))
        for campaign_id in ("00001", "00002"):
            self.do(c.ContactsLoad(campaign_id=campaign_id, contacts=self._contacts()))
            self.do(c.CampaignStart(campaign_id=campaign_id))
        for agent_id in AGENTS[: rng.randint(1, 4)]:
            self.do(c.AgentLogin(agent_id=agent_id))
            self.do(c.AgentReady(agent_id=agent_id))

    def _caps(self, *scopes: CapScope) -> tuple[FrequencyCap, ...]:
        rng = self.rng
        return tuple(
            FrequencyCap(
                subject=rng.choice(list(CapSubject)),
                scope=rng.choice(scopes),
                attempts=rng.randint(1, 4),
                period_s=rng.choice([60, 600, 7_200]),
                quiet_after_conversation_s=rng.choice([0, 0, 300, 3_600]),
            )
            for _ in range(rng.randint(0, 2))
        )

    def _settings(self) -> CampaignSettings:
        rng = self.rng
        again = RetryRule(times=100, after_s=20)
        return CampaignSettings(
            name="c",
            agent_first=rng.random() < 0.3,
            mode=rng.choice(
                [
                    DialingMode.PROGRESSIVE,
                    DialingMode.AGENTLESS,
                    *[DialingMode.PREDICTIVE] * 4,
                ]
            ),
            wrap_up_codes=(
                WrapUpCode(code="again", name="a", meaning=CodeMeaning.RETRY, retry_after_s=20),
                WrapUpCode(code="never", name="n", meaning=CodeMeaning.DO_NOT_CALL),
            ),
            retries=RetrySettings(
                max_attempts=500,
                not_reached=again,
                answering_machine=again,
                cancelled=again,
                abandoned=again,
                congestion=again,
                failed=again,
            ),
            compliance=ComplianceSettings(
                caps=self._caps(CapScope.SITE, CapScope.CAMPAIGN),
                abandonment=AbandonmentDefinition(
                    cap=rng.choice([0.05, 0.2, 0.5]),
                    window=rng.choice(list(MeasuringWindow)),
                    min_ring_s=rng.choice([0, 10]),
                    quiet_after_abandoned_s=rng.choice([0, 900]),
                ),
                abandon_message="sorry",
                exclusion_lists=("extra",),
            ),
        )

    def _contacts(self) -> list[dict[str, Any]]:
        rng = self.rng
        return [
            {
                "contact_key": f"c{n}",
                "numbers": [number(n), *[number(rng.randint(0, 30))] * rng.randint(0, 1)],
                "variables": {"account": rng.choice("XYZ")} if rng.random() < 0.5 else {},
            }
            for n in range(25)
        ]

    # --- what happens

    def do(self, command: Command) -> None:
        self.events += self.site.handle(command, self.now).events

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.step()
            if self.rng.random() < 0.02:
                self.site = Site.restore(self.site.snapshot())

    def step(self) -> None:
        rng = self.rng
        until = self.now + rng.choice([0, 500, 3_000, 15_000, MINUTE_MS])
        while (due_at := self.site.next_due()) is not None and due_at <= until:
            self.now = max(due_at, self.now)
            self.events += self.site.advance(self.now)
        self.now = until
        calls = list(self.site._state.records.calls.values())
        if calls and rng.random() < 0.9:
            self._to_a_call(rng.choice(calls).call_id)
        else:
            self._to_the_site()

    def _to_a_call(self, call_id: int) -> None:
        rng = self.rng
        call = self.site._state.records.calls[call_id]
        saw = rng.choice([Saw.RINGING, *[Saw.ANSWERED, Saw.BRIDGED] * 4, *Saw])
        answerer = rng.choice([*[Answerer.PERSON] * 5, Answerer.ANSWERING_MACHINE])
        party = rng.choice([Party.CUSTOMER, Party.NETWORK])
        self.do(c.CallReport(call_id=call_id, saw=saw, answerer=answerer, party=party))
        if rng.random() < 0.05:
            self.do(c.CallHangUp(call_id=call_id))
        if call.agent_id is not None:
            code = rng.choice(["again", "again", "again", "never"])
            self.do(c.CallWrapUp(call_id=call_id, agent_id=call.agent_id, code=code))
            self.do(c.AgentReady(agent_id=call.agent_id))

    def _to_the_site(self) -> None:
        rng = self.rng
        agent_id, campaign_id = rng.choice(AGENTS), rng.choice(["00001", "00002"])
        numbers = (number(rng.randint(0, 30)),)
        name = rng.choice(["do_not_call", "extra"])
        self.do(
            rng.choice(
                [
                    c.AgentLogin(agent_id=agent_id),
                    *[c.AgentReady(agent_id=agent_id)] * 4,
                    c.CampaignPause(campaign_id=campaign_id),
                    c.CampaignStop(campaign_id=campaign_id),
                    *[c.CampaignStart(campaign_id=campaign_id)] * 4,
                    c.ContactsLoad(campaign_id=campaign_id, contacts=self._contacts(), reopen=True),
                    c.ExclusionAdd(list_name=name, numbers=numbers),
                    *[c.ExclusionRemove(list_name=name, numbers=numbers)] * 3,
                ]
            )
        )


SEEDS = range(examples(40))


@pytest.fixture(scope="module", params=SEEDS)
def floor(request: pytest.FixtureRequest) -> Floor:
    played = Floor(request.param)
    played.run(400)
    return played


def of(floor: Floor, *kinds: type[Event]) -> list[Any]:
    return [event for event in floor.events if isinstance(event, kinds)]


def test_co_2_no_number_is_dialed_while_it_is_on_a_list(floor: Floor) -> None:
    listed: dict[str, set[int]] = {"do_not_call": set(), "extra": set()}
    for event in floor.events:
        if isinstance(event, ev.ExclusionAdded):
            listed[event.list_name] |= set(unpacked(event.numbers).tolist())
        elif isinstance(event, ev.ExclusionRemoved):
            listed[event.list_name] -= set(unpacked(event.numbers).tolist())
        elif isinstance(event, ev.DialRequested):
            assert int(event.number) not in listed["do_not_call"] | listed["extra"]


def test_co_3_no_cap_is_exceeded_in_any_rolling_window(floor: Floor) -> None:
    dialed: list[ev.DialRequested] = of(floor, ev.DialRequested)
    talks = _talks(floor)
    for campaign_id, settings in zip(("00001", "00002"), floor.settings, strict=True):
        for cap in caps_of(floor.config.compliance.caps, settings.compliance.caps):
            counted = [
                call
                for call in dialed
                if cap.scope is CapScope.SITE or call.campaign_id == campaign_id
            ]
            for call in (call for call in counted if call.campaign_id == campaign_id):
                before = [
                    other
                    for other in counted
                    if other.call_id < call.call_id and _is_same(cap.subject, call, other)
                ]
                since = call.at - cap.period_s * 1_000
                assert sum(other.at > since for other in before) < (cap.attempts or 1)
                for other in before:
                    over_at = talks.get(other.call_id)
                    if over_at is not None and over_at <= call.at:
                        assert call.at >= over_at + cap.quiet_after_conversation_s * 1_000


def _talks(floor: Floor) -> dict[int, int]:
    """When each conversation was over."""
    bridged = {event.call_id for event in of(floor, ev.CallBridged)}
    ended: list[ev.CallEnded] = of(floor, ev.CallEnded)
    return {event.call_id: event.at for event in ended if event.call_id in bridged}


def _is_same(subject: CapSubject, one: ev.DialRequested, other: ev.DialRequested) -> bool:
    match subject:
        case CapSubject.NUMBER:
            return one.number == other.number
        case CapSubject.CONTACT:
            return one.contact_key == other.contact_key
        case CapSubject.ACCOUNT if one.account or other.account:
            return one.account == other.account
    return one.contact_key == other.contact_key


def test_co_6_no_call_is_cancelled_before_it_has_rung_long_enough(floor: Floor) -> None:
    since: dict[int, int] = {}
    for event in of(floor, ev.DialRequested, ev.CallRinging, ev.HangUpRequested):
        if not isinstance(event, ev.HangUpRequested):
            since[event.call_id] = event.at
        elif event.outcome is AttemptOutcome.CANCELLED:
            settings = floor.settings[int(event.campaign_id) - 1]
            must_ms = definition_of(settings.compliance).min_ring_s * 1_000
            assert event.at >= since[event.call_id] + must_ms
        elif event.outcome is AttemptOutcome.ABANDONED:
            assert event.message == "sorry"


def test_co_7_no_number_is_dialed_without_an_agent_soon_after_it_was_abandoned(
    floor: Floor,
) -> None:
    abandoned: dict[str, int] = {}
    for event in of(floor, ev.DialRequested, ev.CallEnded):
        if isinstance(event, ev.CallEnded):
            if event.outcome is AttemptOutcome.ABANDONED:
                abandoned[event.number] = event.at
        elif event.agent_id is None:
            settings = floor.settings[int(event.campaign_id) - 1]
            quiet_ms = definition_of(settings.compliance).quiet_after_abandoned_s * 1_000
            assert event.at >= abandoned.get(event.number, -quiet_ms) + quiet_ms


def test_the_floors_are_lively() -> None:
    """Else the promises above would be kept by doing nothing."""
    floors = [Floor(seed) for seed in range(8)]
    for floor in floors:
        floor.run(400)
    rules = {event.rule for floor in floors for event in of(floor, ev.ContactPassedOver)}
    assert rules >= {"CO-2", "CO-3", "CO-7"}
    assert sum(len(of(floor, ev.DialRequested)) for floor in floors) > 400
    outcomes = {event.outcome for floor in floors for event in of(floor, ev.CallEnded)}
    assert outcomes >= {AttemptOutcome.ABANDONED, AttemptOutcome.CANCELLED}
    assert any(_talks(floor) for floor in floors)


@pytest.mark.parametrize("window", list(MeasuringWindow))
@pytest.mark.parametrize("seed", range(examples(5)))
def test_co_5_the_cap_is_kept_whatever_the_lines_do(window: MeasuringWindow, seed: int) -> None:
    """No agent leaves, and nothing else is promised: who answers and when is up to chance."""
    rng = random.Random(seed)
    definition = AbandonmentDefinition(
        cap=rng.choice([0.05, 0.2]),
        window=window,
        false_positives_count=True,
    )
    settings = CampaignSettings(
        name="c",
        mode=DialingMode.PREDICTIVE,
        pacing=PacingSettings(certain=True, target=0.5),
        compliance=ComplianceSettings(abandonment=definition, false_positive_share=0.02),
    )
    site, now = Site(SiteConfig(), seed), NOON
    contacts = [{"contact_key": f"c{n}", "numbers": [number(n)]} for n in range(1_500)]
    for command in (
        c.CampaignCreate(settings=settings),
        c.ContactsLoad(campaign_id="00001", contacts=contacts),
        c.CampaignStart(campaign_id="00001"),
        *(c.AgentLogin(agent_id=f"a{n}") for n in range(12)),
        *(c.AgentReady(agent_id=f"a{n}") for n in range(12)),
    ):
        site.handle(command, now)
    campaign = site._state.records.campaigns["00001"]
    ahead = 0
    for _ in range(1_200):
        events: list[Event] = []
        for call in tuple(site._state.records.calls.values()):
            if call.state is CallState.BRIDGING:
                events += site.handle(c.CallReport(call_id=call.call_id, saw=Saw.BRIDGED), now)[1]
        now += rng.choice([0, 200, 2_000, 10_000, 10_000, 3_600_000 if rng.random() < 0.01 else 0])
        events += site.advance(now)
        calls = list(site._state.records.calls.values())
        at_once = calls if rng.random() < 0.1 else calls and [rng.choice(calls)]
        for call in at_once:
            events += site.handle(_next_of(rng, call), now).events
        ahead += sum(isinstance(event, ev.CampaignPacingChanged) for event in events)
        if any(isinstance(event, ev.CallEnded) for event in events):
            seen = figure(campaign.abandonment, definition, now)
            set_aside = 0.02 * CALL * 12
            assert seen.abandoned <= definition.cap * seen.base + set_aside
    assert ahead
    assert campaign.counts.abandoned or definition.cap < 0.1


def _next_of(rng: random.Random, call: Call) -> Command:
    match call.state:
        case CallState.DIALING | CallState.RINGING:
            saw = rng.choice([*[Saw.ANSWERED] * 4, Saw.NO_ANSWER])
            answerer = rng.choice([*[Answerer.PERSON] * 9, Answerer.ANSWERING_MACHINE])
            return c.CallReport(call_id=call.call_id, saw=saw, answerer=answerer)
        case CallState.WRAP_UP:
            return c.CallWrapUp(call_id=call.call_id, agent_id=call.agent_id or "", code="sale")
        case CallState.ANSWERED:
            return c.Ping()
    return c.CallReport(call_id=call.call_id, saw=Saw.HUNG_UP)
