"""What an explanation is made of: the rules that were looked at, with values (rule CO-9)."""

import msgspec

from fastdial.messages.words import ContactState, NumberKind


class Looked(msgspec.Struct, omit_defaults=True, frozen=True):
    """A rule that was looked at, whether it lets the call through, and by which values."""

    rule: str
    """the domain rule, such as ``CO-3``"""
    passed: bool
    what: str
    """what was asked, in a few words"""
    values: dict[str, str | int] = {}
    reason: str = ""
    """where it does not pass: a word for programs"""
    until: int | None = None
    """where it does not pass: from when on it does, if that comes by itself"""
    change: str = ""
    """where it does not pass: what would have to change"""


class AnswerChance(msgspec.Struct, frozen=True):
    """How likely a person answers at a contact's number, and the factors that make it so.

    ``chance`` is ``prior`` times all factors that are ``by_`` something, within bounds.
    """

    told: float | None
    """by the platform"""
    hour: int
    """where the contact is, 0 to 23"""
    attempt: int
    """which it would be"""
    kind: NumberKind
    prior: float
    """what was told, or a chance for all of whom nothing was"""
    by_base: float
    """what all of the campaign's contacts have in common"""
    by_list: float
    by_hour: float
    by_attempt: float
    by_kind: float
    by_told: float
    """how far what is told can be believed"""
    chance: float
    of_late: float
    """by how much all answer likelier than ``chance``, from second to second"""
    answer: float
    """``chance`` times ``of_late``, 0.98 at most"""


class PacingDecision(msgspec.Struct, frozen=True):
    """How many lines a predictive campaign launches, and the numbers that make it so (CO-5)."""

    launch: int
    held_by: str
    """what keeps it from launching more: ``forecast`` (more would be answered than agents are
    free), ``awaited`` (it is worth more to see first whether a line that rings is answered),
    ``lines_per_agent``, ``runaway`` (what is certain of answers does not bear more),
    ``cap`` (little may be lost before one is broken), ``progressive`` (nothing may), ``hour_cap``
    (little may be lost in this hour)"""
    idle: int
    """agents who are ready"""
    waiting: int
    """people who answered and have no agent yet"""
    lines: int
    """launched and not over, by all campaigns that share these agents"""
    beyond: int
    """lines beyond the idle agents that can break no cap, whatever they do"""
    hour_lose: float | None
    """what this hour may lose by its cap; none where it has none"""
    target: float
    """abandonment aimed for"""
    theta: float
    """the risk taken by what the window has left, the least of all whose lines ring"""
    accepted: float
    """the chance accepted that no agent is free for an answer"""
    overflow: float
    """the same chance for the next line, after those launched; with ``give_up`` what is answered
    after it may be given up counts a quarter"""
    accepted_after: float
    """how large that chance may become when one of the lines that ring is answered; 1: whatever it
    becomes, no answer is waited for. The more answers are near, the less"""
    overflow_after: float
    """how large it would become: more than ``accepted_after``, and no line is launched"""
    soon: float
    """answers expected within a second, of all lines for these agents with those launched now"""
    moment_s: float
    """until then nine of ten answers of a line dialed now have come"""
    answers: float
    """expected until then"""
    ends: float
    """calls that end and free an agent, expected until then"""
    answer: float
    """the chance of the next contact to answer, as learned"""
    doubt: float
    """how much all such chances are in doubt: the square of the coefficient of variation"""
    ring_s: float
    """how long who answers is rung on average, as learned"""
    handle_s: float
    """how long a call takes an agent on average, as learned"""
    next: AnswerChance | None = None
    """the next contact, for whom ``answer`` is"""


class Behind(msgspec.Struct, omit_defaults=True, frozen=True):
    """How many contacts of a campaign stand behind one reason."""

    state: ContactState
    reason: str
    contacts: int
    until: int | None = None
    """when the first of them is due, or when their window changes"""
    values: dict[str, str | int] = {}
