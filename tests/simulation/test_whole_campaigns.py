"""Whole campaigns in virtual time: audited, repeatable, and untouched by kills on the way."""

from collections import Counter
from collections.abc import Callable
from random import Random

import msgspec
import pytest

from fastdial.engine import Site
from fastdial.messages.codec import decode_event, encode
from fastdial.messages.compliance import AbandonmentPreset, ComplianceSettings
from fastdial.messages.events import AgentStateChanged, BridgeRequested, CallEnded, CallWrappedUp
from fastdial.messages.settings import PacingSettings, SiteConfig
from fastdial.messages.words import (
    AgentState,
    AttemptOutcome,
    ContactOrder,
    ContactState,
    DialingMode,
)
from fastdial.simulation.scenario import Scenario
from fastdial.telephony.simulated.model import Fortune, NetworkModel
from simulation.centre import BUSY_DESK, HOUR_MS, START, Centre, settings

FIVE = Scenario(agents=(BUSY_DESK,))


@pytest.mark.parametrize("mode", DialingMode)
def test_a_campaign_runs_to_its_end_and_keeps_its_promises(mode: DialingMode) -> None:
    """CA-8, CA-9, CA-10, AG-1, AG-2: the auditor looks at every event."""
    centre = Centre(settings(mode), FIVE, contacts=300)
    centre.run()
    assert centre.over, "finished by itself when nothing was left to call"
    centre.auditor.close()
    assert centre.auditor.attempts > 600
    assert centre.network.live_calls == 0
    assert centre.network.refused == 0
    last_fate = {
        event.contact_key: event.fate
        for event in centre.events
        if isinstance(event, CallEnded | CallWrappedUp) and event.fate is not None
    }
    assert len(last_fate) == 300
    assert all(fate.state is ContactState.DONE for fate in last_fate.values())


@pytest.mark.parametrize("mode", DialingMode)
def test_everybody_has_something_to_do_in_it(mode: DialingMode) -> None:
    """The world is one in which the interesting things happen."""
    centre = Centre(settings(mode), FIVE, contacts=300)
    centre.run()
    outcomes = Counter(event.outcome for event in centre.events if isinstance(event, CallEnded))
    common = (
        AttemptOutcome.ANSWERED,
        AttemptOutcome.NO_ANSWER,
        AttemptOutcome.ANSWERING_MACHINE,
        AttemptOutcome.BUSY,
        AttemptOutcome.INVALID_NUMBER,
        AttemptOutcome.CONGESTION,
    )
    assert all(outcomes[outcome] > 0 for outcome in common)
    codes = Counter(
        event.code for event in centre.events if isinstance(event, CallWrappedUp | CallEnded)
    )
    assert {"sale", "not_interested", "call_again"} <= codes.keys()
    if mode is DialingMode.AGENTLESS:
        return
    assert "answering_machine" in codes
    breaks = [
        event
        for event in centre.events
        if isinstance(event, AgentStateChanged) and event.reason == "break"
    ]
    assert {event.state for event in breaks} == {AgentState.NOT_READY}


@pytest.mark.parametrize("mode", DialingMode)
def test_the_same_seed_gives_the_same_events_byte_for_byte(mode: DialingMode) -> None:
    first, second = (Centre(settings(mode), FIVE, contacts=100) for _ in range(2))
    other = Centre(settings(mode), FIVE, contacts=100, seed=2)
    for centre in (first, second, other):
        centre.run()
    assert first.record() == second.record()
    assert first.record() != other.record()


def by_snapshot(centre: Centre, site: Site) -> Site:
    return Site.restore(site.snapshot())


def by_replay(centre: Centre, site: Site) -> Site:
    replica = Site(SiteConfig(), 1)
    for event in centre.events:
        replica.apply(decode_event(encode(event)))
    return replica


def half_and_half(centre: Centre, site: Site) -> Site:
    """From an old snapshot and the events after it."""
    data, seen = centre.saved or (site.snapshot(), len(centre.events))
    centre.saved = site.snapshot(), len(centre.events)
    restored = Site.restore(data)
    for event in centre.events[seen:]:
        restored.apply(decode_event(encode(event)))
    return restored


@pytest.mark.parametrize("killed", [by_snapshot, by_replay, half_and_half])
@pytest.mark.parametrize("mode", DialingMode)
def test_kills_on_the_way_change_nothing_that_follows(
    mode: DialingMode, killed: Callable[[Centre, Site], Site]
) -> None:
    scenario = Scenario(agents=(msgspec.structs.replace(BUSY_DESK, shift_s=10_000.0),))
    undisturbed = Centre(settings(mode), scenario, contacts=80)
    undisturbed.world.run(START + 4 * HOUR_MS)
    centre = Centre(settings(mode), scenario, contacts=80)
    random = Random(f"{mode} {killed.__name__}")
    while centre.world.now < START + 4 * HOUR_MS:
        centre.world.run(min(START + 4 * HOUR_MS, centre.world.now + random.randrange(300_000)))
        site = centre.world.site
        assert isinstance(site, Site)
        centre.world.site = killed(centre, site)
        assert isinstance(centre.world.site, Site)
        assert centre.world.site.state_hash() == site.state_hash()
    assert centre.record() == undisturbed.record()


def test_what_the_customers_do_does_not_depend_on_when_they_are_called() -> None:
    """The same contacts meet the same fortune in progressive and in preview mode."""
    hours = {"answer_rate": (0.3,) * 24}
    scenario = Scenario(
        network=msgspec.convert({"impatient": 0.0, **hours}, type(FIVE.network)),
        agents=(BUSY_DESK,),
    )

    def firsts(mode: DialingMode) -> dict[str, AttemptOutcome]:
        centre = Centre(settings(mode), scenario, contacts=100)
        centre.run()
        return {
            event.number: event.outcome
            for event in centre.events
            if isinstance(event, CallEnded) and event.attempt == 1
        }

    progressive, preview = firsts(DialingMode.PROGRESSIVE), firsts(DialingMode.PREVIEW)
    shared = progressive.keys() & preview.keys()
    assert len(shared) > 80
    assert all(progressive[number] is preview[number] for number in shared)


def test_predictive_dialing_keeps_agents_busier_than_progressive() -> None:
    """And abandons no more than the campaign allows, once there are calls enough to count."""
    scenario = Scenario(agents=(msgspec.structs.replace(BUSY_DESK, count=20, breaks=None),))
    busy: dict[DialingMode, float] = {}
    for mode in (DialingMode.PROGRESSIVE, DialingMode.PREDICTIVE):
        centre = Centre(settings(mode), scenario, contacts=4_000)
        centre.world.run(START + 2 * HOUR_MS)
        busy[mode] = _talking_ms(centre)
        auditor = centre.auditor
        assert auditor.abandoned <= max(3, 0.05 * auditor.answered)
    assert busy[DialingMode.PREDICTIVE] > 1.1 * busy[DialingMode.PROGRESSIVE]


def test_co_5_who_is_told_whom_to_expect_keeps_agents_busier_and_the_cap() -> None:
    """Stretches of the list that hardly anybody answers go before others that half do.

    Without being told, the first minutes of each are paced by what the one before was like.
    """
    network = NetworkModel(
        answer_rate=(0.25,) * 24, attempt_factor=1.0, impatient=0.0, answering_machine=0.0,
        mobile_numbers=0.5, mobile_factor=10.0,
    )  # fmt: skip
    desk = msgspec.structs.replace(BUSY_DESK, count=10, breaks=None)
    scenario = Scenario(network=network, agents=(desk,))
    busy = {True: 0, False: 0}
    for told in busy:
        for seed in (1, 2):
            contacts = in_stretches(Fortune(network, scenario.zone, seed), told=told)
            centre = Centre(
                settings(DialingMode.PREDICTIVE), scenario, contacts=contacts, seed=seed
            )
            centre.world.run(START + 2 * HOUR_MS)
            busy[told] += _talking_ms(centre)
            assert centre.auditor.abandoned <= max(3, 0.05 * centre.auditor.answered)
    assert busy[True] > 1.15 * busy[False]


@pytest.mark.parametrize("killed", [by_snapshot, by_replay])
def test_co_5_a_campaign_that_chooses_calls_everybody_whatever_kills_it(
    killed: Callable[[Centre, Site], Site],
) -> None:
    network = NetworkModel(contact_spread=0.8, impatient=0.0)
    contacts = [
        {"contact_key": f"c{n}", "numbers": [f"+4822{n:07}"], "answer_chance": 0.05 + n % 9 / 10}
        for n in range(120)
    ]
    chooses = settings(
        DialingMode.PREDICTIVE, contact_order=ContactOrder.RANDOM, pacing=PacingSettings(choose=5)
    )
    scenario = Scenario(network=network, agents=(msgspec.structs.replace(BUSY_DESK, count=3),))
    undisturbed, centre = (Centre(chooses, scenario, contacts=contacts) for _ in range(2))
    undisturbed.run()
    assert undisturbed.over
    dialed = {event.contact_key for event in undisturbed.events if isinstance(event, CallEnded)}
    assert len(dialed) == 120
    random = Random(killed.__name__)
    while not centre.over:
        centre.run((centre.world.now - START) / HOUR_MS + random.random())
        site = centre.world.site
        assert isinstance(site, Site)
        centre.world.site = killed(centre, site)
    assert centre.record() == undisturbed.record()


def test_co_5_with_an_hour_cap_no_hour_abandons_more_than_that() -> None:
    """What one hour has saved the next may not lose, as it may by the cap of a campaign's life."""
    desk = msgspec.structs.replace(BUSY_DESK, count=10)
    worst = {}
    for cap in (None, 0.05):
        campaign = settings(
            DialingMode.PREDICTIVE,
            pacing=PacingSettings(hour_cap=cap, target=0.2),
            compliance=ComplianceSettings(abandonment=AbandonmentPreset.NONE),
        )
        centre = Centre(campaign, Scenario(agents=(desk,)), contacts=4_000)
        centre.world.run(START + 3 * HOUR_MS)
        worst[cap] = max(abandoned_by_hour(centre, 3))
    assert worst[0.05] <= 0.05 < worst[None]


def abandoned_by_hour(centre: Centre, hours: int) -> list[float]:
    """Of those who answered and were heard, or were not, in each hour."""
    ended = [event for event in centre.events if isinstance(event, CallEnded)]
    shares = []
    for begins in range(START, START + hours * HOUR_MS, HOUR_MS):
        mine = [event for event in ended if begins <= event.at < begins + HOUR_MS]
        lost = sum(event.outcome is AttemptOutcome.ABANDONED for event in mine)
        shares.append(lost / (lost + sum(event.talk_ms > 0 for event in mine)))
    return shares


def in_stretches(fortune: Fortune, *, told: bool) -> list[dict[str, object]]:
    """200 contacts whom hardly anybody answers, 50 others, and so on."""
    kinds: tuple[list[dict[str, object]], list[dict[str, object]]] = ([], [])
    for n in range(6_000):
        number = f"+4822{n:07}"
        chance = fortune.answer_chance(number, START)
        row = {"contact_key": f"c{n}", "numbers": [number]}
        kinds[chance > 0.2].append(row | ({"answer_chance": chance} if told else {}))
    rare, often = kinds
    return [
        row
        for stretch in range(15)
        for row in rare[200 * stretch :][:200] + often[50 * stretch :][:50]
    ]


def _talking_ms(centre: Centre) -> int:
    return sum(event.talk_ms for event in centre.events if isinstance(event, CallEnded))


def test_a_campaign_that_connects_agents_first_runs_to_its_end() -> None:
    """CA-2, CA-3, AG-3"""
    centre = Centre(settings(DialingMode.PROGRESSIVE, agent_first=True), FIVE, contacts=200)
    centre.run()
    assert centre.over
    centre.auditor.close()
    assert centre.network.live_calls == 0
    bridges = [event for event in centre.events if isinstance(event, BridgeRequested)]
    assert bridges
    assert not any(event.zip_tone for event in bridges)
    missed = [
        event
        for event in centre.events
        if isinstance(event, AgentStateChanged) and event.reason == "rona"
    ]
    assert missed, "now and then an agent does not answer"
