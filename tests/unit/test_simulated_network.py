"""The simulated network does what it is asked, once, and always the same for the same seed."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdial.messages.base import Command, Event
from fastdial.messages.commands import CallReport
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import BridgeRequested, CallEnded, DialRequested, HangUpRequested
from fastdial.messages.replies import Error
from fastdial.messages.words import (
    Answerer,
    AttemptOutcome,
    DialingMode,
    Party,
    Saw,
)
from fastdial.telephony.simulated import NetworkModel, SimulatedNetwork
from fastdial.telephony.simulated.laws import Constant, Exponential
from fastdial.telephony.simulated.model import Fortune, SlowHours

AT = 1_767_603_600_000
DAY_MS = 86_400_000

SURE = NetworkModel(
    dial=Constant(value_s=2.0),
    answer_after=Constant(value_s=10.0),
    machine_after=Constant(value_s=20.0),
    detection=Constant(value_s=0.5),
    bridge=Constant(value_s=0.25),
    talk=Constant(value_s=60.0),
    patience=Constant(value_s=3.0),
    hang_up=Constant(value_s=0.125),
    machine_talk=Constant(value_s=5.0),
    machine_records=Constant(value_s=45.0),
    answer_rate=(1.0,) * 24,
    attempt_factor=1.0,
    invalid_numbers=0.0,
    fax_numbers=0.0,
    person_taken_for_machine=0.0,
    machine_taken_for_person=0.0,
    impatient=0.0,
    agent_hangs_up=0.0,
    busy=0.0,
    answering_machine=0.0,
    congestion=0.0,
    failed=0.0,
)
"""everybody answers and everything takes a known time"""
NOBODY_ANSWERS = (0.0,) * 24


def like(**changed: object) -> NetworkModel:
    return msgspec.structs.replace(SURE, **changed)


def dial(call_id: int = 1, at: int = AT, ring_ms: int = 25_000, **others: object) -> DialRequested:
    asked = DialRequested(
        call_id=call_id,
        campaign_id="10000",
        contact_key="c",
        number=f"+4822{call_id:07}",
        mode=DialingMode.PROGRESSIVE,
        attempt=1,
        ring_ms=ring_ms,
        at=at,
    )
    return msgspec.structs.replace(asked, **others)


def bridge(at: int, call_id: int = 1) -> BridgeRequested:
    return BridgeRequested(call_id=call_id, campaign_id="10000", agent_id="ann", waited_ms=0, at=at)


def hang_up(at: int, call_id: int = 1, party: Party = Party.DIALER) -> HangUpRequested:
    return HangUpRequested(
        call_id=call_id,
        campaign_id="10000",
        outcome=AttemptOutcome.CANCELLED,
        party=party,
        reason="asked",
        at=at,
    )


def ended(call_id: int = 1) -> CallEnded:
    return CallEnded(
        call_id=call_id,
        campaign_id="10000",
        contact_key="c",
        number="+48220000001",
        outcome=AttemptOutcome.FAILED,
        party=Party.NETWORK,
    )


def live(network: SimulatedNetwork, until: int = AT + DAY_MS) -> list[tuple[int, CallReport]]:
    """What it reports, and when after `AT`."""
    said: list[tuple[int, CallReport]] = []
    while (due := network.next_due()) is not None and due <= until:
        for command in network.act(due):
            assert isinstance(command, CallReport)
            said.append((due - AT, command))
    return said


def saw(said: list[tuple[int, CallReport]]) -> list[tuple[int, Saw]]:
    return [(after_ms, report.saw) for after_ms, report in said]


def network_that_saw(model: NetworkModel, *events: Event) -> SimulatedNetwork:
    network = SimulatedNetwork(model, seed=1)
    for event in events:
        assert network.see(event, event.at) == []
    return network


def test_a_call_rings_is_answered_and_after_the_bridge_somebody_hangs_up() -> None:
    network = network_that_saw(SURE, dial())
    assert saw(live(network)) == [(2_000, Saw.RINGING), (12_500, Saw.ANSWERED)]
    network.see(bridge(AT + 13_000), AT + 13_000)
    last = live(network)
    assert saw(last) == [(13_250, Saw.BRIDGED), (73_250, Saw.HUNG_UP)]
    assert last[-1][1].party is Party.CUSTOMER
    assert network.live_calls == 0


def test_it_rings_no_longer_than_it_was_asked_to() -> None:
    network = network_that_saw(SURE, dial(ring_ms=9_999))
    assert saw(live(network)) == [(2_000, Saw.RINGING), (11_999, Saw.NO_ANSWER)]


def test_the_network_gives_up_by_itself_when_it_may_ring_longer() -> None:
    model = like(answer_rate=NOBODY_ANSWERS, gives_up_after=Constant(value_s=40.0))
    network = network_that_saw(model, dial(ring_ms=90_000))
    assert saw(live(network)) == [(2_000, Saw.RINGING), (42_000, Saw.NO_ANSWER)]


@pytest.mark.parametrize(
    ("share", "reported"),
    [("busy", Saw.BUSY), ("congestion", Saw.CONGESTION), ("failed", Saw.FAILED)],
)
def test_what_comes_instead_of_ringing_is_reported_at_once(share: str, reported: Saw) -> None:
    network = network_that_saw(like(answer_rate=NOBODY_ANSWERS, **{share: 1.0}), dial())
    assert saw(live(network)) == [(2_000, reported)]


def test_an_invalid_number_is_invalid_each_time_and_a_fax_a_fax() -> None:
    fortune = Fortune(like(invalid_numbers=0.3, fax_numbers=0.3), "UTC", 5)
    natures: Counter[str] = Counter()
    for n in range(300):
        seen = {
            (destiny.saw, destiny.answerer)
            for attempt in range(1, 6)
            for destiny in [fortune.destiny(f"+48{n:09}", attempt, AT + attempt * 7_000_000)]
        }
        assert len(seen) == 1
        natures[str(seen.pop())] += 1
    assert len(natures) == 3
    assert min(natures.values()) > 60


def test_machines_are_reported_and_hang_up_when_they_have_recorded() -> None:
    model = like(answer_rate=NOBODY_ANSWERS, answering_machine=1.0)
    said = live(network_that_saw(model, dial()))
    assert saw(said) == [(2_000, Saw.RINGING), (22_500, Saw.ANSWERED), (67_500, Saw.HUNG_UP)]
    assert said[1][1].answerer is Answerer.ANSWERING_MACHINE


def test_a_machine_taken_for_a_person_has_a_short_talk_that_the_agent_ends() -> None:
    model = like(answer_rate=NOBODY_ANSWERS, answering_machine=1.0, machine_taken_for_person=1.0)
    network = network_that_saw(model, dial())
    assert live(network, AT + 22_500)[-1][1].answerer is Answerer.PERSON
    network.see(bridge(AT + 23_000), AT + 23_000)
    after_ms, report = live(network)[-1]
    assert (after_ms, report.party) == (28_250, Party.AGENT)


def test_a_person_taken_for_a_machine_is_reported_as_one() -> None:
    said = live(network_that_saw(like(person_taken_for_machine=1.0), dial()))
    assert said[1][1].answerer is Answerer.ANSWERING_MACHINE


def test_the_impatient_hang_up_when_nobody_comes_but_not_when_somebody_does() -> None:
    network = network_that_saw(like(impatient=1.0), dial())
    assert saw(live(network))[-1] == (15_500, Saw.HUNG_UP)
    network = network_that_saw(like(impatient=1.0), dial())
    live(network, AT + 12_500)
    network.see(bridge(AT + 15_000), AT + 15_000)
    assert saw(live(network)) == [(15_250, Saw.BRIDGED), (75_250, Saw.HUNG_UP)]


def test_a_dial_request_seen_twice_is_dialed_once_even_after_the_call() -> None:
    network = network_that_saw(SURE, dial(), dial())
    assert saw(live(network, AT + 5_000)) == [(2_000, Saw.RINGING)]
    network.see(hang_up(AT + 5_000), AT + 5_000)
    assert saw(live(network)) == [(5_125, Saw.HUNG_UP)]
    network.see(dial(), AT + 6_000)
    assert network.next_due() is None


def test_told_to_hang_up_it_says_who_wanted_it_once() -> None:
    network = network_that_saw(SURE, dial())
    live(network, AT + 12_500)
    for at in (AT + 13_000, AT + 13_050):
        network.see(hang_up(at, party=Party.AGENT), at)
    said = live(network)
    assert saw(said) == [(13_125, Saw.HUNG_UP)]
    assert said[0][1].party is Party.AGENT


def test_asked_to_hang_up_or_bridge_a_call_that_it_does_not_know_it_says_that_it_is_over() -> None:
    network = network_that_saw(SURE, hang_up(AT + 7, call_id=50), bridge(AT + 9, call_id=51))
    said = live(network)
    assert saw(said) == [(7, Saw.HUNG_UP), (9, Saw.HUNG_UP)]
    assert [report.party for _, report in said] == [Party.DIALER, Party.NETWORK]
    assert network.live_calls == 0


def test_a_call_that_the_site_has_ended_is_reported_no_more() -> None:
    network = network_that_saw(SURE, dial())
    live(network, AT + 2_000)
    network.see(ended(), AT + 3_000)
    assert network.next_due() is None


def test_a_request_of_the_past_is_timed_from_then_and_reported_now() -> None:
    network = network_that_saw(SURE, dial())
    now = AT + 12_000
    assert [getattr(report, "saw", None) for report in network.act(now)] == [Saw.RINGING]
    assert network.next_due() == AT + 12_500


def test_a_network_that_starts_anew_and_sees_the_record_carries_on() -> None:
    """What is up and what becomes of it follows from the events alone."""
    model = NetworkModel(answer_rate=(1.0,) * 24, invalid_numbers=0.0)
    first = network_that_saw(model, *(dial(n) for n in range(1, 40)))
    whole = live(first)
    cut_at = AT + 9_000
    second = network_that_saw(model, *(dial(n) for n in range(1, 40)))
    second.act(cut_at)
    later = [(after_ms, one) for after_ms, one in whole if after_ms > 9_000]
    assert live(second) == later


@given(st.permutations(range(1, 12)))
def test_the_order_of_requests_changes_nothing(order: list[int]) -> None:
    def reports(call_ids: list[int]) -> list[tuple[int, CallReport]]:
        return live(network_that_saw(NetworkModel(), *(dial(n) for n in call_ids)))

    assert reports(order) == reports(sorted(order))


def test_people_answer_by_the_hour_and_less_at_each_attempt() -> None:
    rate = (0.0,) * 9 + (0.8,) + (0.2,) * 14
    fortune = Fortune(like(answer_rate=rate, attempt_factor=0.5), "UTC", 3)

    def share(at: int, attempt: int) -> float:
        answered = [
            fortune.destiny(f"+48{n:09}", attempt, at).saw is Saw.ANSWERED for n in range(2_000)
        ]
        return sum(answered) / len(answered)

    assert share(AT, 1) == pytest.approx(0.8, abs=0.04)
    assert share(AT, 2) == pytest.approx(0.4, abs=0.04)
    assert share(AT + 3_600_000, 1) == pytest.approx(0.2, abs=0.04)
    assert share(AT - 3_600_000, 1) == 0


def test_numbers_differ_around_the_mean_and_a_number_stays_as_it_is() -> None:
    rate = (0.2,) * 24
    model = like(
        answer_rate=rate, attempt_factor=1.0, contact_spread=0.6, mobile_numbers=0.4,
        mobile_factor=3.0,
    )  # fmt: skip
    fortune = Fortune(model, "UTC", 3)
    often = [
        sum(
            fortune.destiny(f"+44{number}", attempt, 0).answerer is Answerer.PERSON
            and fortune.destiny(f"+44{number}", attempt, 0).saw is Saw.ANSWERED
            for attempt in range(1, 41)
        )
        for number in range(700)
    ]
    mean = sum(often) / 700
    assert mean / 40 == pytest.approx(0.2, abs=0.02)
    # alike, numbers would have a variance of 40 x .2 x .8 = 6.4
    assert sum((one - mean) ** 2 for one in often) / 700 > 20


def test_lines_are_slow_in_slow_hours() -> None:
    slow = (SlowHours(from_hour=12, to_hour=14, factor=2.0),)
    even, other = (Fortune(like(slow=hours), "UTC", 3) for hours in ((), slow))
    for hour, factor in ((11, 1), (12, 2), (13, 2), (14, 1)):
        for number in range(50):
            was = even.destiny(f"+44{number}", 1, hour * 3_600_000)
            now = other.destiny(f"+44{number}", 1, hour * 3_600_000)
            assert (now.dial_ms, now.ring_ms) == (factor * was.dial_ms, factor * was.ring_ms)
            assert now.talk_ms == was.talk_ms


def test_of_those_whom_nobody_answers_the_shares_are_as_told() -> None:
    model = like(
        answer_rate=NOBODY_ANSWERS,
        busy=0.1,
        answering_machine=0.4,
        congestion=0.2,
        failed=0.1,
        patience=Exponential(mean_s=2.0),
    )
    fortune = Fortune(model, "UTC", 3)
    count = Counter(fortune.destiny(f"+48{n:09}", 1, AT).saw for n in range(4_000))
    shares = {saw: n / 4_000 for saw, n in count.items()}
    expected = {
        Saw.BUSY: 0.1,
        Saw.ANSWERED: 0.4,
        Saw.CONGESTION: 0.2,
        Saw.FAILED: 0.1,
        Saw.NO_ANSWER: 0.2,
    }
    assert shares == pytest.approx(expected, abs=0.03)


def test_refused_reports_are_counted_and_not_repeated() -> None:
    network = network_that_saw(SURE, dial())
    [report] = network.act(AT + 2_000)
    refusal = Error(faults=(Fault(ErrorCode.UNKNOWN_CALL, "over"),))
    commands: list[Command] = network.hear(report, refusal, AT + 2_000)
    assert commands == []
    assert network.refused == 1
