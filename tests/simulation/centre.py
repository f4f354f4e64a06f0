"""A small contact centre for tests: a site, a campaign, a network and agents in virtual time."""

from collections.abc import Sequence

import msgspec

from fastdial.client.actor import Actor
from fastdial.engine import Site
from fastdial.messages.agentless import AgentlessSettings, KeyMeaning
from fastdial.messages.base import Command, Event
from fastdial.messages.codec import encode
from fastdial.messages.commands import CampaignCreate, CampaignStart, ContactsLoad
from fastdial.messages.events import CampaignStateChanged
from fastdial.messages.replies import Error
from fastdial.messages.settings import CampaignSettings, SiteConfig, WrapUpCode
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import CampaignState, CodeMeaning, DialingMode
from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.auditor import Auditor
from fastdial.simulation.scenario import AgentGroup, Breaks, Scenario
from fastdial.simulation.world import World
from fastdial.telephony.simulated import SimulatedNetwork
from fastdial.telephony.simulated.laws import Constant, Lognormal, Uniform

START = 1_767_603_600_000
"""Monday, 5 January 2026, 9:00 UTC"""
HOUR_MS = 3_600_000
CAMPAIGN = "10000"

CODES = (
    WrapUpCode(code="not_interested", name="Not interested"),
    WrapUpCode(code="call_again", name="Call again", meaning=CodeMeaning.RETRY),
)

KEYS = (
    KeyMeaning(keys="1", code="sale"),
    KeyMeaning(keys="2#", code="not_interested", message="bye.wav"),
    KeyMeaning(keys="3", code="call_again"),
)

BUSY_DESK = AgentGroup(
    name="desk",
    count=5,
    breaks=Breaks(every=Lognormal(mean_s=900.0, cv=0.5), length=Constant(value_s=120.0)),
    codes={"sale": 1.0, "not_interested": 6.0, "call_again": 2.0},
    wrap_up=Uniform(low_s=1.0, high_s=45.0),
)


def settings(mode: DialingMode, **others: object) -> CampaignSettings:
    told: dict[str, object] = {
        "name": mode.value,
        "mode": mode,
        "wrap_up_codes": CODES,
        "windows": ALWAYS_OPEN,
        "agentless": AgentlessSettings(lines=8, keys=KEYS),
        **others,
    }
    return msgspec.convert(told, CampaignSettings, from_attributes=True)


class Centre:
    """A world with one campaign, audited while it runs."""

    def __init__(
        self,
        campaign: CampaignSettings,
        scenario: Scenario,
        *,
        contacts: int | Sequence[dict[str, object]] = 300,
        seed: int = 1,
        config: SiteConfig | None = None,
    ) -> None:
        self.events: list[Event] = []
        self.auditor = Auditor()
        self.network = SimulatedNetwork(scenario.network, zone=scenario.zone, seed=seed)
        self.agents = SimulatedAgents(scenario.agents, start_at=START, seed=seed)
        self.over = False
        self.saved: tuple[bytes, int] | None = None
        """a snapshot, and how many events there were"""
        actors: Sequence[Actor] = (self.network, self.agents)
        self.world = World(
            Site(config, seed),
            actors,
            start_at=START,
            journal=self.events,
            watchers=(self.auditor.see, self._notice_end),
        )
        rows = people(contacts) if isinstance(contacts, int) else list(contacts)
        self.order(CampaignCreate(settings=campaign, campaign_id=CAMPAIGN))
        self.order(ContactsLoad(campaign_id=CAMPAIGN, contacts=rows))
        self.order(CampaignStart(campaign_id=CAMPAIGN))

    def order(self, command: Command) -> None:
        reply = self.world.send(command)
        assert not isinstance(reply, Error), reply

    def _notice_end(self, event: Event) -> None:
        if isinstance(event, CampaignStateChanged):
            self.over = event.state is CampaignState.FINISHED

    def run(self, hours: float = 48) -> None:
        self.world.run(START + round(hours * HOUR_MS), stop=lambda: self.over)

    def record(self) -> list[bytes]:
        return [encode(event) for event in self.events]


def people(count: int, start: int = 0) -> list[dict[str, object]]:
    """Every fifth has two numbers, and every tenth shares one with another contact (CA-8)."""
    rows: list[dict[str, object]] = []
    for n in range(start, start + count):
        numbers = [f"+4822{n - n % 10 // 9 * 5:07}"]
        if n % 5 == 0:
            numbers.append(f"+4861{n:07}")
        rows.append({"contact_key": f"c{n}", "numbers": numbers, "priority": n % 3})
    return rows
