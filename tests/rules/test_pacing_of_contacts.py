"""Predictive campaigns whose contacts are not alike: what is told and learned of them (CO-5)."""

from math import prod
from typing import Any

import msgspec
import pytest

from fastdial.engine import BadSnapshot, Site
from fastdial.messages.commands import CampaignExplain, ContactsExplain
from fastdial.messages.compliance import (
    AbandonmentDefinition,
    AbandonmentPreset,
    ComplianceSettings,
)
from fastdial.messages.explain import AnswerChance, PacingDecision
from fastdial.messages.replies import CampaignExplanation, ContactExplanation
from fastdial.messages.settings import PacingSettings, RetryRule, RetrySettings
from fastdial.messages.words import DialingMode, NumberKind, Saw
from floor import Floor, number, rows

NO_CAP = ComplianceSettings(abandonment=AbandonmentPreset.NONE)
FAR = PacingSettings(max_lines_per_agent=20)


def predictive(floor: Floor, contacts: list[dict[str, Any]], **settings: Any) -> str:
    campaign_id = floor.campaign(
        mode=DialingMode.PREDICTIVE, compliance=NO_CAP, pacing=FAR, run=True,
        ends_when_dry=False, **settings,
    )  # fmt: skip
    floor.load(campaign_id, contacts)
    return campaign_id


def staffed(contacts: list[dict[str, Any]], agents: int = 4, **settings: Any) -> Floor:
    floor = Floor()
    predictive(floor, contacts, **settings)
    for n in range(agents):
        floor.agent(f"agent {n}")
    return floor


def pacing(floor: Floor) -> PacingDecision:
    reply = floor.do(CampaignExplain(campaign_id="00001"))
    assert isinstance(reply, CampaignExplanation)
    assert reply.pacing is not None
    return reply.pacing


def explained(floor: Floor, contact_key: str) -> AnswerChance:
    reply = floor.do(ContactsExplain(campaign_id="00001", contact_key=contact_key))
    assert isinstance(reply, ContactExplanation)
    assert reply.answer is not None
    return reply.answer


def ringing(floor: Floor) -> list[str]:
    return [call.contact_key for call in floor.site._state.records.calls.values()]


def hang_on(floor: Floor, ms: int) -> None:
    """Lines that ring do so until the limit, when new ones take their place."""
    until = floor.now + ms
    while floor.now < until:
        floor.wait(1_000)
        for call, known in tuple(floor.site._state.records.calls.items()):
            if known.answered_at is None and floor.now >= known.dialed_at + 20_000:
                floor.saw(call, Saw.NO_ANSWER)


def test_co_5_the_rarer_contacts_are_told_to_answer_the_more_lines_ring() -> None:
    rare, often = (staffed(rows(*range(500), answer_chance=told)) for told in (0.05, 0.5))
    for floor in (rare, often):
        floor.wait(27_000)
    assert len(ringing(rare)) > 1.5 * len(ringing(often)) > 0
    assert pacing(rare).answer == pytest.approx(0.05, rel=0.5)


def test_co_5_lines_for_contacts_who_hardly_answer_do_not_go_to_those_who_will() -> None:
    rare, often = rows(*range(10), answer_chance=0.02), rows(*range(10, 200), answer_chance=0.95)
    floor = staffed(rare + often, agents=2)
    floor.wait(27_000)
    keys = ringing(floor)
    assert keys[:10] == [f"c{n}" for n in range(10)]
    assert len(keys) <= 12
    assert pacing(floor).held_by == "forecast"


def test_co_5_nor_where_those_who_hardly_answer_are_passed_over() -> None:
    """Their number is in another call, so that whoever follows them would get their lines."""
    floor = Floor()
    floor.campaign(600, teams=("another",), ring_s=120)
    floor.agent("ann", "another")
    pairs = [
        {"contact_key": f"{kind}{n}", "numbers": [number(at)], "answer_chance": told}
        for n in range(60)
        for kind, at, told in (("rare", 600, 0.02), ("often", n, 0.95))
    ]
    first = rows(*range(100, 105), answer_chance=0.02)
    predictive(floor, [*first, *pairs], teams=("ahead",))
    for n in range(2):
        floor.agent(f"agent {n}", "ahead")
    floor.wait(27_000)
    keys = ringing(floor)
    assert all(contact["contact_key"] in keys for contact in first), "it dials far ahead for these"
    assert sum(key.startswith("often") for key in keys) <= 2


def test_co_5_what_a_platform_tells_breaks_no_cap_though_it_is_wrong() -> None:
    """A percentage taken for a share, say: of people who answer every other time .01 is told."""
    honest, wrong = (
        rows(*range(300), answer_chance=0.3),
        rows(*range(300, 2_300), answer_chance=0.01),
    )
    floor = Floor()
    half = ComplianceSettings(abandonment=AbandonmentDefinition(cap=0.03))
    campaign_id = floor.campaign(
        mode=DialingMode.PREDICTIVE, compliance=half, pacing=FAR, ends_when_dry=False
    )
    floor.load(campaign_id, honest + wrong)
    for n in range(20):
        floor.agent(f"agent {n}")
    ahead = 0
    for _ in range(1_800):
        floor.wait(500)
        ahead = max(ahead, len(ringing(floor)) - 20)
        work_through(floor)
    counts = floor.site._state.records.campaigns[campaign_id].counts
    assert ahead > 10, "it dials ahead while it knows"
    assert counts.answered > 200
    assert counts.abandoned <= 0.03 * counts.answered


def work_through(floor: Floor) -> None:
    """The honest answer every third time, the others every other time; calls last a minute."""
    for call, known in tuple(floor.site._state.records.calls.items()):
        rang_ms, often = floor.now - known.dialed_at, 3 if int(known.contact_key[1:]) < 300 else 2
        if known.bridged_at is not None and floor.now >= known.bridged_at + 60_000:
            floor.saw(call, Saw.HUNG_UP)
            floor.wrap_up(call, known.agent_id or "")
        elif known.bridged_at is None and known.agent_id is not None:
            floor.saw(call, Saw.BRIDGED)
        elif (
            known.answered_at is None and call % often == 0 and rang_ms >= 3_000 + call % 7 * 1_000
        ):
            floor.saw(call, Saw.ANSWERED)
        elif known.answered_at is None and rang_ms >= 19_000:
            floor.saw(call, Saw.NO_ANSWER)
        elif known.outcome is not None and known.bridged_at is None:
            floor.saw(call, Saw.HUNG_UP)


def test_co_9_the_numbers_that_make_a_contacts_chance_are_told() -> None:
    tokyo = {"zone": "Asia/Tokyo", "numbers": [{"number": number(900), "kind": "mobile"}]}
    floor = staffed([*rows(*range(400)), {"contact_key": "far", "answer_chance": 0.2, **tokyo}])
    first = explained(floor, "c399")
    assert (first.told, first.prior, first.chance, first.answer) == (None, 0.3, 0.3, 0.3)
    far = explained(floor, "far")
    assert (far.told, far.hour, far.attempt, far.kind) == (0.2, 21, 1, NumberKind.MOBILE)
    hang_on(floor, 150_000)
    after = explained(floor, "c399")
    assert (after.hour, after.kind) == (12, NumberKind.VOICE)
    factors = (after.by_base, after.by_list, after.by_hour, after.by_attempt, after.by_kind)
    assert all(factor < 1 for factor in factors), "nobody answered"
    assert after.chance == pytest.approx(after.prior * prod(factors) * after.by_told)
    assert after.answer == pytest.approx(after.chance * after.of_late)
    assert explained(floor, "far").by_kind == 1.0, "of such a number nothing is known yet"
    assert pacing(floor).next == explained(floor, f"c{len(floor.dialed_keys())}")
    floor.campaign(900)
    reply = floor.do(ContactsExplain(campaign_id="00002", contact_key="c900"))
    assert isinstance(reply, ContactExplanation)
    assert reply.answer is None, "where agents are there first nobody asks"


def test_co_5_that_later_attempts_are_answered_less_often_is_learned() -> None:
    again = RetrySettings(no_answer=RetryRule(times=3, after_s=30))
    floor = staffed(rows(*range(120)), agents=8, retries=again)
    for _ in range(400):
        floor.wait(1_000)
        for call, known in tuple(floor.site._state.records.calls.items()):
            if known.bridged_at is not None:
                floor.saw(call, Saw.HUNG_UP)
                floor.wrap_up(call, known.agent_id or "")
            elif known.answered_at is None and floor.now >= known.dialed_at + 10_000:
                answers = known.attempt == 1 and known.call_id % 3 == 0
                floor.saw(call, Saw.ANSWERED if answers else Saw.NO_ANSWER)
                if call in floor.site._state.records.calls and known.agent_id is not None:
                    floor.saw(call, Saw.BRIDGED)
    pace = floor.site._state.pacing.paces["00001"]
    once, twice = (pace.chance_of(12, attempt, 0, 0.0) for attempt in (1, 2))
    assert twice < 0.5 * once


def test_co_5_what_is_told_and_learned_survives_a_snapshot_and_is_in_the_record() -> None:
    told = [{**row, "answer_chance": 0.1 + n % 7 / 10} for n, row in enumerate(rows(*range(600)))]
    floor = staffed(told[:300] + rows(*range(300, 600)), agents=6)
    hang_on(floor, 100_000)
    rebuilt = Site(floor.site.config, floor.site.seed)
    for event in floor.events:
        rebuilt.apply(event)
    restored = Site.restore(floor.site.snapshot())
    assert rebuilt.state_hash() == floor.site.state_hash() == restored.state_hash()
    for call in list(floor.site._state.records.calls)[:3]:
        floor.saw(call, Saw.ANSWERED, after_ms=1_000)
    hang_on(floor, 80_000)
    before = floor.site.state_hash()
    again = Site(floor.site.config, floor.site.seed)
    for event in floor.events:
        again.apply(event)
    restored = Site.restore(floor.site.snapshot())
    assert again.state_hash() == before == restored.state_hash()
    asked = CampaignExplain(campaign_id="00001")
    now = floor.now + 900
    assert again.look(asked, now) == floor.site.look(asked, now)
    assert restored.advance(now) == floor.site.advance(now)


def test_a_snapshot_of_another_version_is_refused_by_its_version() -> None:
    floor = staffed(rows(1, 2, 3))
    saved = msgspec.msgpack.decode(floor.site.snapshot())
    state = msgspec.msgpack.decode(saved["state"])

    def older(**changes: Any) -> bytes:
        changed = {**state, **changes}
        return msgspec.msgpack.encode({**saved, "state": msgspec.msgpack.encode(changed)})

    said = f"version 6; this is read: {state['version']}"
    for data in (older(version=6), older(version=6, pacing=7), older(version=6, records=[])):
        with pytest.raises(BadSnapshot, match=said):
            Site.restore(data)
    before_pacing = {"now": 1, "state": msgspec.msgpack.encode({**state, "version": 6})}
    with pytest.raises(BadSnapshot, match=said):
        Site.restore(msgspec.msgpack.encode(before_pacing))
    with pytest.raises(BadSnapshot, match="damaged"):
        Site.restore(older(records=[]))
    for data in (b"", b"\1", msgspec.msgpack.encode({"state": b"\1"}), b"SQLite"):
        with pytest.raises(BadSnapshot, match="not a snapshot of a site"):
            Site.restore(data)
