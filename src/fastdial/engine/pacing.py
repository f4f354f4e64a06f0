"""Pacing of campaigns that dial ahead: what each has learned, and who is to be looked at anew.

What is learned follows from events alone, as they are applied. What may be lost before a cap is
broken is asked of the measure of abandonment, the one account of it, and kept until that changes:
with A of n answered calls abandoned so far, by the campaign's definition of abandonment (a line
whose person has no agent yet is in neither), and a cap of c, lines up to

    idle + (c n - A) / (1 - c)

keep A <= c n whatever the lines do, as long as no idle agent leaves: if all of them are answered
at once, x lines beyond the idle agents make A + x of n + idle + x, and A + x <= c (n + idle + x)
follows from x <= (c n - A) / (1 - c). Calls that are no answers in a definition's n only make it
larger. Where a share s of the calls taken for machines counts as abandoned persons, each line of
an agent at work may cost s (1 - c), and that is set aside.
"""

from math import floor

from fastdial.engine.contact_list import Contact
from fastdial.engine.lines import is_ringing_ahead
from fastdial.engine.records import Agent, Call, Campaign
from fastdial.kernel.budget import EARNED_OF_CAP
from fastdial.kernel.pace import Pace
from fastdial.messages.compliance import MeasuringWindow
from fastdial.messages.words import AgentState
from fastdial.rules.compliance.measure import CALL, ROLLING, planned, spare, stands_until
from fastdial.rules.compliance.presets import definition_of
from fastdial.rules.windows.clocks import clock, local_hour

_READY = AgentState.READY

ELSEWHERE = ""
"""in place of a campaign's id: calls of all that do not dial ahead"""
ANSWER_CHANCE = 0.3
"""of a contact of whom nothing is told, at first"""
MANY = 1_000_000
HOUR_S = 3_600.0
RECENT_S = 1_735_689_600
"""2025: since then the hours of zones begin where they do"""
WORKDAY_S = 28_800.0
"""the most of a calendar window that is taken to be left: nobody calls all night"""

_WINDOWS = {
    MeasuringWindow.CAMPAIGN_LIFE: "life",
    MeasuringWindow.CALENDAR_DAY: "window",
    MeasuringWindow.CALENDAR_MONTH: "window",
    MeasuringWindow.ROLLING_24H: "rolling day",
    MeasuringWindow.ROLLING_30D: "rolling month",
}


class PacingBook:
    """The pace of each campaign that dials ahead, or has; and one for the calls of all others.

    What agents are busy with counts whoever's call it is, so that there is this one more.
    """

    __slots__ = ("_left", "paces", "touched")

    def __init__(self) -> None:
        self.paces: dict[str, Pace] = {}
        self.touched: dict[str, None] = {}
        """campaigns that may launch other lines than when they were last looked at"""
        self._left: dict[str, tuple[float, int, int | None]] = {}
        """by campaign: what is left to lose, since when, and when that changes by itself"""

    def open(self, campaign: Campaign) -> None:
        """The campaign may dial ahead from now on, or has other settings."""
        pace = self.paces.get(campaign.campaign_id)
        if pace is None:
            self.paces.setdefault(ELSEWHERE, Pace())
            pace = self.paces[campaign.campaign_id] = Pace(answer=ANSWER_CHANCE)
        definition = definition_of(campaign.settings.compliance)
        pace.aim(
            target=min(campaign.settings.pacing.target, definition.cap),
            window=_WINDOWS[definition.window],
            patience_s=definition.limit_ms / 1_000,
            hour_cap=campaign.settings.pacing.hour_cap,
            hour_begins_s=-clock(campaign.settings.zone).segment(RECENT_S)[0] % 3_600,
        )

    def measured_anew(self, campaign: Campaign) -> None:
        """What it may lose is another thing now, whether it dials ahead or its lines were left."""
        self._left.pop(campaign.campaign_id, None)

    # --- what happened

    def whose(self, campaign_id: str) -> str | None:
        """Under what an agent's call of the campaign is kept; nowhere where none dials ahead."""
        if campaign_id in self.paces:
            return campaign_id
        return ELSEWHERE if self.paces else None

    def dialed(self, campaign: Campaign, contact: Contact, call: Call) -> None:
        """A line was launched ahead; the call keeps how likely the contact was to answer."""
        pace: Pace = self.paces[call.campaign_id]
        call.serial = pace.dialed_to(
            call.call_id,
            call.dialed_at,
            hour_of(campaign, contact, call.number_index, call.dialed_at),
            call.attempt,
            contact.record.number_kind(call.number_index),
            contact.record.answer_probability,
        )
        call.chance = pace.said_of(call.call_id)

    def talks(self, agent: Agent, group: int) -> None:
        """The agent talks or wraps up, and is free afterwards, or is not."""
        if agent.paced_by is not None:
            pace: Pace = self.paces[agent.paced_by]
            pace.talks(agent.number, group, agent.busy_since, agent.next_state is _READY)

    def talk_over(self, agent: Agent) -> None:
        """The agent talks and wraps up no more."""
        if agent.paced_by is not None:
            pace: Pace = self.paces[agent.paced_by]
            pace.talk_over(agent.number)

    def finished(self, campaign_id: str, lasted_ms: int, at: int) -> None:
        """A call kept its agent busy for so long."""
        whose = self.whose(campaign_id)
        if whose is not None:
            pace: Pace = self.paces[whose]
            pace.finished(lasted_ms, at)

    def counted(
        self, campaign: Campaign, abandoned: int, base: int, here: int, at: int, is_new: bool
    ) -> None:
        """Calls were counted for abandonment, in millionths.

        ``is_new``: the first of a window, or of a day of one that rolls.
        """
        self._left.pop(campaign.campaign_id, None)
        pace = self.paces.get(campaign.campaign_id)
        if pace is None:
            return
        if is_new:
            pace.next_window()
        definition = definition_of(campaign.settings.compliance)
        measure = campaign.abandonment
        target = min(campaign.settings.pacing.target, definition.cap)
        if definition.window in ROLLING:
            earns = EARNED_OF_CAP * target * pace.to_come(here, HOUR_S)
            left = planned(measure, definition, campaign.settings.zone, at, target, earns)
        else:
            left = spare(measure, definition, at, target)
        ends_at = measure.window_ends_at
        left_s = WORKDAY_S if ends_at is None else min(WORKDAY_S, (ends_at - at) / 1_000)
        pace.counted(abandoned / CALL, base / CALL, left, here, left_s, at)

    # --- what follows

    def chance_of(self, campaign: Campaign, contact: Contact, at: int) -> float:
        """How likely the contact answers at its next number, before what all have in common."""
        pace: Pace = self.paces[campaign.campaign_id]
        number_index = contact.next_number
        return pace.chance_of(
            hour_of(campaign, contact, number_index, at),
            contact.attempts + 1,
            contact.record.number_kind(number_index),
            contact.record.answer_probability,
        )

    def beyond_idle(self, campaign: Campaign, here: int, at: int) -> int:
        """Lines beyond the idle agents that cannot break the campaign's cap; 0: none (CO-5).

        ``here``: its agents at work.
        """
        compliance = campaign.settings.compliance
        definition = definition_of(compliance)
        cap = definition.cap
        if cap >= 1:
            return MANY
        # the cap is a ratio in floating point: a hair is no call
        lines = self._left_of(campaign, at) / (1 - cap) + 1e-9
        if definition.false_positives_count:
            lines -= compliance.false_positive_share * here
        return max(0, min(floor(lines), MANY - 1))

    def _left_of(self, campaign: Campaign, at: int) -> float:
        known = self._left.get(campaign.campaign_id)
        if known is not None:
            left, since, until = known
            if since <= at and (until is None or at < until):
                return left
        definition = definition_of(campaign.settings.compliance)
        left = spare(campaign.abandonment, definition, at, definition.cap)
        until = stands_until(campaign.abandonment, definition, at)
        self._left[campaign.campaign_id] = left, at, until
        return left

    # --- written down

    def record(self) -> dict[str, bytes]:
        """What has been learned, by campaign."""
        return {campaign_id: pace.to_bytes() for campaign_id, pace in self.paces.items()}

    @classmethod
    def restored(
        cls, record: dict[str, bytes], campaigns: dict[str, Campaign], calls: dict[int, Call]
    ) -> "PacingBook":
        """What `record` gave, with the lines that ring. Raises ValueError where it is damaged."""
        book: PacingBook = cls()
        if record and ELSEWHERE not in record:
            raise ValueError("the calls of campaigns that do not dial ahead are missing")
        for campaign_id, image in record.items():
            book.paces[campaign_id] = Pace.from_bytes(image)
            if campaign_id != ELSEWHERE:
                book.open(campaigns[campaign_id])
        call: Call
        for call in calls.values():
            if is_ringing_ahead(call):
                since = call.dialed_at if call.ringing_at is None else call.ringing_at
                pace: Pace = book.paces[call.campaign_id]
                pace.line(call.call_id, call.dialed_at, since, call.chance, call.serial)
        return book


def hour_of(campaign: Campaign, contact: Contact, number_index: int, at: int) -> int:
    """The hour where the contact is, 0 to 23; in several zones, or none known, of the first."""
    zone = contact.zone
    if not zone:
        zones = contact.window_key(number_index).zones
        zone = zones[0] if zones else campaign.settings.zone
    return local_hour(zone, at)
