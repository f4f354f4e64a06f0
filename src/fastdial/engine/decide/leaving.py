"""Agents who ask to log out while lines that were launched ahead count on them (rule AG-4)."""

from bisect import bisect_right

from fastdial.engine.lines import is_ringing_ahead
from fastdial.engine.records import Agent, Call, Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.words import AgentState

_READY = AgentState.READY


class LinesAhead:
    """Lines that ring ahead of agents, gone through once for all agents who want to leave.

    And not before one of them works on a campaign with lines.
    """

    __slots__ = ("_launched_at", "_turn")

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._launched_at: dict[str, list[int]] | None = None
        """by campaign, the oldest first"""

    def count_on(self, agent: Agent) -> bool:
        """Whether more lines that rang when the agent asked ring yet than others are ready for.

        Lines launched since do not count on the agent.
        """
        turn = self._turn
        still_ready = agent.state is _READY
        asked_at = turn.now if still_ready else agent.since
        alike: dict[tuple[str, ...], None] = {}
        campaign: Campaign
        for campaign in turn.state.assigned(agent.teams):
            wanted = campaign.settings.teams
            if not campaign.lines or wanted in alike:
                continue
            alike[wanted] = None
            ready, _, _ = turn.state.workforce.counts(campaign)
            if self._for_agents_of(campaign, asked_at) > ready - still_ready:
                return True
        return False

    def _for_agents_of(self, campaign: Campaign, until: int) -> int:
        """Lines launched up to then that ring for agents of the campaign."""
        lines = self._of(campaign, until)
        for other in self._turn.state.sharing_with(campaign):
            lines += self._of(other, until)
        return lines

    def _of(self, campaign: Campaign, until: int) -> int:
        if self._launched_at is None:
            self._launched_at = self._found()
        return bisect_right(self._launched_at.get(campaign.campaign_id, ()), until)

    def _found(self) -> dict[str, list[int]]:
        launched_at: dict[str, list[int]] = {}
        call: Call
        for call in self._turn.state.records.calls.values():
            if is_ringing_ahead(call):
                launched_at.setdefault(call.campaign_id, []).append(call.dialed_at)
        return launched_at
