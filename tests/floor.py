"""A site under test, with a clock that a test turns and verbs that read as a story."""

from typing import Any, TypeVar

from fastdial import Site
from fastdial.engine.contact_list import Contact
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import (
    AgentLogin,
    AgentReady,
    CallReport,
    CallWrapUp,
    CampaignCreate,
    CampaignStart,
    ContactsGet,
    ContactsLoad,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import DialRequested
from fastdial.messages.replies import CampaignReply, ContactReply, ContactView, Error, LoadReply
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import AgentState, Answerer, CampaignState, Party, Saw

NOON = 1_772_452_800_000
"""2026-03-02, 12:00 UTC, a Monday"""

E = TypeVar("E", bound=Event)


def number(n: int) -> str:
    """One of the 10,000 numbers of a range kept for fiction (Ofcom, Sheffield 0114 496 0xxx)."""
    return f"+44114496{n:04d}"


def rows(*numbers_of: int, **fields: Any) -> list[dict[str, Any]]:
    """Contacts ``c1``, ``c2`` and so on, each with the number of that figure."""
    return [{"contact_key": f"c{n}", "numbers": [number(n)], **fields} for n in numbers_of]


class Floor:
    """A site, its time, and all that has happened in it."""

    def __init__(self, config: SiteConfig | None = None, seed: int = 1) -> None:
        self.site = Site(config, seed)
        self.now = NOON
        self.events: list[Event] = []
        self.fresh: list[Event] = []
        """what the last step led to"""

    # --- steps

    def do(self, command: Command, *, after_ms: int = 0) -> Reply:
        """Send a command; the reply must not be an error."""
        reply = self.ask(command, after_ms=after_ms)
        assert not isinstance(reply, Error), reply.faults
        return reply

    def ask(self, command: Command, *, after_ms: int = 0) -> Reply:
        """Send a command, whatever the reply."""
        self.now += after_ms
        reply, events = self.site.handle(command, self.now)
        self._keep(events)
        return reply

    def refused(self, command: Command) -> tuple[ErrorCode, str]:
        """Send a command that must be refused: the code and the field at fault."""
        before = self.site.state_hash()
        reply = self.ask(command)
        assert isinstance(reply, Error), reply
        assert self.site.state_hash() == before, "a refused command changed something"
        return reply.fault.code, reply.fault.field

    def wait(self, ms: int) -> None:
        """Let time pass, doing what is due on the way at its own instant."""
        until = self.now + ms
        fresh: list[Event] = []
        while (due_at := self.site.next_due()) is not None and due_at <= until:
            self.now = max(due_at, self.now)
            fresh += self.site.advance(self.now)
        self.now = until
        self._keep(fresh + self.site.advance(until))

    def until_dialed(self) -> int:
        """Let time pass until a call is launched: the call."""
        fresh: list[Event] = []
        while not any(isinstance(event, DialRequested) for event in fresh):
            due_at = self.site.next_due()
            assert due_at is not None, "nothing will be dialed"
            self.now = max(due_at, self.now)
            fresh += self.site.advance(self.now)
        self._keep(fresh)
        return self.dialed()[-1]

    def _keep(self, events: list[Event]) -> None:
        self.fresh = events
        self.events += events

    # --- a story's verbs

    def campaign(self, *contacts: int, run: bool = True, **settings: Any) -> str:
        """A campaign with these contacts, started; open at all hours unless told otherwise."""
        settings.setdefault("windows", ALWAYS_OPEN)
        reply = self.do(CampaignCreate(settings=CampaignSettings(name="Test", **settings)))
        assert isinstance(reply, CampaignReply)
        campaign_id = reply.campaign.campaign_id
        if contacts:
            self.load(campaign_id, rows(*contacts))
        if run:
            self.do(CampaignStart(campaign_id=campaign_id))
        return campaign_id

    def load(self, campaign_id: str, contacts: list[Any], **more: Any) -> LoadReply:
        reply = self.do(ContactsLoad(campaign_id=campaign_id, contacts=contacts, **more))
        assert isinstance(reply, LoadReply)
        return reply

    def agent(self, agent_id: str = "ann", *teams: str) -> str:
        """An agent who is logged in and ready."""
        self.do(AgentLogin(agent_id=agent_id, teams=teams))
        fresh = self.fresh
        self.do(AgentReady(agent_id=agent_id))
        self.fresh = fresh + self.fresh
        return agent_id

    def saw(
        self,
        call_id: int,
        saw: Saw,
        *,
        after_ms: int = 0,
        answerer: Answerer = Answerer.PERSON,
        party: Party = Party.CUSTOMER,
    ) -> None:
        self.do(
            CallReport(call_id=call_id, saw=saw, answerer=answerer, party=party), after_ms=after_ms
        )

    def talk(self, call_id: int, *, ms: int = 60_000) -> None:
        """The call is answered by a person, bridged, and over after a talk."""
        self.saw(call_id, Saw.ANSWERED, after_ms=5_000)
        self.saw(call_id, Saw.BRIDGED)
        self.saw(call_id, Saw.HUNG_UP, after_ms=ms)

    def wrap_up(self, call_id: int, agent_id: str = "ann", code: str = "sale", **more: Any) -> None:
        self.do(CallWrapUp(call_id=call_id, agent_id=agent_id, code=code, **more))

    # --- what is seen

    def seen(self, kind: type[E]) -> list[E]:
        """The events of one kind that the last step led to."""
        return [event for event in self.fresh if isinstance(event, kind)]

    def all_seen(self, kind: type[E]) -> list[E]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def dialed(self) -> list[int]:
        """The calls that the last step launched."""
        return [event.call_id for event in self.seen(DialRequested)]

    def dialed_keys(self) -> list[str]:
        """The contacts dialed so far, in order."""
        return [event.contact_key for event in self.all_seen(DialRequested)]

    def agent_state(self, agent_id: str = "ann") -> AgentState:
        return self.site._state.records.agents[agent_id].state

    def campaign_state(self, campaign_id: str = "00001") -> CampaignState:
        return self.site._state.records.campaigns[campaign_id].state

    def contact(self, contact_key: str, campaign_id: str = "00001") -> ContactView:
        reply = self.do(ContactsGet(campaign_id=campaign_id, contact_key=contact_key))
        assert isinstance(reply, ContactReply)
        return reply.contact

    def contacts(self, campaign_id: str = "00001") -> list[Contact]:
        return list(self.site._state.lists[campaign_id])
