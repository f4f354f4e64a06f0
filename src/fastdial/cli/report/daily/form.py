"""The day's report as a struct: what its JSON holds. A field is only ever added.

Rates are from 0 to 1 and null where there was nothing to divide by; instants are milliseconds since
the epoch, UTC.
"""

from fastdial.cli.report.form import Form
from fastdial.messages.compliance import AbandonmentDefinition


class Share(Form, kw_only=True, frozen=True):
    """Abandoned calls and what they are a share of, with estimates where the definition says so."""

    numerator: float
    denominator: float
    rate: float | None


class WindowShare(Share, kw_only=True, frozen=True):
    """The share in one measuring window.

    Of a calendar window and of the campaign's life: up to the end of the day. Of a rolling window:
    the highest at any call of the day.
    """

    window: str
    at: int | None = None
    """of a rolling window: when it was that high"""


class OutsideCall(Form, kw_only=True, frozen=True):
    """An attempt outside the window of the contact's local time: there must be none."""

    call_id: int
    at: int
    contact_key: str
    number: str
    reason: str
    """what was closed, as the windows' rules say it"""


class CampaignDay(Form, kw_only=True, frozen=True):
    """One campaign on one day, by the settings that it had at the end of it."""

    campaign_id: str
    name: str
    mode: str
    state: str
    definition: AbandonmentDefinition
    preset: str | None
    """name of the definition; none where it is the campaign's own"""
    abandonment: Share
    """of the day's calls; a call counts when it was answered, or dialed where all attempts count"""
    windows: list[WindowShare]
    attempts: int
    """begun in the day"""
    outcomes: dict[str, int]
    """of attempts that ended in the day"""
    outside_windows: list[OutsideCall]
    rows_loaded: int
    rows_refused: dict[str, int]
    """by field and reason"""
    passed_over: dict[str, int]
    """contacts that were not dialed when it was their turn, by rule and reason"""
    callbacks: dict[str, int] = {}
    """that ended in the day, by how they did"""
    fell_back: int
    """times that pacing fell back to progressive dialing to keep the cap (CO-5)"""

    @property
    def measured(self) -> WindowShare:
        """The share in the window that the definition names."""
        return next(one for one in self.windows if one.window == self.definition.window.value)

    @property
    def is_kept(self) -> bool:
        """Whether the share in the definition's window stayed within the cap."""
        return (self.measured.rate or 0.0) <= self.definition.cap


class DayReport(Form, kw_only=True, frozen=True):
    """A site's day."""

    form: str = "fastdial-day/1"
    date: str
    zone: str
    """the IANA zone in which ``date`` is a day"""
    begins_at: int
    ends_at: int
    events: int
    """in the journal, up to the end of the day"""
    campaigns: list[CampaignDay]
    audit: list[str]
    """promises that an auditor found broken up to the end of the day, and what does not fit"""
