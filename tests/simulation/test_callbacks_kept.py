"""A day of a centre that promises callbacks, loses callers and runs a campaign besides, audited."""

from collections import Counter

from fastdial.engine import Site
from fastdial.messages.base import Command, Event
from fastdial.messages.callback_events import CallbackEnded, CallbackScheduled
from fastdial.messages.callbacks import CallbackSchedule, QueueCallerAbandoned
from fastdial.messages.codec import encode
from fastdial.messages.commands import CampaignCreate, CampaignStart, ContactsLoad
from fastdial.messages.events import DialRequested
from fastdial.messages.queues import MissedCallerSettings, QueueCreate, QueueSettings
from fastdial.messages.replies import Error
from fastdial.messages.settings import RetryRule, RetrySettings
from fastdial.messages.slots import OfficeHours, SlotSettings
from fastdial.messages.windows import ALWAYS_OPEN, WeeklyHours
from fastdial.messages.words import CallbackState, CallBackWhen, DialingMode, MissedCallers
from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.auditor import Auditor
from fastdial.simulation.scenario import Scenario
from fastdial.simulation.world import World
from fastdial.telephony.simulated import SimulatedNetwork
from simulation.centre import BUSY_DESK, HOUR_MS, START, people, settings

MINUTE_MS = 60_000
AGAIN = RetrySettings(not_reached=RetryRule(times=2, after_s=900))


class Day:
    """A queue that calls back by slots and by missed callers, and a campaign that competes."""

    def __init__(self, seed: int = 1) -> None:
        scenario = Scenario(agents=(BUSY_DESK,))
        self.events: list[Event] = []
        self.auditor = Auditor()
        self.world = World(
            Site(None, seed),
            (
                SimulatedNetwork(scenario.network, zone=scenario.zone, seed=seed),
                SimulatedAgents(scenario.agents, start_at=START, seed=seed),
            ),
            start_at=START,
            journal=self.events,
            watchers=(self.auditor.see,),
        )
        slots = SlotSettings(
            zone="UTC", hours=OfficeHours(weekly=(WeeklyHours(),)), slot_minutes=15, capacity=2
        )
        missed = MissedCallerSettings(
            become=MissedCallers.CALLBACK,
            agents_percent=40,
            delay_s=60,
            when=CallBackWhen.WHEN_FREE_AGENTS,
            remove_after_s=3 * 3_600,
        )
        self.order(
            QueueCreate(
                settings=QueueSettings(
                    name="Help",
                    slots=slots,
                    missed_callers=missed,
                    retries=AGAIN,
                    windows=ALWAYS_OPEN,
                ),
                queue_id="help",
            )
        )
        campaign = settings(DialingMode.PROGRESSIVE, retries=AGAIN)
        self.order(CampaignCreate(settings=campaign, campaign_id="10000"))
        self.order(ContactsLoad(campaign_id="10000", contacts=people(100)))
        self.order(CampaignStart(campaign_id="10000"))

    def order(self, command: Command) -> bool:
        return not isinstance(self.world.send(command), Error)

    def live(self) -> int:
        """Each ten minutes somebody asks for a callback, and two callers give up; then it is quiet.

        How many callbacks were refused, since their slots were full.
        """
        refused = 0
        for n in range(48):
            self.world.run(START + n * 10 * MINUTE_MS)
            start_at = self.world.now + (30 + n % 5 * 20) * MINUTE_MS
            refused += not self.order(
                CallbackSchedule(
                    queue_id="help",
                    number=f"+48223{n:06}",
                    name=f"Customer {n}",
                    zone="Europe/Warsaw",
                    window_start_at=start_at,
                    window_end_at=start_at + HOUR_MS // 2,
                    agent_id="desk-001" if n % 6 == 0 else None,
                    personal=n % 6 == 0,
                )
            )
            for caller in range(2):
                self.order(
                    QueueCallerAbandoned(
                        queue_id="help", number=f"+48224{n:05}{caller}", waited_s=60
                    )
                )
        self.world.run(START + 14 * HOUR_MS)
        return refused


def test_cb_9_every_promise_of_a_day_has_one_end_and_most_are_kept() -> None:
    day = Day()
    refused = day.live()
    made = [e.callback_id for e in day.events if isinstance(e, CallbackScheduled)]
    ended = Counter(e.state for e in day.events if isinstance(e, CallbackEnded))
    assert len(made) == 48 + 96 - refused
    assert day.auditor.callbacks.open == 0
    assert sum(ended.values()) == len(made)
    assert ended[CallbackState.DONE] > len(made) // 2
    dialed = [e for e in day.events if isinstance(e, DialRequested)]
    assert {event.campaign_id for event in dialed} == {"00001", "10000"}
    day.auditor.close()


def test_cb_8_the_same_day_with_the_same_seed_is_the_same_to_the_byte() -> None:
    first, second = Day(3), Day(3)
    first.live()
    second.live()
    assert [encode(event) for event in first.events] == [encode(e) for e in second.events]
