"""A campaign's pace: who are paced together, the cap, lines given up, and what is written down."""

from typing import Any

import pytest

from fastdial.kernel.budget import GUARDED_RESERVES, RESERVES
from fastdial.kernel.pace import WINDOWS, Pace

NOON = 1_772_452_800_000
NO_CAP = 1_000_000
FIRST, SECOND = b"\1\0", b"\0\1"


def warmed(answered: int = 100, every: int = 5, *, first: int = 0) -> tuple[Pace, int]:
    """A campaign that has dialed for some minutes: each fifth answers after ten seconds."""
    pace, now = Pace(), NOON
    for call in range(first, first + answered * every):
        now += 400
        pace.dialed(call, now, 0.3)
        ended = call - 25
        if ended >= first:
            if ended % every == 0:
                pace.answered(ended, now)
            else:
                pace.unanswered(ended, now)
    for call in list(pace.ringing):
        pace.unanswered(call, now)
    return pace, now


def lines(pace: Pace, now: int, idle: int = 5, **changes: object) -> int:
    asked = {
        "others": (), "groups": FIRST, "waiting": 0, "lines": len(pace.ringing),
        "beyond": NO_CAP, "certain": False, "room": 1_000, "chance": 0.3,
    } | changes  # fmt: skip
    return pace.decide(now, idle=idle, **asked)  # type: ignore[arg-type]  # as asked


def test_what_is_learned_of_answers_says_how_far_to_dial_ahead() -> None:
    few, now = warmed(every=10)
    many, _ = warmed(every=3)
    assert few.learned_at(now)["factor"] < many.learned_at(now)["factor"]
    assert lines(few, now) > lines(many, now) > 5
    assert few.reasons["held_by"] == "forecast"


def test_an_answer_that_is_near_is_awaited_and_the_numbers_say_so() -> None:
    pace, now = warmed()
    for agent in range(4):
        pace.talks(agent, 0, now - 60_000, True)
    for call in (1_000_000, 1_000_001):
        pace.dialed(call, now, 0.02)
    assert lines(pace, now + 2_000, idle=1) == 1
    early: dict[str, Any] = pace.reasons
    assert early["held_by"] == "forecast"
    assert early["overflow"] > early["accepted"]
    # those who answer do so after ten seconds
    assert lines(pace, now + 9_600, idle=1) == 0
    near: dict[str, Any] = pace.reasons
    assert near["held_by"] == "awaited"
    assert near["overflow"] <= near["accepted"]
    assert near["overflow_after"] > near["accepted_after"]
    assert near["soon"] > 10 * early["soon"] > 0
    # what was launched of it is counted with the rest, so that nothing else comes of asking again
    assert lines(pace, now + 9_600, idle=1) == 0
    assert lines(pace, now + 12_000, idle=1) == 1


def test_lines_of_all_who_share_the_agents_count_and_calls_of_shared_agents_alone() -> None:
    pace, now = warmed()
    other, _ = warmed(first=100_000)
    alone = lines(pace, now)
    for call in range(200_000, 200_010):
        other.dialed(call, now, 0.3)
    assert lines(pace, now, others=(other,), lines=10) <= alone - 10 + 1
    for agent in range(20):
        other.talks(agent, 0, now - 300_000, True)
    shared = lines(pace, now, others=(other,), lines=10)
    assert shared > lines(pace, now, others=(other,), lines=10, groups=SECOND)
    for agent in range(20):
        other.talks(agent, 0, now - 300_000, False)  # they leave when their call is over
    assert lines(pace, now, others=(other,), lines=10) < shared


def test_the_least_risk_of_those_whose_lines_ring_is_taken() -> None:
    pace, now = warmed()
    other, _ = warmed(first=100_000)
    other.aim(target=0.01, window="life", patience_s=2)
    for _ in range(5):
        other.counted(1.0, 1.0, -10.0, 5, 0.0)
    assert other.learned_at(now)["theta"] < pace.learned_at(now)["theta"]
    before = lines(pace, now, others=(other,))
    assert pace.reasons["theta"] == pace.learned_at(now)["theta"]
    other.dialed(1_000_000, now, 0.3)
    assert lines(pace, now, others=(other,), lines=1) < before
    assert pace.reasons["theta"] == other.learned_at(now)["theta"]


def test_co_5_with_nothing_to_lose_one_line_for_each_idle_agent() -> None:
    pace, now = warmed(every=10)
    assert lines(pace, now, beyond=0) == 5
    assert pace.reasons["held_by"] == "progressive"
    assert lines(pace, now, beyond=0, lines=4) == 1
    assert lines(pace, now, beyond=0, idle=0) == 0


def test_co_5_the_less_may_be_lost_the_fewer_lines() -> None:
    pace, now = warmed(every=10)
    pace.aim(target=0.5, window="life", patience_s=2)
    for _ in range(40):
        pace.counted(0.0, 1.0, 300.0, 5, 0.0)  # it would take any risk
    launched = [lines(pace, now, beyond=beyond) for beyond in (1, 2, 3, 10, NO_CAP)]
    assert launched[:2] == [5 + 1, 5 + 2], "where little is left, what can break no cap at all"
    assert lines(pace, now, beyond=10, certain=True) == 5 + 10
    assert launched == sorted(launched)
    assert launched[0] < launched[-1]
    assert lines(pace, now, beyond=3) > 5 + 3
    assert pace.reasons["held_by"] == "cap"


def test_lines_for_each_agent_and_a_silence_hold_it_back() -> None:
    pace, now = warmed(every=10)
    assert lines(pace, now, room=7) == 7
    assert pace.reasons["held_by"] == "lines_per_agent"
    assert lines(pace, now, room=3) == 3, "even of idle agents"
    assert lines(pace, now + 61_000) <= 2 * 5 + 1
    assert lines(Pace(), now, idle=3) <= 2 * 3 + 1


def test_lines_that_rang_long_enough_are_given_up_while_too_many_would_be_answered() -> None:
    pace, now = warmed(every=2)
    for call in range(100_000, 100_030):
        pace.dialed(call, now, 0.3)
        pace.rings(call, now + 1_000)

    def given_up(at: int, idle: int = 1, legal_ring_ms: int = 5_000) -> list[int]:
        return pace.too_many(at, (), FIRST, idle, 0, len(pace.ringing), 0.3, legal_ring_ms)

    assert given_up(now + 5_900) == []
    found = given_up(now + 6_000)
    assert found == list(range(100_000, 100_000 + len(found)))
    assert 0 < len(found) < 30
    assert given_up(now + 6_000, idle=30) == []


def test_more_is_launched_where_lines_can_be_given_up_before_all_would_be_answered() -> None:
    pace, now = warmed(every=10)  # whose answers come after ten seconds
    without = lines(pace, now)
    assert lines(pace, now, legal_ring_ms=60_000) == without
    assert lines(pace, now, legal_ring_ms=10_200) > without


def test_a_line_is_known_once() -> None:
    pace = Pace()
    pace.dialed(1, NOON, 0.3)
    with pytest.raises(ValueError, match="call 1 rings already"):
        pace.dialed(1, NOON, 0.3)
    pace.answered(2, NOON)  # of another campaign
    pace.answered(1, NOON + 5_000)
    pace.unanswered(1, NOON + 9_000)
    assert pace.ringing == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"target": 1.5, "window": "life", "patience_s": 2}, "target is 1.5"),
        ({"target": 0.03, "window": "week", "patience_s": 2}, "window is 'week'"),
        ({"target": 0.03, "window": "life", "patience_s": -1}, "patience_s is -1"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Pace().aim(**given)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ValueError, match="chance is -1"):
        Pace().dialed(1, NOON, -1.0)


def test_bytes_that_are_damaged_are_refused() -> None:
    pace, _ = warmed()
    image = pace.to_bytes()
    assert Pace.from_bytes(image).to_bytes() == image
    for bad in (b"", image[:-1], image + b"\0", b"\1" + image[1:]):
        with pytest.raises(ValueError, match="not what a pace learned"):
            Pace.from_bytes(bad)
    for at in range(8, len(image), 97):
        damaged = image[:at] + bytes([image[at] ^ 0x40]) + image[at + 1 :]
        with pytest.raises(ValueError, match="not what a pace learned"):
            Pace.from_bytes(damaged)


@pytest.mark.parametrize("window", list(WINDOWS))
def test_each_window_keeps_calls_in_reserve_and_more_for_more_agents(window: str) -> None:
    calls, per_agent = GUARDED_RESERVES[window]
    assert calls >= RESERVES[window][0]
    assert per_agent >= RESERVES[window][1]

    def theta(spare: float, agents: int) -> float:
        pace = Pace()
        pace.aim(target=0.03, window=window, patience_s=2)
        pace.counted(0.0, 1.0, spare, agents, 3_600.0)
        return pace.learned_at(NOON)["theta"]

    few, many = (theta(calls + per_agent * agents, agents) for agents in (5, 50))
    assert few == pytest.approx(many) == pytest.approx(0.03, rel=0.1)
    assert theta(calls + per_agent * 5 - 2, 5) < few < theta(calls + per_agent * 5 + 2, 5)


def losing(calls: int, of: int, **aimed: Any) -> tuple[Pace, int]:
    """At noon that many of so many calls were abandoned, and nothing has been since five past."""
    pace, _ = warmed(every=10)
    pace.aim(target=0.5, window="life", patience_s=2, **aimed)
    for call in range(of):
        pace.counted(float(call < calls), 1.0, 300.0, 5, 0.0, NOON)
    return pace, NOON + 300_000


def test_co_5_an_hour_that_has_lost_enough_dials_ahead_no_more_unless_answers_are_rare() -> None:
    free, now = losing(10, 50)
    held, _ = losing(10, 50, hour_cap=0.05)
    assert lines(free, now, here=10) > 5 == lines(held, now, here=10)
    assert held.reasons["held_by"] == "hour_cap"
    assert (held.reasons["hour_lose"], free.reasons["hour_lose"]) == (-7, None)
    assert lines(held, NOON + 3_600_000, here=10) > 5, "another hour"
    assert lines(held, now, here=10) == 5, "to look ahead changed nothing"
    spared, _ = losing(0, 400, hour_cap=0.05)
    assert lines(spared, now, here=10) > 5
    assert float(spared.reasons["hour_lose"] or 0) >= 18


def test_co_5_lines_to_contacts_who_answer_more_than_is_usual_are_held_back_for_the_hour() -> None:
    """Where one in fifty answers many lines lose nobody; not where the next is told to answer."""
    pace, now = Pace(), NOON - 2_000_000
    pace.aim(target=0.5, window="life", patience_s=2, hour_cap=0.05)
    for call in range(2_000):
        now += 1_000
        pace.dialed_to(call, now, 12, 1, 0, 0.02)
        if call >= 10:
            over = pace.answered if call % 50 == 0 else pace.unanswered
            over(call - 10, now)
    for call in list(pace.ringing):
        pace.unanswered(call, now)
    pace.counted(1.0, 17.0, 300.0, 5, 0.0, now)
    usual, likely = (pace.chance_of(12, 1, 0, told) for told in (0.02, 0.6))
    assert lines(pace, now, here=5, chance=usual) > 8
    assert lines(pace, now, here=5, chance=likely) == 5
    assert pace.reasons["held_by"] == "hour_cap"


def test_co_5_hours_begin_where_those_of_the_campaigns_clock_do() -> None:
    kolkata, _ = losing(10, 50, hour_cap=0.05, hour_begins_s=1_800)
    assert lines(kolkata, NOON + 29 * 60_000, here=10) == 5
    assert lines(kolkata, NOON + 31 * 60_000, here=10) > 5


def test_co_5_an_hour_of_another_counts_while_its_lines_ring() -> None:
    pace, now = losing(0, 1)
    other, _ = losing(10, 50, hour_cap=0.05)
    before = lines(pace, now, others=(other,), here=10)
    other.dialed(1_000_000, now, 0.3)
    assert lines(pace, now, others=(other,), lines=1, here=10) == 4 < before


def test_what_an_hour_has_lost_is_counted_before_it_has_a_cap_and_written_down() -> None:
    pace, now = losing(10, 50)
    pace.aim(target=0.5, window="life", patience_s=2, hour_cap=0.05)
    restored = Pace.from_bytes(pace.to_bytes())
    restored.aim(target=0.5, window="life", patience_s=2, hour_cap=0.05)
    for one in (pace, restored):
        assert lines(one, now, lines=0, here=10) == 5
        assert one.reasons["hour_lose"] == -7
    before = pace.to_bytes()
    lines(pace, now + 7_200_000, here=10)
    assert pace.to_bytes() == before


def test_a_month_of_hours_leaves_nothing_that_is_not_written_down() -> None:
    pace, _ = losing(0, 400, hour_cap=0.05)
    for day in range(1, 30):
        pace.counted(0.0, 100.0, 300.0, 5, 0.0, NOON + day * 86_400_000)
    restored = Pace.from_bytes(pace.to_bytes())
    restored.aim(target=0.5, window="life", patience_s=2, hour_cap=0.05)
    now = NOON + 29 * 86_400_000 + 600_000
    assert lines(restored, now, lines=0, here=40) == lines(pace, now, lines=0, here=40)
    assert restored.reasons == pace.reasons


def dialed_to(pace: Pace, calls: range, now: int, *, kind: int = 0, answered_of: int = 10) -> int:
    """Lines a second apart, of which the first of so many is answered after ten seconds."""
    for call in calls:
        now += 1_000
        pace.dialed_to(call, now, 12, 1, kind, 0.0)
        if call - 10 in pace.ringing:
            over = pace.answered if call % answered_of == 0 else pace.unanswered
            over(call - 10, now)
    return now


def test_what_contacts_have_in_common_is_followed_once_and_not_twice() -> None:
    alike, plain = Pace(), Pace()
    now = NOON
    for call in range(3_000):
        now += 1_000
        alike.dialed_to(call, now, 12, 1, 0, 0.0)
        plain.dialed(call, now, 0.3)
        for pace in (alike, plain):
            if call >= 10:
                (pace.answered if call % 10 == 0 else pace.unanswered)(call - 10, now)
        if call % 50 == 0:
            answers = 0.3 * plain.learned_at(now)["factor"]
            assert alike.said_of(call) * alike.learned_at(now)["factor"] == pytest.approx(
                answers, rel=0.1
            )
    found = alike.levels.reasons(hour=12)["chance"]
    assert found == pytest.approx(0.1, rel=0.15), "each contact's chance is right by itself"
    assert found / 0.3 < alike.learned_at(now)["common"] < 0.7


def test_what_contacts_have_in_common_stays_within_bounds_whoever_is_dialed() -> None:
    """What one kind is found to be worth while it is dialed would pile up, never given back."""
    pace = Pace()
    now, call = NOON, 0
    for _ in range(40):
        for told, seconds in ((0.0, 240), (0.3, 70)):
            for second in range(seconds):
                now += 1_000
                pace.dialed_to(call, now, 12, 1, 0, told)
                answers = second >= seconds - 60 if told == 0 else call % 3 == 0
                if call >= 1:
                    (pace.answered if answers else pace.unanswered)(call - 1, now)
                assert 0 < pace.said_of(call) < 20
                call += 1
    assert pace.learned_at(now)["common"] < 0.5
    pace.finished(60_000, now + 24 * 3_600_000)
    assert pace.learned_at(now + 24 * 3_600_000)["common"] == pytest.approx(1, abs=0.1)


def test_co_5_what_is_told_is_tried_when_some_would_have_answered() -> None:
    pace = Pace()
    assert not pace.is_tried(0.1)
    assert pace.is_tried(0.0), "nothing is told"
    now = NOON
    for call in range(100):
        assert not pace.is_tried(0.1)
        now += 500
        pace.dialed_to(call, now, 12, 1, 0, 0.1)
        pace.unanswered(call, now)
    pace.finished(60_000, now + 64_000)
    assert pace.is_tried(0.1)
    for call in range(200, 600):
        now += 500
        pace.dialed_to(call, now, 12, 1, 0, 1e-4)
        pace.unanswered(call, now)
    pace.finished(60_000, now + 64_000)
    assert pace.is_tried(1e-4), "hardly any answer was due, and none came from so many"
    now += 64_000
    assert not pace.is_tried(0.9), "as much has been told of nobody yet"
    pace.dialed_to(1_000, now, 12, 1, 0, 0.9)
    assert not pace.is_tried(0.1), "the line that rings may yet be anything"


def test_kinds_of_contacts_come_to_differ_and_what_was_told_counts() -> None:
    pace = Pace()
    now = NOON
    for part in range(20):
        for kind, answered_of in ((0, 10), (1, 3)):
            first = 400 * part + 200 * kind
            now = dialed_to(
                pace, range(first, first + 200), now, kind=kind, answered_of=answered_of
            )
            for call in list(pace.ringing):
                pace.unanswered(call, now)
    rarely, often = (pace.chance_of(12, 1, kind, 0.0) for kind in (0, 1))
    assert often / rarely == pytest.approx(10 / 3, rel=0.2)
    assert pace.chance_of(12, 1, 0, 0.8) == pytest.approx(2 * pace.chance_of(12, 1, 0, 0.4))


def test_lines_that_levels_have_not_counted_yet_are_written_down_too() -> None:
    pace = Pace()
    now = dialed_to(pace, range(500), NOON)
    kept = {call: (pace.said_of(call), call) for call in pace.ringing}
    restored = Pace.from_bytes(pace.to_bytes())
    for call, (said, serial) in kept.items():
        restored.line(call, now, now, said, serial)
    for one in (pace, restored):
        one.answered(max(kept), now + 5_000)
        dialed_to(one, range(1_000, 1_100), now + 6_000)
    assert restored.to_bytes() == pace.to_bytes()


@pytest.mark.parametrize(
    "contact", [(24, 1, 0, 0.0), (-1, 1, 0, 0.0), (0, 0, 0, 0.0), (0, 1, 8, 0.0), (0, 1, 0, 1.1)]
)
def test_contacts_of_no_world_are_refused_and_nothing_is_dialed(
    contact: tuple[int, int, int, float],
) -> None:
    pace = Pace()
    before = pace.to_bytes()
    for ask in (lambda: pace.chance_of(*contact), lambda: pace.dialed_to(1, NOON, *contact)):
        with pytest.raises(ValueError, match="are no contact's"):
            ask()
    assert pace.to_bytes() == before
    with pytest.raises(KeyError):
        pace.said_of(1)
    pace.dialed_to(1, NOON, 0, 1, 0, 0.0)
    with pytest.raises(ValueError, match="call 1 rings already"):
        pace.dialed_to(1, NOON, 0, 1, 0, 0.0)
