"""The report as a struct: what ``report.json`` holds. A field is only ever added.

Rates are from 0 to 1 and null where there was nothing to divide by; instants are milliseconds
since the epoch, UTC, in the site's time; durations end in their unit.
"""

import msgspec

from fastdial.messages.errors import RefusedRow


class Form(msgspec.Struct, frozen=True):
    """A piece of the report."""


class Calls(Form, kw_only=True, frozen=True):
    """Attempts and what came of them."""

    attempts: int
    """numbers dialed"""
    live: int
    """attempts that were not over at the end"""
    outcomes: dict[str, int]
    """attempts that are over, by outcome, the most frequent first"""
    answered: int
    """answered by a person: outcomes ``answered`` and ``abandoned``"""
    connected: int
    """of them: an agent and the customer were joined"""
    abandoned: int
    """of them: outcome ``abandoned``"""
    connect_rate: float | None
    """answered by a person / attempts that are over"""
    abandonment_rate: float | None
    """abandoned / answered by a person"""
    abandonment_definition: str
    """the same in words"""
    mean_ring_ms: float | None
    """until somebody answered, over calls that a person answered"""
    mean_talk_ms: float | None
    """over connected calls"""


class Waiting(Form, kw_only=True, frozen=True):
    """How long people who answered waited until an agent was found, over connected calls."""

    calls: int
    at_once_share: float | None
    """share of the calls for which an agent was there at the same instant"""
    p50_ms: int | None
    p90_ms: int | None
    p95_ms: int | None
    p99_ms: int | None
    max_ms: int | None
    bridging_p50_ms: int | None
    """from the request to join customer and agent until the network had joined them; in a run
    that is faster than a wall clock, real delays count ``speed`` times here"""
    bridging_p95_ms: int | None


class Agents(Form, kw_only=True, frozen=True):
    """What agents did with their time."""

    agents: int
    """who were logged in at some time"""
    logged_in_ms: int
    not_ready_ms: int
    """breaks: part of the time logged in"""
    state_ms: dict[str, int]
    """time logged in by state"""
    utilisation: float | None
    """(talking + wrap-up) / (logged in - not ready)"""
    calls_per_agent_hour: float | None
    """connected calls per hour logged in and not on a break"""


class Contacts(Form, kw_only=True, frozen=True):
    """The list."""

    listed: int
    """different contacts that were taken"""
    refused_rows: int
    removed: int
    by_state: dict[str, int]
    """where contacts stand at the end"""
    done_because: dict[str, int]
    """contacts that are done, by what put an end to it"""
    by_attempts: dict[int, int]
    """contacts by how often they were dialed"""


class Hour(Form, kw_only=True, frozen=True):
    """One hour, counted from the beginning; calls count in the hour in which they ended."""

    begins_at: int
    attempts: int
    answered: int
    abandoned: int
    abandonment_rate: float | None
    connect_rate: float | None
    agents: float
    """mean number logged in and not on a break"""
    utilisation: float | None


class Timeline(Form, kw_only=True, frozen=True):
    """The same in short steps, for pictures; the lists are equally long."""

    step_ms: int
    attempts: list[int]
    """begun in the step"""
    ended: list[int]
    answered: list[int]
    abandoned: list[int]
    agents: dict[str, list[float]]
    """mean number of agents in each state"""


class Report(Form, kw_only=True, frozen=True):
    """What a campaign, or a whole site, came to between two instants."""

    form: str = "fastdial-report/1"
    title: str
    campaign_id: str | None
    """none: all campaigns of the site"""
    mode: str | None
    state: str | None
    """of the campaign at the end"""
    begins_at: int
    """of the first event beyond campaigns and lists"""
    ends_at: int
    """of the last event"""
    events: int
    """in the journal"""
    speed: float | None = None
    """how many times faster than a wall clock the site's time ran; none where not known"""
    calls: Calls
    waiting: Waiting
    agents: Agents
    contacts: Contacts
    wrap_up_codes: dict[str, int]
    """what agents said the calls were about, the most frequent first; ``""`` = nothing in time"""
    hours: list[Hour]
    timeline: Timeline
    refused_rows: list[RefusedRow]
    audit: list[str] | None = None
    """promises that an auditor found broken in the journal; none where it was not asked"""

    @property
    def duration_ms(self) -> int:
        """From beginning to end."""
        return self.ends_at - self.begins_at
