"""One shift against a running server: list, campaign, progress, end."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing
from enum import Enum

from fastdial.cli.display import Display, Progress
from fastdial.cli.lists.contacts import ListedContact, read_contacts
from fastdial.cli.lists.loading import Loading
from fastdial.cli.problems import Failed
from fastdial.cli.run.plan import Plan
from fastdial.client import AsyncClient, CommandRefused
from fastdial.messages.base import Reply
from fastdial.messages.commands import (
    AgentLogout,
    CampaignCreate,
    CampaignGet,
    CampaignPause,
    CampaignStart,
    CampaignUpdate,
    EventFilter,
    StatsGet,
)
from fastdial.messages.errors import ErrorCode, RefusedRow
from fastdial.messages.events import AgentLoggedIn
from fastdial.messages.replies import CampaignReply, CampaignView, StatsReply
from fastdial.messages.words import AgentState, CampaignState

CAMPAIGN_ID = "00001"
LOOK_EVERY_S = 0.5
SET_UP_MS = 3 * 60_000
"""site time in which a call is answered or given up, at the longest"""
DRAIN_MS = 20 * 60_000
"""site time that calls which are up may take after the end of the shift"""


class Ending(Enum):
    """Why the work ended."""

    FINISHED = "the campaign has finished"
    SHIFT_OVER = "the shift is over"


class Shift:
    """The work of one run. Sent again with the same journal, nothing happens twice."""

    def __init__(
        self, plan: Plan, client: AsyncClient, display: Display, *, begins_at: int | None
    ) -> None:
        """``begins_at``: when the shift that is resumed began; none for a fresh one."""
        self._plan = plan
        self._client = client
        self._display = display
        self._began_at = begins_at
        self._begins_at = self._ends_at = 0
        self._state = CampaignState.DRAFT
        self._agent_ids: dict[str, None] = {}
        self.unread: list[RefusedRow] = []
        """rows of the list that could not be read"""

    async def prepare(self) -> None:
        """The campaign and its list, before anybody is at work."""
        campaign = await self._campaign()
        self._state = campaign.state
        await self._load()

    async def work(self) -> Ending:
        """Until the campaign has finished or the shift is over and its calls have ended."""
        now = self._client.now()
        self._begins_at = now if self._began_at is None else self._began_at
        self._ends_at = self._begins_at + self._plan.shift_ms
        watching = asyncio.create_task(self._watch())
        try:
            return await self._call()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _call(self) -> Ending:
        state = self._state
        if self._client.now() < self._ends_at and state is not CampaignState.RUNNING:
            state = await self._tell(CampaignStart(campaign_id=CAMPAIGN_ID))
        while state is not CampaignState.FINISHED and self._client.now() < self._ends_at:
            await self._look("calling")
            await asyncio.sleep(LOOK_EVERY_S)
            state = await self._tell(CampaignGet(campaign_id=CAMPAIGN_ID))
        if state is CampaignState.RUNNING:
            state = await self._tell(CampaignPause(campaign_id=CAMPAIGN_ID))
        await self._go_home()
        return Ending.FINISHED if state is CampaignState.FINISHED else Ending.SHIFT_OVER

    async def _tell(self, command: CampaignStart | CampaignPause | CampaignGet) -> CampaignState:
        return _campaign_of(await self._client.request(command)).state

    # --- campaign and list

    async def _campaign(self) -> CampaignView:
        """The run's campaign, made where it is missing, with the settings of the file."""
        settings = self._plan.campaign
        try:
            reply = await self._client.request(
                CampaignCreate(campaign_id=CAMPAIGN_ID, settings=settings)
            )
        except CommandRefused as refusal:
            if refusal.fault.code is not ErrorCode.CAMPAIGN_EXISTS:
                raise
            reply = await self._client.request(CampaignGet(campaign_id=CAMPAIGN_ID))
        campaign = _campaign_of(reply)
        if campaign.settings.name != settings.name:
            raise Failed(
                f"{self._plan.journal} is of the campaign {campaign.settings.name!r}, "
                f"and this one is {settings.name!r}: name another --journal"
            )
        if campaign.settings != settings:
            self._display.note("The campaign's settings have changed; the new ones hold from now.")
            reply = await self._client.request(
                CampaignUpdate(campaign_id=CAMPAIGN_ID, settings=settings)
            )
            campaign = _campaign_of(reply)
        return campaign

    async def _load(self) -> None:
        """The list; what a run before this one has loaded is not loaded again."""
        started_s = time.monotonic()
        loading = Loading(self._client, CAMPAIGN_ID)
        await loading.run(self._noted(read_contacts(self._plan.contacts)))
        self._display.note(
            f"Contact list: {loading.added:,} contacts, {loading.updated:,} rows that update one, "
            f"{loading.refused:,} rows refused ({time.monotonic() - started_s:.1f} s)."
        )
        if not loading.added and not loading.updated:
            raise Failed(
                f"{self._plan.contacts}: no row of the list can be dialed; nothing was run"
            )

    def _noted(
        self, rows: Iterator[ListedContact | RefusedRow]
    ) -> Iterator[ListedContact | RefusedRow]:
        """The rows; those that the site will not hear of are kept for the report."""
        for row in rows:
            if isinstance(row, RefusedRow):
                self.unread.append(row)
            yield row

    # --- while it runs

    async def _watch(self) -> None:
        """Who has logged in, from the journal's beginning on."""
        wanted = EventFilter(types=("agent.logged_in",))
        async with aclosing(self._client.events(after=0, filter=wanted)) as events:
            async for event in events:
                if isinstance(event, AgentLoggedIn):
                    self._agent_ids[event.agent_id] = None

    async def _look(self, phase: str) -> StatsReply:
        """Show how it stands."""
        reply = await self._client.request(StatsGet())
        if not isinstance(reply, StatsReply):
            raise Failed(f"the server answered stats.get with {type(reply).__name__}")
        self._display.show(
            Progress(self._begins_at, reply.at, self._ends_at, phase, reply.stats),
            time.monotonic(),
        )
        return reply

    async def _go_home(self) -> None:
        """Let the calls that are up come to their end, and the agents leave after theirs."""
        give_up_at = self._client.now() + DRAIN_MS
        await self._answer_what_rings()
        while self._client.now() < give_up_at:
            await self._send_home()
            stats = (await self._look("last calls")).stats
            here = sum(n for state, n in stats.agents.items() if state is not AgentState.LOGGED_OUT)
            if not stats.live_calls and not here:
                return
            await asyncio.sleep(LOOK_EVERY_S)
        self._display.note(
            "Some calls or agents have not ended in time; they are left as they are."
        )

    async def _answer_what_rings(self) -> None:
        """Keep the agents until nothing is being set up: whoever answers yet is to meet one."""
        give_up_at = self._client.now() + SET_UP_MS
        while self._client.now() < give_up_at:
            stats = (await self._look("last calls")).stats
            if stats.live_calls <= stats.agents.get(AgentState.TALKING, 0):
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def _send_home(self) -> None:
        """Ask every agent to leave: again and again, for one may wish for a break meanwhile."""
        leaves = [
            self._client.submit(AgentLogout(agent_id=agent_id, after_call=True))
            for agent_id in self._agent_ids
        ]
        # Who has left already, or is looking at a contact, is refused.
        await asyncio.gather(*leaves, return_exceptions=True)


def _campaign_of(reply: Reply) -> CampaignView:
    if not isinstance(reply, CampaignReply):
        raise Failed(f"the server answered with {type(reply).__name__} where it owes a campaign")
    return reply.campaign
