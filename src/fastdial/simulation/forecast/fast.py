"""Simulated days of the compiled model, whose laws are made from those of a scenario.

What happens between the dial request and the end of the wrap-up is a sum of several laws; its
quantiles are taken from a large sample of each, and the model draws from these.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdial.kernel import predictive
from fastdial.kernel.budget import GUARDED_RESERVES
from fastdial.kernel.paced import Paced
from fastdial.kernel.variates import Law, Stream
from fastdial.messages.compliance import AbandonmentBase, MeasuringWindow
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import DialingMode
from fastdial.rules.choosing import chooses
from fastdial.rules.compliance.presets import definition_of
from fastdial.simulation.forecast.figures import Figures
from fastdial.simulation.replications import replicate
from fastdial.simulation.scenario import Scenario
from fastdial.telephony.simulated import laws

Floats = NDArray[np.float64]

SAMPLE = 400_000
PIECE_S = 900.0
MIN_CAP = 0.0001
_WINDOWS = {
    MeasuringWindow.CALENDAR_DAY: "window",
    MeasuringWindow.CALENDAR_MONTH: "window",
}
"""within one day all others are like a campaign's life"""
QUANTILES = 1_001
"""the most that a law of the kernel has"""


class NotInTheModel(ValueError):
    """The compiled model has no such thing; the text says what, and that a whole site has."""


@dataclass(frozen=True)
class FastModel:
    """A scenario and a campaign, made ready for the compiled model."""

    agents: int
    answer: float
    """the share of attempts that a person, or a machine taken for one, answers; over the day"""
    world: dict[str, Any]
    """what `predictive` takes of the rest"""
    mode: DialingMode
    pacing: dict[str, Any] | None
    """what `Paced` takes, of a campaign that dials ahead"""
    left_out: tuple[str, ...]
    """what the scenario has and the model has not"""

    @classmethod
    def of(cls, scenario: Scenario, campaign: CampaignSettings) -> "FastModel":
        """Raises `NotInTheModel` for a mode or a scenario that it can not be made from."""
        return _Maker(scenario, campaign).model()

    def days(self, seed: int, count: int, *, first: int = 0, threads: int = 1) -> Figures:
        """Days `first` to `first + count - 1` of a seed, each with a chance of its own."""
        return replicate(
            lambda from_, part: self._run(seed, first + from_, part), count, threads=threads
        )

    def _run(self, seed: int, first: int, count: int) -> Figures:
        runs = predictive.predictive(
            self._dialer(),
            agents=self.agents,
            answer=self.answer,
            piece_s=PIECE_S,
            seed=seed,
            first=first,
            count=count,
            **self.world,
        )
        columns = (
            runs.dialed[:, 0],
            runs.answered[:, 0].sum(-1),
            runs.abandoned[:, 0].sum(-1),
            runs.handling_s[:, 0],
            runs.present_s[:, 0],
            runs.inbound[:, 0],
            runs.inbound_abandoned[:, 0],
            runs.inbound_waited_s[:, 0],
        )
        return Figures(*(column.astype(np.float64) for column in columns))

    def _dialer(self) -> predictive.Dialer:
        if self.pacing is None:
            return predictive.OneToOne()
        return Paced(agents_max=self.agents, lines_max=self.world["lines_max"], **self.pacing)


class _Maker:
    def __init__(self, scenario: Scenario, campaign: CampaignSettings) -> None:
        self.scenario = scenario
        self.network = scenario.network
        self.campaign = campaign
        self.chance = Stream(seed=0)
        self.groups = [group for group in scenario.agents if group.count]
        self.hours = scenario.open_hours()
        rates = [self.network.answer_rate[hour] for hour in self.hours]
        self.rate = sum(rates) / len(rates)
        """of first attempts, over the opening"""
        self.in_time = {
            law: float((self.draws(law) <= campaign.ring_s).mean())
            for law in (self.network.answer_after, self.network.machine_after)
        }
        """the share of picks-up that come while it may ring"""

    def model(self) -> FastModel:
        mode = self.campaign.mode
        if mode not in (DialingMode.PROGRESSIVE, DialingMode.PREDICTIVE):
            raise NotInTheModel(
                f"the compiled model has no {mode.value} dialing; simulate whole sites for that"
            )
        agents = sum(group.count for group in self.groups)
        if not agents:
            raise NotInTheModel("the scenario has no agents")
        persons, machines = self.person_share(self.rate), self.machine_share(self.rate)
        answer = persons + machines
        weights = [persons, machines]
        world: dict[str, Any] = {
            "ring": self.mixed([self.person_ring(), self.machine_ring()], weights),
            "no_answer": self.unanswered(),
            "handle": self.mixed([self.person_handle(), self.machine_handle()], weights),
            "contacts": self.contacts(answer),
            "patience_s": self.patience_s(),
            "opening_s": 3_600 * self.scenario.day.opening_h,
        }
        pacing = None
        if mode is DialingMode.PREDICTIVE:
            pacing = self.pacing()
            world |= self.told()
            world["lines_max"] = max(1, int(self.campaign.pacing.max_lines_per_agent * agents))
        return FastModel(
            agents=agents,
            answer=answer,
            world=world | self.by_hour(answer) | self.shifts() | self.callers(),
            mode=mode,
            pacing=pacing,
            left_out=tuple(self.left_out()),
        )

    def pacing(self) -> dict[str, Any]:
        """How a whole site would pace it; every day for itself, as whole days are."""
        settings = self.campaign.pacing
        definition = definition_of(self.campaign.compliance)
        if definition.cap < MIN_CAP:
            raise NotInTheModel(
                f"the compiled model has no cap of {definition.cap:g} on abandoned calls, under "
                f"{MIN_CAP:g}; simulate whole sites for that"
            )
        # a line of the model is dialed and rings at once
        rings_s = max(settings.legal_ring_s, definition.min_ring_s)
        legal_ring_s = rings_s + float(self.draws(self.network.dial).mean())
        kind = _WINDOWS.get(definition.window, "life")
        reserve, per_agent = GUARDED_RESERVES[kind]
        return {
            "cap": min(settings.target, definition.cap),
            "window": kind,
            "theta": 0.03,
            "handicap": reserve,
            "handicap_per_agent": per_agent,
            "guard": definition.cap < 1,
            "hour_cap": settings.hour_cap,
            "hour_by_counts": True,
            "choose": chooses(self.campaign),
            "learn_levels": self.scenario.day.told,
            "legal_ring_s": legal_ring_s if settings.give_up else None,
        }

    def told(self) -> dict[str, Any]:
        """What the dialer knows of the next contacts."""
        if not self.scenario.day.told or self.contacts(self.rate) is None:
            return {}
        choices = self.campaign.pacing.choose if chooses(self.campaign) else 1
        return {"told": True, "choices": choices}

    # --- the day

    def by_hour(self, answer: float) -> dict[str, Any]:
        """What differs from one quarter of an hour to another."""
        rates = [self.network.answer_rate[hour] for hour in self.hours]
        answers = [self.person_share(rate) + self.machine_share(rate) for rate in rates]
        slowness = [self.network.slowness(hour) for hour in self.hours]
        return {
            "answer_factors": [one / answer for one in answers] if len(set(rates)) > 1 else None,
            "slowness": slowness if max(slowness) != min(slowness) or slowness[0] != 1 else None,
        }

    def shifts(self) -> dict[str, Any]:
        """When agents come and go; of the first group where groups differ."""
        weights = [float(group.count) for group in self.groups]
        group = self.groups[0]
        found: dict[str, Any] = {
            "login_after": Law.mixture(
                [kernel_law(one.login_after) for one in self.groups], weights
            ),
            "shift_s": group.shift_s or 0.0,
            "keeps_agents": self.campaign.mode is DialingMode.PROGRESSIVE,
        }
        if group.breaks is not None:
            found["break_every"] = kernel_law(group.breaks.every)
            found["break_length"] = kernel_law(group.breaks.length)
        return found

    def callers(self) -> dict[str, Any]:
        """Who calls, by quarters of an hour."""
        inbound = self.scenario.inbound
        if inbound is None:
            return {}
        return {
            "inbound_per_s": [inbound.per_h[hour] / 3_600 for hour in self.hours],
            "inbound_handle": quantiles_of(added(self.draws(inbound.talk), self.wrap_up())),
            "inbound_patience": kernel_law(inbound.patience),
        }

    # --- samples

    def draws(self, law: laws.Law) -> Floats:
        return self.chance.draws(kernel_law(law), SAMPLE)

    def mixed(self, samples: list[Floats], weights: list[float]) -> Law:
        kept = [(sample, w) for sample, w in zip(samples, weights, strict=True) if w > 0]
        if not kept:
            return quantiles_of(samples[0])
        return Law.mixture([quantiles_of(sample) for sample, _ in kept], [w for _, w in kept])

    def picked_up(self, law: laws.Law) -> Floats:
        """Times until an agent is there, of those who pick up while it may ring."""
        rung = self.draws(law)
        rung = rung[rung <= self.campaign.ring_s] if self.in_time[law] else rung
        n = len(rung)
        network = self.network
        return (
            rung
            + self.draws(network.dial)[:n]
            + self.draws(network.detection)[:n]
            + self.draws(network.bridge)[:n]
        )

    # --- who answers

    def valid(self) -> float:
        return 1 - self.network.invalid_numbers - self.network.fax_numbers

    def person_share(self, rate: float) -> float:
        """Of all attempts: a person picks up in time and is taken for one."""
        network = self.network
        taken = 1 - network.person_taken_for_machine
        return self.valid() * rate * self.in_time[network.answer_after] * taken

    def machine_share(self, rate: float) -> float:
        """Of all attempts: a machine picks up in time and is taken for a person."""
        network = self.network
        machines = self.valid() * (1 - rate) * network.answering_machine
        return machines * self.in_time[network.machine_after] * network.machine_taken_for_person

    def person_ring(self) -> Floats:
        return self.picked_up(self.network.answer_after)

    def machine_ring(self) -> Floats:
        return self.picked_up(self.network.machine_after)

    def wrap_up(self) -> Floats:
        """Of all agents in their proportion, cut short where the campaign does."""
        whole = sum(group.count for group in self.groups)
        parts = [
            self.draws(group.wrap_up)[: max(1, SAMPLE * group.count // whole)]
            for group in self.groups
        ]
        found = shuffled(np.concatenate(parts), self.chance)
        return np.minimum(found, self.campaign.wrap_up_s) if self.campaign.wrap_up_s else found

    def person_handle(self) -> Floats:
        return added(self.draws(self.network.talk), self.wrap_up())

    def machine_handle(self) -> Floats:
        return added(self.draws(self.network.machine_talk), self.wrap_up())

    def contacts(self, answer: float) -> Law | None:
        """Probabilities that differ by contact and kind of number, around their mean."""
        network = self.network
        if not network.contact_spread and not network.mobile_numbers:
            return None
        even = answer / (1 + network.mobile_numbers * (network.mobile_factor - 1))
        kinds = [even, even * network.mobile_factor]
        return Law.mixture(
            [Law.lognormal(max(mean, 1e-9), network.contact_spread) for mean in kinds],
            [1 - network.mobile_numbers + 1e-12, network.mobile_numbers + 1e-12],
        )

    # --- who does not

    def unanswered(self) -> Law:
        """Times of attempts that nobody answers, each kind in its proportion."""
        network, rest = self.network, self.valid() * (1 - self.rate)
        dial = self.draws(network.dial)
        until_limit = np.minimum(self.draws(network.gives_up_after), self.campaign.ring_s)
        machine = np.minimum(self.draws(network.machine_after), self.campaign.ring_s)
        machine_ends = added(machine, self.draws(network.detection))
        refused = network.busy + network.congestion + network.failed
        silent = max(0.0, 1 - refused - network.answering_machine)
        persons = self.valid() * self.rate
        late = persons * (1 - self.in_time[network.answer_after])
        mistaken = (persons - late) * network.person_taken_for_machine
        machines = rest * network.answering_machine - self.machine_share(self.rate)
        return self.mixed(
            [dial, added(dial, until_limit), added(dial, machine_ends), self.person_ring()],
            [
                network.invalid_numbers + rest * refused,
                rest * silent + late,
                network.fax_numbers + machines,
                mistaken,
            ],
        )

    def patience_s(self) -> float:
        """Until who answered counts as abandoned, and is hung up on."""
        return definition_of(self.campaign.compliance).limit_ms / 1_000

    def left_out(self) -> list[str]:
        """What the compiled model does not know of."""
        found = []
        if len({(group.breaks, group.shift_s) for group in self.groups}) > 1:
            found.append("breaks and shifts of other groups than the first")
        if self.network.attempt_factor != 1:
            found.append("later attempts (every one is a first)")
        if self.network.impatient > 0:
            found.append("customers who hang up before they are abandoned")
        if self.network.slow:
            found.append("the limit of ringing in slow hours (it is stretched)")
        if self.campaign.mode is DialingMode.PREDICTIVE:
            found.extend(self.left_out_of_pacing())
        return found

    def left_out_of_pacing(self) -> Iterator[str]:
        """What whole sites know of abandonment and the compiled model does not."""
        definition = definition_of(self.campaign.compliance)
        if definition.denominator is not AbandonmentBase.ANSWERED_BY_PERSON:
            yield "the denominator of abandonment (it is calls answered by a person)"
        if definition.false_positives_count and self.campaign.compliance.false_positive_share:
            yield "persons taken for machines, as abandoned calls"
        if self.campaign.pacing.target < definition.cap < 1:
            yield "a cap above the target (the target is kept as one)"
        if self.campaign.pacing.give_up:
            yield "how long each line takes to ring at all before it may be given up (its mean)"
        if self.campaign.pacing.certain:
            yield "certainty that the cap is kept (it is kept all but surely)"


def kernel_law(law: laws.Law) -> Law:
    """The same law for the kernel."""
    match law:
        case laws.Constant(value_s=value):
            return Law.constant(value)
        case laws.Uniform(low_s=low, high_s=high):
            return Law.uniform(low, high)
        case laws.Exponential(mean_s=mean):
            return Law.exponential(mean)
        case laws.Lognormal(mean_s=mean, cv=cv):
            return Law.lognormal(mean, cv)
        case laws.Gamma(mean_s=mean, shape=shape):
            return Law.gamma(mean, shape)
        case laws.Empirical(quantiles_s=quantiles):
            return Law.empirical(quantiles)


def quantiles_of(sample: Floats) -> Law:
    """A law with the quantiles of a sample, and its mean."""
    points = np.quantile(sample, np.linspace(0, 1, QUANTILES))
    mean = (points.sum() - (points[0] + points[-1]) / 2) / (QUANTILES - 1)
    # straight lines between the quantiles of a bent law have a slightly other mean
    return Law.empirical(points * (sample.mean() / mean) if mean > 0 else points)


def shuffled(sample: Floats, chance: Stream) -> Floats:
    return sample[np.argsort(chance.draws(Law.uniform(0, 1), len(sample)))]


def added(one: Floats, two: Floats) -> Floats:
    """Sums of two samples, as long as the shorter one."""
    n = min(len(one), len(two))
    return one[:n] + two[:n]
