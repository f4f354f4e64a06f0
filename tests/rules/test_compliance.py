"""Exclusion, frequency caps and abandonment (rules CO-2 to CO-8)."""

import datetime
from typing import Any

import msgspec
import numpy as np
import pytest

from fastdial import Site
from fastdial.messages.commands import (
    AgentLogout,
    CampaignCreate,
    CampaignUpdate,
    ExclusionAdd,
    ExclusionCheck,
    ExclusionList,
    ExclusionRemove,
    PreviewDial,
    PreviewRequest,
    SiteConfigure,
)
from fastdial.messages.compliance import (
    Abandoned,
    AbandonmentBase,
    AbandonmentDefinition,
    AbandonmentPreset,
    CapPreset,
    CapScope,
    CapSubject,
    ComplianceSettings,
    FrequencyCap,
    MeasuringWindow,
    SiteCompliance,
    WaitStart,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import (
    CampaignPacingChanged,
    ContactPassedOver,
    DialRequested,
    ExclusionAdded,
)
from fastdial.messages.replies import (
    ExclusionChangedReply,
    ExclusionCheckReply,
    ExclusionListsReply,
)
from fastdial.messages.settings import (
    CampaignSettings,
    RetryRule,
    RetrySettings,
    SiteConfig,
    WrapUpCode,
)
from fastdial.messages.words import (
    Answerer,
    CodeMeaning,
    ContactState,
    DialingMode,
    Saw,
)
from fastdial.rules.compliance.measure import CALL, figure
from fastdial.rules.compliance.packed import packed
from fastdial.rules.compliance.presets import (
    ABANDONMENT,
    ABANDONMENT_SOURCES,
    CAP_SOURCES,
    CAPS,
    caps_of,
    definition_of,
)
from floor import Floor, number, rows

DAY_S = 86_400


@pytest.fixture
def floor() -> Floor:
    return Floor()


def refused(floor: Floor, compliance: ComplianceSettings, ring_s: int = 25) -> tuple[str, str]:
    settings = CampaignSettings(name="Test", compliance=compliance, ring_s=ring_s)
    return floor.refused(CampaignCreate(settings=settings))


# --- CO-4: presets and definitions


@pytest.mark.parametrize(
    ("preset", "cap", "limit_ms", "start", "window", "min_ring_s", "quiet_h"),
    [
        ("us-ftc", 0.03, 2_000, "greeting_end", "rolling_30d", 15, 0),
        ("uk-ofcom-2008", 0.03, 2_000, "greeting_start", "rolling_24h", 15, 72),
        ("ca-crtc", 0.05, 2_000, "connected", "calendar_month", 0, 0),
        ("none", 1.0, 2_000, "connected", "campaign_life", 0, 0),
    ],
)
def test_co_4_presets_say_what_their_sources_say(
    preset: str, cap: float, limit_ms: int, start: str, window: str, min_ring_s: int, quiet_h: int
) -> None:
    definition = ABANDONMENT[AbandonmentPreset(preset)]
    assert (definition.cap, definition.limit_ms) == (cap, limit_ms)
    assert (definition.start, definition.window) == (WaitStart(start), MeasuringWindow(window))
    assert definition.min_ring_s == min_ring_s
    assert definition.quiet_after_abandoned_s == quiet_h * 3_600
    assert definition.denominator is AbandonmentBase.ANSWERED_BY_PERSON


def test_co_3_presets_of_caps_say_what_their_sources_say() -> None:
    (reg_f,) = CAPS[CapPreset.US_REG_F]
    assert (reg_f.attempts, reg_f.period_s) == (7, 7 * DAY_S)
    assert reg_f.quiet_after_conversation_s == 7 * DAY_S
    (france,) = CAPS[CapPreset.FR_D223_9]
    assert (france.attempts, france.period_s) == (4, 30 * DAY_S)


def test_co_4_every_preset_has_a_source_and_a_date() -> None:
    assert set(ABANDONMENT) == set(ABANDONMENT_SOURCES) == set(AbandonmentPreset)
    assert set(CAPS) == set(CAP_SOURCES) == set(CapPreset)
    for preset, source in (*ABANDONMENT_SOURCES.items(), *CAP_SOURCES.items()):
        assert source.title
        datetime.date.fromisoformat(source.read_on)
        if preset is not AbandonmentPreset.NONE:
            assert source.url.startswith("https://")
            datetime.date.fromisoformat(source.in_force_from)


def test_co_4_a_definition_of_ones_own_is_taken_as_it_is() -> None:
    mine = AbandonmentDefinition(cap=0.01, window=MeasuringWindow.CALENDAR_DAY)
    assert definition_of(ComplianceSettings(abandonment=mine)) is mine
    named = ComplianceSettings(abandonment=AbandonmentPreset.CA_CRTC)
    assert definition_of(named).cap == 0.05


def test_co_3_caps_of_site_and_campaign_hold_together_each_once() -> None:
    mine = FrequencyCap(attempts=2, period_s=DAY_S)
    caps = caps_of((CapPreset.US_REG_F, mine), (mine, *CAPS[CapPreset.US_REG_F]))
    assert caps == (*CAPS[CapPreset.US_REG_F], mine)


def test_co_6_a_ring_time_below_that_of_the_definition_is_refused(floor: Floor) -> None:
    ftc = ComplianceSettings(abandonment=AbandonmentPreset.US_FTC, abandon_message="sorry")
    assert refused(floor, ftc, ring_s=14) == (ErrorCode.INVALID_VALUE, "settings.ring_s")
    floor.campaign(run=False, compliance=ftc, ring_s=15)


def test_co_6_a_definition_that_asks_for_a_message_gets_one(floor: Floor) -> None:
    silent = ComplianceSettings(abandonment=AbandonmentPreset.US_FTC)
    field = "settings.compliance.abandon_message"
    assert refused(floor, silent) == (ErrorCode.INVALID_VALUE, field)


@pytest.mark.parametrize(
    ("compliance", "field"),
    [
        ({"caps": (FrequencyCap(),)}, "caps[0]"),
        ({"caps": (CapPreset.US_REG_F, FrequencyCap(attempts=1, period_s=0))}, "caps[1].period_s"),
        ({"abandonment": AbandonmentDefinition(zone="Mars/Base")}, "abandonment.zone"),
        ({"do_not_call_list": "nowhere"}, "do_not_call_list"),
    ],
)
def test_co_3_co_4_settings_that_mean_nothing_are_refused(
    floor: Floor, compliance: dict[str, object], field: str
) -> None:
    given = ComplianceSettings(**compliance)  # type: ignore[arg-type] # fields of the settings
    assert refused(floor, given) == (ErrorCode.INVALID_VALUE, f"settings.compliance.{field}")


def test_co_3_a_cap_of_the_site_cannot_count_a_campaigns_calls(floor: Floor) -> None:
    cap = FrequencyCap(subject=CapSubject.NUMBER, scope=CapScope.CAMPAIGN, attempts=1)
    config = SiteConfig(compliance=SiteCompliance(caps=(cap,)))
    field = "config.compliance.caps[0].scope"
    assert floor.refused(SiteConfigure(config=config)) == (ErrorCode.INVALID_VALUE, field)


def test_co_2_a_site_keeps_the_lists_that_its_campaigns_write_to(floor: Floor) -> None:
    floor.campaign(run=False)
    config = SiteConfig(compliance=SiteCompliance(exclusion_lists=()))
    refusal = floor.refused(SiteConfigure(config=config))
    assert refusal == (ErrorCode.INVALID_VALUE, "config.compliance")


# --- CO-4, CO-8: what is counted


def predictive(floor: Floor, *contacts: int, **definition: Any) -> None:
    """A predictive campaign that runs, and one agent, for whom a first call is dialed."""
    share = definition.pop("false_positive_share", 0.0)
    compliance = ComplianceSettings(
        abandonment=AbandonmentDefinition(**definition), false_positive_share=share
    )
    floor.campaign(*contacts, mode=DialingMode.PREDICTIVE, compliance=compliance)
    floor.agent("ann")


def measured(floor: Floor) -> tuple[float, float]:
    """Abandoned calls and what they are a share of, in the window at hand."""
    campaign = floor.site._state.records.campaigns["00001"]
    now = figure(campaign.abandonment, definition_of(campaign.settings.compliance), floor.now)
    return now.abandoned / CALL, now.base / CALL


def next_call(floor: Floor) -> int:
    return floor.all_seen(DialRequested)[-1].call_id


def abandon(floor: Floor) -> None:
    """The call that rings is answered by a person when the agent has just left."""
    call = next_call(floor)
    floor.do(AgentLogout(agent_id="ann"))
    floor.saw(call, Saw.ANSWERED, after_ms=20_000)
    floor.wait(2_000)
    floor.saw(call, Saw.HUNG_UP)


def serve(floor: Floor) -> None:
    """The call that rings is answered, talked through and wrapped up."""
    call = next_call(floor)
    floor.talk(call)
    floor.wrap_up(call)


def machine(floor: Floor) -> None:
    call = next_call(floor)
    floor.saw(call, Saw.ANSWERED, answerer=Answerer.ANSWERING_MACHINE)
    floor.saw(call, Saw.HUNG_UP)


def test_co_4_of_calls_answered_by_a_person_those_without_an_agent_are_abandoned(
    floor: Floor,
) -> None:
    predictive(floor, *range(9))
    serve(floor)
    floor.saw(next_call(floor), Saw.NO_ANSWER)
    machine(floor)
    assert measured(floor) == (0, 1)
    abandon(floor)
    assert measured(floor) == (1, 2)


@pytest.mark.parametrize(
    ("denominator", "base"), [("answered_by_person", 1), ("answered", 2), ("attempts", 3)]
)
def test_co_4_the_denominator_is_that_of_the_definition(
    floor: Floor, denominator: str, base: int
) -> None:
    predictive(floor, *range(9), denominator=AbandonmentBase(denominator))
    serve(floor)
    floor.saw(next_call(floor), Saw.BUSY)
    machine(floor)
    assert measured(floor) == (0, base)


@pytest.mark.parametrize(("numerator", "abandoned"), [("met_no_agent", 1), ("limit_passed", 0)])
def test_co_4_who_hangs_up_within_the_limit_counts_as_the_definition_says(
    floor: Floor, numerator: str, abandoned: int
) -> None:
    predictive(floor, 1, numerator=Abandoned(numerator))
    call = next_call(floor)
    floor.do(AgentLogout(agent_id="ann"))
    floor.saw(call, Saw.ANSWERED, after_ms=20_000)
    floor.saw(call, Saw.HUNG_UP, after_ms=1_900)
    assert measured(floor) == (abandoned, 1)


def test_co_4_a_rolling_window_lets_go_of_what_is_a_day_old(floor: Floor) -> None:
    predictive(floor, 1, window=MeasuringWindow.ROLLING_24H)
    abandon(floor)
    floor.wait(23 * 3_600_000)
    assert measured(floor) == (1, 1)
    floor.wait(3_900_000)
    assert measured(floor) == (0, 0)


def test_co_4_a_calendar_day_ends_at_midnight_in_the_zone_of_the_definition(floor: Floor) -> None:
    predictive(floor, 1, window=MeasuringWindow.CALENDAR_DAY, zone="Pacific/Kiritimati")
    abandon(floor)
    floor.wait(7 * 3_600_000)  # from 12:00 UTC, which is 02:00 on the next day there
    assert measured(floor) == (1, 1)
    floor.wait(15 * 3_600_000)
    assert measured(floor) == (0, 0)


def test_co_4_another_way_of_measuring_begins_at_nothing(floor: Floor) -> None:
    predictive(floor, 1)
    abandon(floor)
    settings = floor.site._state.records.campaigns["00001"].settings
    for definition, counted in (
        (AbandonmentDefinition(cap=0.01), (1, 1)),
        (AbandonmentPreset.CA_CRTC, (0, 0)),
    ):
        changed = msgspec.structs.replace(
            settings, compliance=ComplianceSettings(abandonment=definition)
        )
        floor.do(CampaignUpdate(campaign_id="00001", settings=changed))
        assert measured(floor) == counted


@pytest.mark.parametrize(("counts", "expected"), [(True, (0.25, 1.25)), (False, (0, 1))])
def test_co_8_persons_taken_for_machines_count_by_the_estimate_where_the_definition_says_so(
    floor: Floor, counts: bool, expected: tuple[float, float]
) -> None:
    predictive(floor, *range(9), false_positives_count=counts, false_positive_share=0.25)
    serve(floor)
    machine(floor)
    assert measured(floor) == expected


# --- CO-5: the cap


def test_co_5_falling_back_to_progressive_and_dialing_ahead_again_are_in_the_record(
    floor: Floor,
) -> None:
    predictive(floor, *range(40), cap=0.5)
    assert floor.all_seen(CampaignPacingChanged) == []
    serve(floor)
    (ahead,) = floor.all_seen(CampaignPacingChanged)
    assert (ahead.ahead, ahead.abandoned, ahead.base, ahead.cap) == (True, 0, 1, 0.5)
    abandon(floor)
    _, back = floor.all_seen(CampaignPacingChanged)
    assert (back.ahead, back.abandoned, back.base) == (False, 1, 2)
    floor.agent("ann")
    said = len(floor.all_seen(CampaignPacingChanged))
    floor.wait(20_000)
    assert len(floor.all_seen(CampaignPacingChanged)) == said, "not one for each tick"


def test_co_5_what_was_earned_yesterday_cannot_be_spent_today(floor: Floor) -> None:
    predictive(floor, *range(80), cap=0.5, window=MeasuringWindow.CALENDAR_DAY)
    for _ in range(3):
        serve(floor)
    assert floor.all_seen(CampaignPacingChanged)[-1].ahead
    floor.do(AgentLogout(agent_id="ann"))
    floor.saw(next_call(floor), Saw.NO_ANSWER)
    floor.wait(24 * 3_600_000)
    floor.agent("ann")
    back = floor.all_seen(CampaignPacingChanged)[-1]
    assert (back.ahead, back.abandoned, back.base) == (False, 0, 0)


def test_co_5_without_a_cap_only_lines_for_each_agent_limit_it(floor: Floor) -> None:
    for n in range(10):
        floor.agent(f"agent {n}")
    predictive(floor, *range(40), cap=1.0)
    assert len(floor.all_seen(DialRequested)) > 11


def test_co_5_co_8_estimated_false_positives_are_set_aside(floor: Floor) -> None:
    predictive(floor, *range(40), cap=0.5, false_positives_count=True, false_positive_share=1.0)
    serve(floor)
    assert floor.all_seen(CampaignPacingChanged) == []
    assert len(floor.site._state.records.calls) == 1


# --- CO-2: exclusion lists


def exclude(floor: Floor, *numbers: int, list_name: str = "do_not_call") -> None:
    floor.do(ExclusionAdd(list_name=list_name, numbers=tuple(number(n) for n in numbers)))


def passed_over(floor: Floor) -> list[tuple[str, str, str]]:
    """Contacts that were passed over, by which rule, and what became of them."""
    return [(e.contact_key, e.rule, e.fate.state.value) for e in floor.all_seen(ContactPassedOver)]


def test_co_2_an_excluded_number_is_refused_at_the_load(floor: Floor) -> None:
    exclude(floor, 1, 3)
    campaign = floor.campaign(run=False)
    two = {"contact_key": "two", "numbers": [number(3), number(4)]}
    none = {"contact_key": "none", "numbers": [number(3), number(1)]}
    reply = floor.load(campaign, [*rows(1, 2), two, none])
    assert reply.added == 2
    assert [(row.row, row.field) for row in reply.refused] == [(1, "numbers"), (4, "numbers")]
    assert "excluded, by list do_not_call" in reply.refused[0].reason
    assert floor.contact("two").numbers == (number(3), number(4))


def test_co_2_an_excluded_number_is_passed_over_at_dialing_and_the_record_says_by_which_list(
    floor: Floor,
) -> None:
    campaign = floor.campaign(1, 2)
    floor.load(campaign, [{"contact_key": "two", "numbers": [number(3), number(4)]}])
    exclude(floor, 1, 3)
    floor.agent("ann")
    assert floor.dialed_keys() == ["c2"]
    assert passed_over(floor) == [("c1", "CO-2", "done")]
    assert floor.all_seen(ContactPassedOver)[0].values == {"list_name": "do_not_call"}
    assert floor.contact("c1").reason == "excluded"
    floor.saw(next_call(floor), Saw.INVALID_NUMBER)
    floor.wait(0)
    (last,) = floor.all_seen(DialRequested)[1:]
    assert (last.contact_key, last.number) == ("two", number(4))


def test_co_2_a_list_holds_for_the_campaigns_that_name_it(floor: Floor) -> None:
    exclude(floor, 1, 2, list_name="competitors")
    mine = ComplianceSettings(exclusion_lists=("competitors",))
    floor.campaign(1, 2, 3)
    floor.campaign(compliance=mine)
    assert floor.load("00002", rows(1, 2, 3)).added == 1
    assert floor.contact("c1", "00001").state is ContactState.READY


def test_co_2_a_number_is_excluded_until_it_goes_off_the_list(floor: Floor) -> None:
    exclude(floor, 1)
    campaign = floor.campaign(run=False)
    assert floor.load(campaign, rows(1)).added == 0
    reply = floor.do(ExclusionRemove(list_name="do_not_call", numbers=(number(1), number(2))))
    assert reply == ExclusionChangedReply(id=0, changed=1)
    assert floor.load(campaign, rows(1)).added == 1
    code = floor.refused(ExclusionRemove(list_name="nowhere", numbers=(number(1),)))
    assert code == (ErrorCode.UNKNOWN_LIST, "list_name")


def test_co_2_numbers_come_in_bulk_and_bad_ones_are_refused_one_by_one(floor: Floor) -> None:
    many = np.arange(10**9, 10**9 + 5_000)
    many[7] = 5
    reply = floor.do(
        ExclusionAdd(list_name="big", numbers=(number(1), "nobody"), packed=packed(many))
    )
    assert isinstance(reply, ExclusionChangedReply)
    assert reply.changed == 5_000
    assert [(row.row, row.field) for row in reply.refused] == [(2, "numbers"), (8, "packed")]
    assert floor.do(ExclusionList()) == ExclusionListsReply(lists={"big": 5_000})
    again = floor.do(ExclusionAdd(list_name="big", packed=packed(many[8:])))
    assert again == ExclusionChangedReply(changed=0)
    assert floor.seen(ExclusionAdded) == []
    odd = floor.refused(ExclusionAdd(list_name="big", packed=b"123"))
    assert odd == (ErrorCode.INVALID_VALUE, "packed")


def test_co_2_it_can_be_asked_on_which_lists_a_number_is(floor: Floor) -> None:
    floor.campaign(run=False)
    exclude(floor, 1)
    exclude(floor, 1, 2, list_name="other")
    asked = (number(1), number(2))
    everywhere = floor.do(ExclusionCheck(numbers=asked))
    assert isinstance(everywhere, ExclusionCheckReply)
    assert everywhere.found == {number(1): ("do_not_call", "other"), number(2): ("other",)}
    here = floor.do(ExclusionCheck(numbers=asked, campaign_id="00001"))
    assert isinstance(here, ExclusionCheckReply)
    assert here.found == {number(1): ("do_not_call",), number(2): ()}


def test_co_2_an_agents_code_puts_all_numbers_of_the_contact_on_the_list(floor: Floor) -> None:
    code = WrapUpCode(code="never", name="Never again", meaning=CodeMeaning.DO_NOT_CALL)
    campaign = floor.campaign(2, wrap_up_codes=(code,))
    floor.load(campaign, [{"contact_key": "c", "numbers": [number(7), number(8)], "priority": 1}])
    floor.agent("ann")
    (call,) = floor.dialed()
    floor.talk(call)
    floor.wrap_up(call, code="never")
    (added,) = floor.seen(ExclusionAdded)
    assert (added.list_name, added.reason, added.call_id) == ("do_not_call", "do_not_call", call)
    other = floor.campaign(run=False)
    assert floor.load(other, rows(7, 8, 9)).added == 1


def test_co_2_a_preview_of_an_excluded_number_is_not_dialed(floor: Floor) -> None:
    floor.campaign(1, mode=DialingMode.PREVIEW)
    floor.agent("ann")
    floor.do(PreviewRequest(agent_id="ann"))
    exclude(floor, 1)
    assert floor.refused(PreviewDial(agent_id="ann")) == (ErrorCode.NOT_ALLOWED, "number")


# --- CO-3: frequency caps

MANY_TRIES = RetrySettings(
    max_attempts=50, no_answer=RetryRule(times=50, after_s=60), abandoned=RetryRule(times=50)
)


def capped(floor: Floor, *caps: CapPreset | FrequencyCap, contacts: Any = (1,), **more: Any) -> str:
    """A campaign with caps, whose contacts are tried again every minute."""
    compliance = ComplianceSettings(caps=caps)
    return floor.campaign(*contacts, retries=MANY_TRIES, compliance=compliance, **more)


def ring_out(floor: Floor, hours: int) -> list[int]:
    """Nobody answers for so long: when each call was dialed, in seconds from the beginning."""
    begin, until = floor.now, floor.now + hours * 3_600_000
    while floor.now < until:
        for call in tuple(floor.site._state.records.calls):
            floor.saw(call, Saw.NO_ANSWER)
        due_at = floor.site.next_due()
        floor.wait(until - floor.now if due_at is None else max(0, min(due_at, until) - floor.now))
    return [(e.at - begin) // 1_000 for e in floor.all_seen(DialRequested)]


def test_co_3_at_most_so_many_attempts_in_any_rolling_period(floor: Floor) -> None:
    capped(floor, FrequencyCap(attempts=3, period_s=3_600))
    floor.agent("ann")
    assert ring_out(floor, 2) == [0, 60, 120, 3600, 3660, 3720, 7200]
    (first, *_) = floor.all_seen(ContactPassedOver)
    assert (first.rule, first.fate.reason) == ("CO-3", "frequency_cap")
    assert first.values == {
        "subject": "number",
        "scope": "site",
        "attempts": 3,
        "period_s": 3_600,
    }


def test_co_3_several_caps_hold_together(floor: Floor) -> None:
    capped(
        floor,
        FrequencyCap(attempts=2, period_s=600),
        FrequencyCap(attempts=3, period_s=3_600, scope=CapScope.CAMPAIGN),
    )
    floor.agent("ann")
    assert ring_out(floor, 2) == [0, 60, 600, 3600, 3660, 4200, 7200]


def test_co_3_quiet_after_a_conversation_counts_from_its_end(floor: Floor) -> None:
    again = WrapUpCode(code="again", name="Again", meaning=CodeMeaning.RETRY, retry_after_s=60)
    quiet = FrequencyCap(quiet_after_conversation_s=3_600)
    capped(floor, quiet, wrap_up_codes=(again,))
    floor.agent("ann")
    (call,) = floor.dialed()
    floor.talk(call, ms=120_000)
    over_at = floor.now
    floor.wrap_up(call, code="again")
    floor.until_dialed()
    assert floor.now == over_at + 3_600_000


@pytest.mark.parametrize(("scope", "calls"), [("site", 1), ("campaign", 2)])
def test_co_3_the_scope_says_whose_calls_count(floor: Floor, scope: str, calls: int) -> None:
    cap = FrequencyCap(attempts=1, period_s=3_600, scope=CapScope(scope))
    capped(floor, cap)
    capped(floor, cap)
    floor.agent("ann")
    floor.saw(floor.dialed()[0], Saw.BUSY)
    assert len(floor.all_seen(DialRequested)) == calls


@pytest.mark.parametrize(
    ("subject", "keys"),
    [("number", ["a", "b", "c"]), ("contact", ["a", "b", "c"]), ("account", ["a", "c"])],
)
def test_co_3_a_cap_on_accounts_counts_all_contacts_of_an_account(
    floor: Floor, subject: str, keys: list[str]
) -> None:
    cap = FrequencyCap(subject=CapSubject(subject), attempts=1, period_s=3_600)
    campaign = capped(floor, cap, contacts=())
    variables: list[dict[str, str]] = [{"account": "X"}, {"account": "X"}, {}]
    floor.load(
        campaign,
        [
            {"contact_key": key, "numbers": [number(n)], "variables": given}
            for n, (key, given) in enumerate(zip("abc", variables, strict=True))
        ],
    )
    floor.agent("ann")
    for _ in range(3):
        for call in tuple(floor.site._state.records.calls):
            floor.saw(call, Saw.BUSY)
    assert floor.dialed_keys() == keys


def test_co_3_a_contact_is_one_whatever_its_numbers(floor: Floor) -> None:
    cap = FrequencyCap(subject=CapSubject.CONTACT, attempts=1, period_s=3_600)
    campaign = capped(floor, cap, contacts=())
    floor.load(campaign, [{"contact_key": "c", "numbers": [number(1), number(2)]}])
    floor.agent("ann")
    assert ring_out(floor, 1)[:2] == [0, 3600]


def test_co_3_caps_survive_a_restart_to_the_millisecond(floor: Floor) -> None:
    capped(floor, CapPreset.US_REG_F)
    floor.agent("ann")
    ring_out(floor, 1)
    (waits,) = floor.all_seen(ContactPassedOver)
    assert waits.fate.due_at == floor.all_seen(DialRequested)[0].at + 7 * DAY_S * 1_000
    restored = Floor()
    restored.site, restored.now = Site.restore(floor.site.snapshot()), floor.now
    assert restored.site.state_hash() == floor.site.state_hash()
    floor.wait(8 * DAY_S * 1_000)
    restored.wait(8 * DAY_S * 1_000)
    assert restored.fresh == floor.fresh
    assert restored.seen(DialRequested)[0].at == waits.fate.due_at


# --- CO-7: quiet after an abandoned call


def test_co_7_after_an_abandoned_call_the_number_is_left_alone(floor: Floor) -> None:
    mine = ComplianceSettings(abandonment=AbandonmentDefinition(quiet_after_abandoned_s=7_200))
    floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=mine, retries=MANY_TRIES)
    floor.agent("ann")
    abandon(floor)
    at = floor.now
    floor.agent("ann")
    assert floor.until_dialed() == 2
    assert floor.now == at + 7_200_000
    (waited,) = floor.all_seen(ContactPassedOver)
    assert (waited.rule, waited.fate.due_at) == ("CO-7", floor.now)
    assert waited.values == {"quiet_s": 7_200, "abandoned_at": at}


def test_co_7_an_agent_who_is_reserved_first_may_call_at_once(floor: Floor) -> None:
    mine = ComplianceSettings(abandonment=AbandonmentDefinition(quiet_after_abandoned_s=7_200))
    floor.campaign(1, mode=DialingMode.PREDICTIVE, compliance=mine, retries=MANY_TRIES)
    floor.agent("ann")
    abandon(floor)
    floor.campaign(1, mode=DialingMode.PROGRESSIVE, compliance=mine)
    floor.agent("ann")
    assert [e.campaign_id for e in floor.all_seen(DialRequested)] == ["00001", "00002"]
