"""What the simulated network and its customers are like, and what becomes of each attempt."""

from datetime import datetime
from math import exp, log1p, sqrt
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta

from fastdial.messages.base import Settings
from fastdial.messages.words import Answerer, Saw
from fastdial.telephony.simulated.dice import Dice
from fastdial.telephony.simulated.laws import (
    Constant,
    Law,
    Lognormal,
    Uniform,
    normal_quantile,
)

Share = Annotated[float, Meta(ge=0, le=1)]

ANSWER_RATE_BY_HOUR: tuple[float, ...] = (
    (0.05,) * 7 + (0.12, 0.20, 0.25, 0.27, 0.28, 0.26, 0.25)
    + (0.25, 0.26, 0.29, 0.33, 0.36, 0.34, 0.26, 0.14, 0.05, 0.05)
)  # fmt: skip
"""households: fewest at night, most in the early evening"""


class SlowHours(Settings, frozen=True):
    """Hours of the day in which lines take longer, whatever comes of them."""

    from_hour: Annotated[int, Meta(ge=0, le=23)]
    to_hour: Annotated[int, Meta(ge=1, le=24)]
    """the first hour that is as ever again"""
    factor: Annotated[float, Meta(gt=0, le=100)] = 1.5
    """by which post-dial delay and ringing are longer"""


class NetworkModel(Settings, frozen=True):
    """A telephone network with customers at its ends.

    Two shares are of *numbers*, because such a number is so each time that it is dialed; the
    others are of attempts to the remaining numbers.
    """

    dial: Law = Lognormal(mean_s=2.5, cv=0.4)
    """post-dial delay: from the dial request to the first ring, or to what came instead"""
    answer_after: Law = Lognormal(mean_s=11.0, cv=0.5)
    """ringing until a person picks up"""
    machine_after: Law = Lognormal(mean_s=19.0, cv=0.2)
    """ringing until an answering machine or a fax picks up"""
    gives_up_after: Law = Constant(value_s=60.0)
    """ringing until the network itself reports no answer"""
    detection: Law = Uniform(low_s=0.2, high_s=1.2)
    """from the pick-up until it is known who answered; the answer is reported then"""

    invalid_numbers: Share = 0.03
    """of the numbers"""
    fax_numbers: Share = 0.005
    """of the numbers"""
    answer_rate: Annotated[tuple[Share, ...], Meta(min_length=24, max_length=24)] = (
        ANSWER_RATE_BY_HOUR
    )
    """share of attempts that a person answers if it rings long enough, by hour of the day in the
    scenario's zone, from the hour after midnight on"""
    attempt_factor: Annotated[float, Meta(ge=0, le=2)] = 0.92
    """the answer rate is multiplied by this for each earlier attempt to the contact"""
    contact_spread: Annotated[float, Meta(ge=0, le=3)] = 0.0
    """how much numbers differ in their answer rate: standard deviation over mean, lognormal"""
    mobile_numbers: Share = 0.0
    """of the numbers"""
    mobile_factor: Annotated[float, Meta(ge=0, le=10)] = 1.0
    """the answer rate of a mobile number is so many times that of another"""
    slow: Annotated[tuple[SlowHours, ...], Meta(max_length=24)] = ()
    """hours in which lines are slow, in the scenario's zone"""
    busy: Share = 0.08
    """of the attempts that no person answers; what none of these shares takes is no answer"""
    answering_machine: Share = 0.30
    """of the attempts that no person answers"""
    congestion: Share = 0.02
    """of the attempts that no person answers"""
    failed: Share = 0.01
    """of the attempts that no person answers"""

    person_taken_for_machine: Share = 0.02
    """of the persons who answer: reported as an answering machine"""
    machine_taken_for_person: Share = 0.03
    """of the machines that answer: reported as a person"""

    impatient: Share = 0.2
    """of the persons who answer: hang up when nobody speaks to them"""
    patience: Law = Lognormal(mean_s=4.0, cv=0.5)
    """how long the impatient wait, from the report of the answer"""
    bridge: Law = Uniform(low_s=0.1, high_s=0.3)
    """from the bridge request until customer and agent hear each other"""
    agent_answers_after: Law = Uniform(low_s=0.5, high_s=2.0)
    """until an agent who is connected first is on the line"""
    agent_misses: Share = 0.01
    """of those rings: not answered by the agent"""
    message: Law = Lognormal(mean_s=20.0, cv=0.2)
    """what a campaign without agents plays, up to its end or to the customer's first key"""
    presses_keys: Share = 0.3
    """of the persons who are asked to: press keys that mean something, each as likely"""
    leaves_message: Share = 0.25
    """of the persons who hear a message: hang up half way"""
    talk: Law = Lognormal(mean_s=150.0, cv=1.1)
    machine_talk: Law = Uniform(low_s=3.0, high_s=8.0)
    """how long an agent listens to a machine that was taken for a person"""
    agent_hangs_up: Share = 0.4
    """of the conversations: ended by the agent, the others by the customer"""
    machine_records: Law = Constant(value_s=45.0)
    """how long a machine or fax stays on the line when nobody hangs up"""
    hang_up: Law = Constant(value_s=0.05)
    """from the request to hang up until it is done"""

    def __post_init__(self) -> None:
        taken = self.busy + self.answering_machine + self.congestion + self.failed
        if taken > 1 + 1e-9:
            raise ValueError(
                "`busy`, `answering_machine`, `congestion` and `failed` add up to "
                f"{taken:g}; they are shares of one whole and add up to 1 at most"
            )
        if self.mobile_numbers and not 1 + self.mobile_numbers * (self.mobile_factor - 1):
            raise ValueError(
                "all numbers are mobile ones, and `mobile_factor` is 0: nobody answers"
            )
        if self.invalid_numbers + self.fax_numbers > 1 + 1e-9:
            raise ValueError("`invalid_numbers` and `fax_numbers` add up to more than 1")

    def slowness(self, hour: int) -> float:
        """By which lines take longer in an hour of the day."""
        slowness = 1.0
        for hours in self.slow:
            if hours.from_hour <= hour < hours.to_hour:
                slowness *= hours.factor
        return slowness


class Destiny(NamedTuple):
    """What becomes of an attempt, as far as the network and the customer decide it."""

    saw: Saw
    """what is reported if it may ring long enough"""
    answerer: Answerer
    """who really answers"""
    reported: Answerer
    """who is reported"""
    dial_ms: int
    ring_ms: int
    """ringing until picked up or until the network gives up"""
    detection_ms: int
    patience_ms: int | None
    """none for those who wait as long as it takes"""
    bridge_ms: int
    talk_ms: int
    agent_hangs_up: bool


_NOBODY = (Answerer.PERSON, Answerer.PERSON)


class Fortune:
    """Tells the destiny of an attempt from the seed, the number, the attempt and the hour alone.

    So it does not matter in which order, or over how many connections, the requests come.
    """

    def __init__(self, model: NetworkModel, zone: str, seed: int) -> None:
        """Raises ValueError for a zone that IANA does not know."""
        self.model = model
        self.seed = seed
        self._hours = LocalHours(zone)

    def destiny(self, number: str, attempt: int, at: int) -> Destiny:
        """Of attempt ``attempt`` (from 1) to ``number``, requested at the instant ``at``."""
        model = self.model
        dice = Dice(self.seed, "attempt", number, attempt)
        saw, answerer, reported = self._what(dice, number, attempt, at)
        slowness = model.slowness(self._hours.hour(at)) if model.slow else 1.0
        dial_ms = round(slowness * model.dial.sample_ms(dice))
        if saw is Saw.NO_ANSWER:
            ring_ms = round(slowness * model.gives_up_after.sample_ms(dice))
            return Destiny(saw, *_NOBODY, dial_ms, ring_ms, 0, None, 0, 0, False)
        if saw is not Saw.ANSWERED:
            return Destiny(saw, *_NOBODY, dial_ms, 0, 0, None, 0, 0, False)
        person = answerer is Answerer.PERSON
        return Destiny(
            saw,
            answerer,
            reported,
            dial_ms,
            round(
                slowness * (model.answer_after if person else model.machine_after).sample_ms(dice)
            ),
            model.detection.sample_ms(dice),
            self._patience_ms(dice, person),
            model.bridge.sample_ms(dice),
            (model.talk if person else model.machine_talk).sample_ms(dice),
            dice.happens(model.agent_hangs_up) or not person,
        )

    def _what(
        self, dice: Dice, number: str, attempt: int, at: int
    ) -> tuple[Saw, Answerer, Answerer]:
        model = self.model
        # drawn before anything else, so that the hour decides only who answers, not how
        answers, otherwise, mistaken = dice.draw(), dice.draw(), dice.draw()
        of_number = Dice(self.seed, "number", number)
        nature = of_number.draw()
        if nature < model.invalid_numbers:
            return Saw.INVALID_NUMBER, *_NOBODY
        if nature < model.invalid_numbers + model.fax_numbers:
            return Saw.ANSWERED, Answerer.FAX, Answerer.FAX
        if answers < self._rate(of_number, attempt, at):
            wrong = mistaken < model.person_taken_for_machine
            machine = Answerer.ANSWERING_MACHINE
            return Saw.ANSWERED, Answerer.PERSON, machine if wrong else Answerer.PERSON
        for saw, share in (
            (Saw.BUSY, model.busy),
            (Saw.CONGESTION, model.congestion),
            (Saw.FAILED, model.failed),
        ):
            otherwise -= share
            if otherwise < 0:
                return saw, *_NOBODY
        if otherwise < model.answering_machine:
            wrong = mistaken < model.machine_taken_for_person
            machine = Answerer.ANSWERING_MACHINE
            return Saw.ANSWERED, machine, Answerer.PERSON if wrong else machine
        return Saw.NO_ANSWER, *_NOBODY

    def answer_chance(self, number: str, at: int) -> float:
        """What may be known of a number that is one: how likely a person answers the first attempt.

        If it rings long enough, and is requested at the instant ``at``; may be above 1.
        """
        of_number = Dice(self.seed, "number", number)
        of_number.draw()
        return self._rate(of_number, 1, at)

    def _rate(self, of_number: Dice, attempt: int, at: int) -> float:
        model = self.model
        rate = model.answer_rate[self._hours.hour(at)] * model.attempt_factor ** (attempt - 1)
        return rate * self._ease(of_number)

    def _ease(self, of_number: Dice) -> float:
        """By which a number answers more or less often than the mean one."""
        model = self.model
        ease = 1.0
        if model.mobile_numbers:
            ease /= 1 + model.mobile_numbers * (model.mobile_factor - 1)
            ease *= model.mobile_factor if of_number.happens(model.mobile_numbers) else 1.0
        if model.contact_spread:
            variance = log1p(model.contact_spread**2)
            ease *= exp(sqrt(variance) * normal_quantile(of_number.draw()) - variance / 2)
        return ease

    def _patience_ms(self, dice: Dice, person: bool) -> int | None:
        if not person:
            return self.model.machine_records.sample_ms(dice)
        if dice.happens(self.model.impatient):
            return self.model.patience.sample_ms(dice)
        return None


_QUARTER_MS = 900_000


class LocalHours:
    """The hour of the day in a zone, 0 to 23."""

    def __init__(self, zone: str) -> None:
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"`zone` is {zone!r}, which IANA does not know; give one such as Europe/Warsaw"
            ) from None
        self._quarter = -1
        self._hour = 0

    def hour(self, at: int) -> int:
        """At the instant ``at``, ms. Offsets have been whole quarters of an hour since 1972."""
        quarter = at // _QUARTER_MS
        if quarter != self._quarter:
            from_epoch = datetime.fromtimestamp(quarter * 900, tz=self._zone)
            self._quarter, self._hour = quarter, from_epoch.hour
        return self._hour
