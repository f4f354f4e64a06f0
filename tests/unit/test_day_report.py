"""A day's compliance report, found from the events alone."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from callback_floor import HOUR_MS, CallbackFloor
from fastdial.cli.app import cli
from fastdial.cli.report.daily.form import CampaignDay, DayReport
from fastdial.cli.report.daily.shares import DAY_MS, Attempts, Counted
from fastdial.cli.report.daily.tally import DayTally
from fastdial.engine import Site
from fastdial.journal import SqliteJournal
from fastdial.messages import events as ev
from fastdial.messages.base import Event
from fastdial.messages.callbacks import CallbackDone
from fastdial.messages.codec import encode
from fastdial.messages.commands import CampaignCreate, CampaignStart, ContactsLoad
from fastdial.messages.compliance import (
    Abandoned,
    AbandonmentBase,
    AbandonmentDefinition,
    AbandonmentPreset,
    ComplianceSettings,
    MeasuringWindow,
)
from fastdial.messages.errors import RefusedRow
from fastdial.messages.fates import ContactFate
from fastdial.messages.replies import Error
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.windows import ALWAYS_OPEN, WeeklyHours, WindowSettings
from fastdial.messages.words import Answerer, AttemptOutcome, ContactState, DialingMode, Party
from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.scenario import AgentGroup, Scenario
from fastdial.simulation.world import World
from fastdial.telephony.simulated import SimulatedNetwork

DATE, ZONE = "2026-03-02", "Europe/London"
NOON = 1_772_452_800_000
HOUR = 3_600_000
ID = "00001"


class Record:
    """Events as a site would write them down, at instants counted from noon of the day."""

    def __init__(self, settings: CampaignSettings | None = None) -> None:
        self.events: list[Event] = []
        self.calls = 0
        settings = settings or CampaignSettings(name="Spring", windows=ALWAYS_OPEN)
        self.add(-40 * DAY_MS, ev.CampaignCreated(campaign_id=ID, settings=settings))

    def add(self, at: int, event: Event) -> None:
        event.seq, event.at = len(self.events) + 1, NOON + at
        self.events.append(event)

    def call(
        self,
        at: int,
        outcome: AttemptOutcome,
        *,
        answerer: Answerer | None = None,
        bridged: bool | None = None,
        late: bool = False,
        waited_ms: int = 2_000,
        party: Party = Party.DIALER,
    ) -> None:
        """An attempt: dialed, answered a second later if at all, over after that."""
        self.calls += 1
        call, key, number = self.calls, f"c{self.calls}", f"+4420794{self.calls:05}"
        person = outcome in (AttemptOutcome.ANSWERED, AttemptOutcome.ABANDONED)
        if answerer is None and person:
            answerer = Answerer.PERSON
        if bridged is None:
            bridged = outcome is AttemptOutcome.ANSWERED
        self.add(
            at,
            ev.DialRequested(
                call_id=call, campaign_id=ID, contact_key=key, number=number,
                mode=DialingMode.PREDICTIVE, attempt=1, ring_ms=20_000,
            ),
        )  # fmt: skip
        if answerer is not None:
            self.add(at + 1_000, ev.CallAnswered(call_id=call, campaign_id=ID, answerer=answerer))
        if late:
            asked = ev.BridgeRequested(
                call_id=call, campaign_id=ID, agent_id="a", waited_ms=0, late=True
            )
            self.add(at + 1_000, asked)
        if bridged:
            self.add(at + 1_000, ev.CallBridged(call_id=call, campaign_id=ID, agent_id="a"))
        self.add(
            at + 1_000 + waited_ms,
            ev.CallEnded(
                call_id=call, campaign_id=ID, contact_key=key, number=number, outcome=outcome,
                party=party,
            ),
        )  # fmt: skip

    def report(self, date: str = DATE, zone: str = ZONE) -> DayReport:
        tally = DayTally(date, zone)
        for event in self.events:
            if tally.is_over(event):
                break
            tally.see(event)
        return tally.report([])

    def day(self) -> CampaignDay:
        (day,) = self.report().campaigns
        return day


def by_window(day: CampaignDay) -> dict[str, tuple[float, float]]:
    return {one.window: (one.numerator, one.denominator) for one in day.windows}


def defined(**fields: object) -> CampaignSettings:
    compliance = ComplianceSettings(abandonment=AbandonmentDefinition(**fields))  # type: ignore[arg-type]
    return CampaignSettings(name="Spring", windows=ALWAYS_OPEN, compliance=compliance)


# --- abandonment


def test_co_4_abandoned_of_answered_by_a_person_in_every_window() -> None:
    record = Record()
    for days_before in (35, 20, 1):
        record.call(-days_before * DAY_MS, AttemptOutcome.ABANDONED)
    record.call(-13 * HOUR, AttemptOutcome.ANSWERED)
    for n in range(8):
        record.call(n * HOUR, AttemptOutcome.ANSWERED)
    record.call(9 * HOUR, AttemptOutcome.ABANDONED)
    record.call(10 * HOUR, AttemptOutcome.BUSY)
    record.call(11 * HOUR, AttemptOutcome.ANSWERING_MACHINE, answerer=Answerer.ANSWERING_MACHINE)
    record.call(12 * HOUR, AttemptOutcome.ABANDONED)  # tomorrow
    day = record.day()
    assert (day.abandonment.numerator, day.abandonment.denominator) == (1, 9)
    assert by_window(day) == {
        "campaign_life": (4, 13),
        "calendar_day": (1, 9),
        "calendar_month": (2, 11),
        "rolling_24h": (1, 9),  # at eleven, when yesterday's eleven has just left
        "rolling_30d": (2, 4),  # at noon, before more calls were answered
    }
    assert day.attempts == 11
    assert {name: n for name, n in day.outcomes.items() if n} == {
        "answered": 8, "abandoned": 1, "busy": 1, "answering_machine": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("denominator", "base"),
    [
        (AbandonmentBase.ANSWERED_BY_PERSON, 3),
        (AbandonmentBase.ANSWERED, 4),
        (AbandonmentBase.ATTEMPTS, 5),
    ],
)
def test_co_4_the_definition_says_what_the_share_is_of(
    denominator: AbandonmentBase, base: int
) -> None:
    record = Record(defined(denominator=denominator))
    record.call(0, AttemptOutcome.ANSWERED)
    record.call(1, AttemptOutcome.ANSWERED)
    record.call(2, AttemptOutcome.ABANDONED)
    record.call(3, AttemptOutcome.ANSWERING_MACHINE, answerer=Answerer.ANSWERING_MACHINE)
    record.call(4, AttemptOutcome.NO_ANSWER)
    share = record.day().abandonment
    assert (share.numerator, share.denominator) == (1, base)


def test_co_4_who_hangs_up_within_the_limit_may_not_count() -> None:
    record = Record(defined(numerator=Abandoned.LIMIT_PASSED, limit_ms=2_000))
    abandoned = AttemptOutcome.ABANDONED
    record.call(0, abandoned, waited_ms=1_999, party=Party.CUSTOMER)
    record.call(1, abandoned, waited_ms=2_000, party=Party.CUSTOMER)
    record.call(2, abandoned, waited_ms=1_000, party=Party.NETWORK)
    share = record.day().abandonment
    assert (share.numerator, share.denominator) == (2, 3)


def test_co_8_an_estimate_of_persons_taken_for_machines_counts_where_the_definition_says() -> None:
    settings = CampaignSettings(
        name="Spring",
        windows=ALWAYS_OPEN,
        compliance=ComplianceSettings(
            abandonment=AbandonmentPreset.UK_OFCOM_2008, false_positive_share=0.25
        ),
    )
    record = Record(settings)
    record.call(0, AttemptOutcome.ANSWERED)
    for n in range(2):
        record.call(1 + n, AttemptOutcome.ANSWERING_MACHINE, answerer=Answerer.ANSWERING_MACHINE)
    day = record.day()
    assert (day.abandonment.numerator, day.abandonment.denominator) == (0.5, 1.5)
    assert (day.preset, day.measured.window, day.is_kept) == ("uk-ofcom-2008", "rolling_24h", False)


def test_a_call_that_was_answered_as_it_was_given_up_is_abandoned() -> None:
    record = Record()
    record.call(0, AttemptOutcome.ABANDONED)
    record.events = [e for e in record.events if not isinstance(e, ev.CallAnswered)]
    share = record.day().abandonment
    assert (share.numerator, share.denominator) == (1, 1)


@given(
    st.lists(st.tuples(st.integers(0, 3 * DAY_MS), st.booleans()), max_size=40),
    st.integers(0, 3 * DAY_MS),
)
def test_co_4_the_highest_share_of_a_rolling_window_is_that_of_looking_at_every_call(
    calls: list[tuple[int, bool]], begins_at: int
) -> None:
    attempts = Attempts()
    for number, (at, abandoned) in enumerate(sorted(calls)):
        attempts.dialed(number, at)
        attempts.answered(number, at, person=True)
        attempts.ended(number, at, abandoned=abandoned, by_customer=False, by_machine=False)
    counted: Counted = attempts.counted(AbandonmentDefinition(), 0.0)
    found = counted.highest(MeasuringWindow.ROLLING_24H, begins_at, begins_at + DAY_MS)
    rates = [
        Fraction(sum(gone for _, gone in window), len(window))
        for now, _ in calls
        if begins_at <= now < begins_at + DAY_MS
        for window in [[call for call in calls if now - DAY_MS < call[0] <= now]]
    ]
    assert found.rate == (pytest.approx(float(max(rates))) if rates else None)


# --- windows, lists, what does not fit


def test_co_1_a_call_outside_its_window_is_found_out_by_the_contacts_own_time() -> None:
    hours = WindowSettings(weekly=(WeeklyHours(from_="12:00", until="13:00"),), presets=())
    record = Record(CampaignSettings(name="Spring", windows=hours))
    record.add(
        -HOUR,
        ev.ContactsLoaded(
            campaign_id=ID, contact_keys=["c2"], numbers=[["+442079400002"]],
            zones=["Europe/Warsaw"], priorities=[0], ranks=[0], variables=[{}],
        ),
    )  # fmt: skip
    record.call(0, AttemptOutcome.BUSY)  # noon in London, by its number
    record.call(1_000, AttemptOutcome.BUSY)  # 13:00 in Warsaw, where the contact is
    record.call(HOUR, AttemptOutcome.BUSY)
    outside = record.day().outside_windows
    assert [(one.call_id, one.at, one.reason) for one in outside] == [
        (2, NOON + 1_000, "outside_hours"),
        (3, NOON + HOUR, "outside_hours"),
    ]


def test_co_9_rows_refused_and_contacts_passed_over_are_counted_by_reason() -> None:
    record = Record()
    refused = (
        RefusedRow(2, "numbers[0]", "'x' is not a telephone number: no digits"),
        RefusedRow(3, "numbers[1]", "'y y' is not a telephone number: no digits"),
        RefusedRow(4, "", "not an object"),
    )
    for at in (-DAY_MS, 0):
        record.add(
            at,
            ev.ContactsLoaded(
                campaign_id=ID, contact_keys=["k"], numbers=[["+442079400001"]], zones=[""],
                priorities=[0], ranks=[0], variables=[{}], refused=refused,
            ),
        )  # fmt: skip
        record.add(at, ev.ContactHeld(campaign_id=ID, contact_key="k", number="+442079400001"))
    record.add(
        1,
        ev.ContactPassedOver(
            campaign_id=ID, contact_key="k", number="+442079400001", rule="CO-3",
            fate=ContactFate(ContactState.WAITING, "frequency_cap", NOON + DAY_MS),
        ),
    )  # fmt: skip
    day = record.day()
    assert day.rows_loaded == 1
    assert day.rows_refused == {
        "numbers: is not a telephone number: no digits": 2, "not an object": 1,
    }  # fmt: skip
    assert day.passed_over == {"CA-8: number_live": 1, "CO-3: frequency_cap": 1}


@pytest.mark.parametrize(
    ("outcome", "answerer", "bridged", "sentence"),
    [
        (AttemptOutcome.ANSWERED, Answerer.PERSON, False, "nobody was joined"),
        (AttemptOutcome.ABANDONED, Answerer.PERSON, True, "but an agent was on the line"),
        (AttemptOutcome.NO_ANSWER, Answerer.PERSON, False, "a person answered"),
    ],
)
def test_an_outcome_that_does_not_fit_what_was_seen_is_found_out(
    outcome: AttemptOutcome, answerer: Answerer, bridged: bool, sentence: str
) -> None:
    record = Record()
    record.call(0, outcome, answerer=answerer, bridged=bridged)
    (said,) = record.report().audit
    assert sentence in said


@pytest.mark.parametrize(
    ("date", "hours"), [("2026-03-02", 24), ("2026-03-29", 23), ("2026-10-25", 25)]
)
def test_a_day_is_as_long_as_it_is_where_the_clock_is_changed(date: str, hours: int) -> None:
    report = Record().report(date)
    assert report.ends_at - report.begins_at == hours * HOUR


# --- the command


def write_journal(path: Path, events: list[Event]) -> None:
    journal = SqliteJournal(path)
    payloads = [encode(event) for event in events]
    journal.append(payloads, expected_last_seq=0, epoch=journal.claim())
    journal.close()


def fastdial(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """The journal of a simulated shift around noon, of two campaigns."""
    scenario = Scenario(agents=(AgentGroup(name="desk", count=8),))
    events: list[Event] = []
    world = World(
        Site(seed=3),
        (
            SimulatedNetwork(scenario.network, seed=3),
            SimulatedAgents(scenario.agents, start_at=NOON, seed=3),
        ),
        start_at=NOON,
        journal=events,
    )
    for place, mode in enumerate((DialingMode.PREDICTIVE, DialingMode.PROGRESSIVE), start=1):
        campaign_id = f"0000{place}"
        rows = [
            {"contact_key": f"c{n}", "numbers": [f"+44207{place}{n:06}"]} for n in range(150)
        ] + [{"contact_key": "bad", "numbers": ["?"]}]
        settings = CampaignSettings(name=f"Campaign {place}", mode=mode, windows=ALWAYS_OPEN)
        for command in (
            CampaignCreate(campaign_id=campaign_id, settings=settings),
            ContactsLoad(campaign_id=campaign_id, contacts=rows),
            CampaignStart(campaign_id=campaign_id),
        ):
            assert not isinstance(world.send(command), Error)
    world.run(NOON + 2 * HOUR)
    path = tmp_path_factory.mktemp("shift") / "site.journal"
    write_journal(path, events)
    return path, events


def test_a_days_report_as_json_has_the_figures_of_the_events(
    shift: tuple[Path, list[Event]],
) -> None:
    path, events = shift
    result = fastdial("report", str(path), "--date", DATE, "--format", "json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert report["audit"] == []
    for day in report["campaigns"]:
        ended = [
            e.outcome.value
            for e in events
            if isinstance(e, ev.CallEnded) and e.campaign_id == day["campaign_id"]
        ]
        assert len(ended) > 50
        assert day["outcomes"] == {str(o): ended.count(str(o)) for o in AttemptOutcome}
        share = day["abandonment"]
        assert share["numerator"] == ended.count("abandoned")
        talking = share["denominator"] - ended.count("answered") - ended.count("abandoned")
        assert 0 <= talking <= 8, "those who are still on the line have been answered too"
        assert day["outside_windows"] == []
        assert sum(day["rows_refused"].values()) == 1


def test_a_days_report_as_csv_has_a_line_for_each_campaign(shift: tuple[Path, list[Event]]) -> None:
    result = fastdial("report", "--journal", str(shift[0]), "--date", DATE, "--format", "csv")
    assert result.exit_code == 0, result.output
    lines = list(csv.DictReader(io.StringIO(result.output)))
    assert [line["campaign_id"] for line in lines] == ["00001", "00002"]
    assert all(line["within_cap"] in ("yes", "no") for line in lines)
    assert all(int(line["attempts"]) > 50 for line in lines)
    only = fastdial(
        "report", str(shift[0]), "--date", DATE, "--format", "csv", "--campaign", "00002"
    )
    assert only.output.count("\n") == 2


def test_a_days_report_as_text_says_the_definition_and_what_came_of_it(
    shift: tuple[Path, list[Event]],
) -> None:
    result = fastdial("report", str(shift[0]), "--date", DATE)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "calls that a person answered and that met no agent (2 s from connected)" in said
    assert "calls outside windows: none" in said
    assert "Audit: the events keep every promise" in said
    tomorrow = datetime.fromtimestamp(NOON / 1_000, tz=UTC) + timedelta(days=1)
    empty = fastdial("report", str(shift[0]), "--date", f"{tomorrow:%Y-%m-%d}")
    assert "attempts begun 0; ended: none" in empty.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--date", "2026-02-30"), "'2026-02-30' is not a date"),
        (("--date", DATE, "--zone", "Mars/Base"), "'Mars/Base' is not an IANA time zone"),
    ],
)
def test_a_day_that_does_not_exist_is_refused(
    shift: tuple[Path, list[Event]], arguments: tuple[str, ...], sentence: str
) -> None:
    result = fastdial("report", str(shift[0]), *arguments)
    assert result.exit_code == 2
    assert sentence in result.output


def test_a_report_of_nothing_is_refused() -> None:
    result = fastdial("report", "--date", DATE)
    assert result.exit_code == 2
    assert "which JOURNAL?" in result.output


def test_co_4_a_person_whose_agent_came_too_late_counts_as_abandoned() -> None:
    record = Record()
    record.call(0, AttemptOutcome.ANSWERED, late=True)
    record.call(10_000, AttemptOutcome.ABANDONED, late=True, party=Party.CUSTOMER)
    record.call(20_000, AttemptOutcome.ANSWERED)
    own = record.day().abandonment
    assert (own.numerator, own.denominator) == (2, 3)


# --- callbacks


def test_cb_9_and_co_1_a_day_tells_how_callbacks_ended_and_knows_their_hours() -> None:
    floor = CallbackFloor()
    hours = WindowSettings(weekly=(WeeklyHours(from_="08:00", until="20:00"),), presets=())
    floor.queue(windows=hours, preview_s=0)
    for n in (1, 2, 3):
        floor.promise(n, zone="Asia/Tokyo" if n == 3 else "Europe/London")
    floor.agent()
    floor.wait(HOUR_MS)
    floor.do(CallbackDone(agent_id="ann", callback_id=1))
    call_id = floor.accept(2)
    floor.talk(call_id)
    floor.wrap_up(call_id)
    floor.wait(2 * HOUR_MS)
    tally = DayTally("2026-03-02", "UTC")
    for event in floor.events:
        tally.see(event)
    (day,) = tally.report([]).campaigns
    # it is ten in the evening in Tokyo, so nobody was called there
    assert day.callbacks == {"done": 2, "expired": 1}
    assert (day.attempts, day.outside_windows) == (1, [])
    assert day.passed_over == {"CO-1: outside_hours": 1}
