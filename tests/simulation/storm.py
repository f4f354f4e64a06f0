"""An actor who disturbs a site with commands that nobody well-behaved would send just then."""

from random import Random

import msgspec

from fastdial.messages import commands as c
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import EventFilter
from fastdial.messages.events import CampaignCreated, CampaignUpdated, DialRequested
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.words import (
    AfterWrapUp,
    AgentSaw,
    Answerer,
    DialingMode,
    Party,
    PreviewLapse,
    Saw,
)


class Storm:
    """Random commands at random instants, the same for the same seed."""

    filter = EventFilter(types=("call.dial_requested", "campaign.created", "campaign.updated"))

    def __init__(
        self, seed: int, start_at: int, agent_ids: tuple[str, ...], every_ms: int, until: int
    ) -> None:
        self._random = Random(seed)
        self._agent_ids = (*agent_ids, "nobody")
        self._every_ms = every_ms
        self._until = until
        self._due = start_at
        self._last_call = 1
        self._settings: dict[str, CampaignSettings] = {}
        self._kinds = (
            self._agent_command,
            self._call_command,
            self._campaign_command,
            self._contacts_command,
        )

    def see(self, event: Event, now: int) -> list[Command]:
        if isinstance(event, DialRequested):
            self._last_call = event.call_id
        elif isinstance(event, CampaignCreated | CampaignUpdated):
            self._settings[event.campaign_id] = event.settings
        return []

    def hear(self, command: Command, reply: Reply, now: int) -> list[Command]:
        return []

    def next_due(self) -> int | None:
        return self._due if self._due <= self._until else None

    def act(self, now: int) -> list[Command]:
        # often at an instant at which others act too
        gap = self._random.choice((0, 1, 1_000, self._random.randrange(2 * self._every_ms)))
        self._due = now + gap
        kind = self._random.choices(self._kinds, weights=(6, 8, 2, 3))[0]
        return [kind()]

    def calm(self) -> list[Command]:
        """Commands after which every campaign runs."""
        return [c.CampaignStart(campaign_id=campaign_id) for campaign_id in self._settings]

    def _agent_command(self) -> Command:
        agent_id = self._random.choice(self._agent_ids)
        return self._random.choice(
            (
                c.AgentLogin(agent_id=agent_id, name=self._random.choice(("", "Ann"))),
                c.AgentReady(agent_id=agent_id),
                c.AgentNotReady(agent_id=agent_id, reason=self._random.choice(("", "break"))),
                c.AgentLogout(agent_id=agent_id, after_call=self._random.random() < 0.5),
                c.PreviewRequest(agent_id=agent_id),
                c.PreviewDial(agent_id=agent_id),
                c.PreviewSkip(agent_id=agent_id),
            )
        )

    def _call_command(self) -> Command:
        call_id = max(1, self._last_call - self._random.randrange(12))
        report = c.CallReport(
            call_id=call_id,
            saw=self._random.choice(tuple(Saw)),
            answerer=self._random.choice(tuple(Answerer)),
            party=self._random.choice(tuple(Party)),
            key=self._random.choice((None, "1", "5")),
        )
        agent_id = self._random.choice(self._agent_ids)
        code = self._random.choice(("sale", "call_again", "no such code"))
        return self._random.choice(
            (
                report,
                report,
                c.CallHangUp(call_id=call_id),
                c.AgentReport(
                    call_id=call_id, agent_id=agent_id, saw=self._random.choice(tuple(AgentSaw))
                ),
                c.CallWrapUp(call_id=call_id, agent_id=agent_id, code=code),
            )
        )

    def _campaign_command(self) -> Command:
        campaign_id = self._random.choice(tuple(self._settings))
        settings = msgspec.structs.replace(
            self._settings[campaign_id],
            mode=self._random.choice(tuple(DialingMode)),
            order=self._random.randrange(3),
            agent_first=self._random.random() < 0.4,
            parity=self._random.randrange(1, 4),
            preview_s=self._random.choice((0, 10)),
            preview_lapse=self._random.choice(tuple(PreviewLapse)),
            wrap_up_s=self._random.choice((0, 5, 60)),
            after_wrap_up=self._random.choice(tuple(AfterWrapUp)),
            ring_s=self._random.choice((5, 25)),
            trunk=self._random.choice(("", "warsaw")),
            limits=self._limits(),
        )
        site = SiteLimits(site=self._limits(), each_trunk=self._limits())
        return self._random.choice(
            (
                c.CampaignStart(campaign_id=campaign_id),
                c.CampaignStart(campaign_id=campaign_id),
                c.CampaignPause(campaign_id=campaign_id),
                c.CampaignStop(campaign_id=campaign_id),
                c.CampaignUpdate(campaign_id=campaign_id, settings=settings),
                c.StatsGet(campaign_id=campaign_id),
                c.SiteConfigure(config=SiteConfig(limits=site)),
            )
        )

    def _limits(self) -> CallLimits:
        return CallLimits(
            calls=self._random.choice((None, None, 3)),
            launches_per_s=self._random.choice((None, None, 2)),
        )

    def _contacts_command(self) -> Command:
        campaign_id = self._random.choice(tuple(self._settings))
        some = [f"c{self._random.randrange(60)}" for _ in range(self._random.randrange(1, 6))]
        rows = [
            {
                "contact_key": key,
                "numbers": [
                    f"+4822{self._random.randrange(40):07}"
                    for _ in range(self._random.randrange(1, 3))
                ],
                "priority": self._random.randrange(-1, 2),
            }
            for key in some
        ]
        return self._random.choice(
            (
                c.ContactsLoad(campaign_id=campaign_id, contacts=rows, reopen=True),
                c.ContactsLoad(campaign_id=campaign_id, contacts=rows),
                c.ContactsRemove(campaign_id=campaign_id, contact_keys=some),
                c.ContactsGet(campaign_id=campaign_id, contact_key=some[0]),
            )
        )
