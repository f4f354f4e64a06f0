"""The table of commands says what a site really answers."""

import random
from typing import Any, NamedTuple

import queue_stories
from fastdial.engine import Site
from fastdial.messages import commands as c
from fastdial.messages.base import Command, Reply
from fastdial.messages.commands import SESSION_COMMANDS, SITE_COMMANDS
from fastdial.messages.compliance import FrequencyCap, SiteCompliance
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import BridgeRequested, DialRequested
from fastdial.messages.guides import GuideChoice, GuideQuestion, GuideSettings
from fastdial.messages.limits import CallLimits, SiteLimits
from fastdial.messages.replies import REPLIES, Error
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.table import (
    OF_ANY_CONNECTION,
    OF_ANY_PAYLOAD,
    OF_ANY_SITE_COMMAND,
    SESSION_ROWS,
    SITE_ROWS,
)
from fastdial.messages.windows import ALWAYS_OPEN, WindowSettings
from fastdial.messages.words import AgentSaw, Answerer, DialingMode, Party, Saw

ROWS = {row.command: row for row in (*SESSION_ROWS, *SITE_ROWS)}


def test_every_command_and_every_reply_has_its_place() -> None:
    assert [row.command for row in SESSION_ROWS] == list(SESSION_COMMANDS)
    assert [row.command for row in SITE_ROWS] == list(SITE_COMMANDS)
    assert {row.reply for row in ROWS.values()} | {Error} == set(REPLIES)


def test_every_error_code_is_given_by_something() -> None:
    given_by_rows = {code for row in ROWS.values() for code in row.errors}
    given_by_all = {*OF_ANY_PAYLOAD, *OF_ANY_CONNECTION, *OF_ANY_SITE_COMMAND}
    # a session's command never gets as far as a site; only an embedder can see this one
    assert given_by_rows | given_by_all == set(ErrorCode) - {ErrorCode.NOT_FOR_A_SITE}


GUIDE = GuideSettings(
    questions=(GuideQuestion(id="q", text="?", choices=(GuideChoice(answer="yes", next=""),)),)
)


def _some_config(rng: random.Random) -> SiteConfig:
    return SiteConfig(
        max_load_rows=rng.randint(2, 9),
        max_campaigns=rng.choice([2, 100]),
        max_agents=rng.choice([1, 100]),
        limits=SiteLimits(site=CallLimits(calls=rng.choice([None, None, None, 2, 0]))),
    )


def _some_settings(rng: random.Random) -> CampaignSettings:
    return CampaignSettings(
        name="c",
        mode=rng.choice([DialingMode.PREVIEW, *DialingMode]),
        agent_first=rng.random() < 0.3,
        guide=rng.choice([GuideSettings(), GUIDE]),
        ends_when_dry=rng.random() < 0.3,
        teams=rng.choice([(), (), (), ("one",)]),
        last_day=rng.choice([None] * 8 + ["1970-01-03", "1969-01-01", "1969-13-01"]),
        zone=rng.choice(["UTC"] * 8 + ["Nowhere/Else"]),
        windows=rng.choice([ALWAYS_OPEN] * 8 + [WindowSettings()]),
    )


NUMBERS = ["+48121234567", "+48121234568", "+48121234569", "nonsense"]


def _some_row(rng: random.Random) -> dict[str, Any]:
    return {
        "contact_key": rng.choice(["a", "b", "c", "d", ""]),
        "numbers": rng.sample(NUMBERS, rng.randint(0, 3)),
    }


class Newest(NamedTuple):
    """The newest call that began, and the newest that met an agent."""

    dialed: int = 1
    bridged: int = 1
    agent_id: str = "ann"


def _some_command(rng: random.Random, newest: Newest) -> Command:
    """Any command, about a few campaigns, agents and calls; those that lead far come often."""
    campaign_id = rng.choice(["00001", "00001", "00002", "00003"])
    maybe_campaign_id = rng.choice([None, campaign_id])
    agent_id = rng.choice(["ann", "ann", "bob", "eve"])
    call_id = rng.choice([newest.dialed, newest.dialed, newest.bridged, rng.randint(1, 40)])
    return rng.choice(
        [
            c.SiteConfigure(config=_some_config(rng)),
            c.SiteConfigure(config=SiteConfig(compliance=SiteCompliance(caps=(FrequencyCap(),)))),
            c.StatsGet(campaign_id=maybe_campaign_id),
            c.CampaignCreate(settings=_some_settings(rng), campaign_id=maybe_campaign_id),
            c.CampaignUpdate(campaign_id=campaign_id, settings=_some_settings(rng)),
            *[c.CampaignStart(campaign_id=campaign_id)] * 3,
            c.CampaignPause(campaign_id=campaign_id),
            c.CampaignStop(campaign_id=campaign_id),
            c.CampaignGet(campaign_id=campaign_id),
            c.CampaignList(agent_id=rng.choice([None, agent_id])),
            *[
                c.ContactsLoad(
                    campaign_id=campaign_id,
                    contacts=[_some_row(rng) for _ in range(rng.randint(0, 5))],
                    reopen=True,
                )
            ]
            * 2,
            c.ContactsRemove(campaign_id=campaign_id, contact_keys=["a"]),
            c.ContactsGet(campaign_id=campaign_id, contact_key=rng.choice("abcd")),
            c.ContactsExplain(
                campaign_id=campaign_id,
                contact_key=rng.choice("abcd"),
                number=rng.choice([None, *NUMBERS]),
            ),
            c.CampaignExplain(campaign_id=campaign_id),
            c.ExclusionAdd(
                list_name=rng.choice(["do_not_call", "other"]),
                numbers=(NUMBERS[0],),
                packed=rng.choice([b"", b"odd"]),
            ),
            *[
                c.ExclusionRemove(
                    list_name=rng.choice(["do_not_call", "nowhere"]),
                    numbers=(NUMBERS[0],),
                    packed=rng.choice([b"", b"odd"]),
                )
            ]
            * 2,
            c.ExclusionCheck(
                numbers=(rng.choice([NUMBERS[0], "nobody"]),), campaign_id=maybe_campaign_id
            ),
            c.ExclusionList(),
            *[c.AgentLogin(agent_id=agent_id, teams=rng.choice([(), ("one",)]))] * 2,
            *[c.AgentReady(agent_id=agent_id)] * 3,
            c.AgentNotReady(agent_id=agent_id),
            c.AgentLogout(agent_id=agent_id),
            *[c.PreviewRequest(agent_id=agent_id, campaign_id=maybe_campaign_id)] * 3,
            *[c.PreviewDial(agent_id=agent_id, number=rng.choice([None, None, *NUMBERS]))] * 3,
            c.PreviewSkip(agent_id=agent_id),
            *[
                c.CallReport(
                    call_id=call_id,
                    saw=rng.choice([*[Saw.ANSWERED, Saw.BRIDGED] * 3, *Saw]),
                    answerer=rng.choice([Answerer.PERSON, *Answerer]),
                    party=rng.choice(list(Party)),
                    key=rng.choice([None, "1"]),
                )
            ]
            * 8,
            c.CallHangUp(call_id=call_id),
            *[c.AgentReport(call_id=call_id, agent_id=agent_id, saw=rng.choice(list(AgentSaw)))]
            * 2,
            *[
                c.CallWrapUp(
                    call_id=rng.choice([newest.bridged, call_id]),
                    agent_id=rng.choice([newest.agent_id, agent_id]),
                    code=rng.choice(["sale", "unheard_of"]),
                    callback_at=rng.choice([None, None, None, 5]),
                )
            ]
            * 3,
            c.GuideGet(call_id=rng.choice([newest.bridged, call_id])),
            *[
                c.GuideAnswer(
                    call_id=rng.choice([newest.bridged, call_id]),
                    agent_id=rng.choice([newest.agent_id, agent_id]),
                    question="q",
                    answer=rng.choice(["yes", "perhaps"]),
                )
            ]
            * 2,
            c.WrapUpCodesSearch(campaign_id=campaign_id, text=rng.choice(["bus", "x"])),
        ]
    )


def _seldom_reached() -> list[list[Command | int]]:
    """Stories, with waits in ms, to what a random walk seldom reaches."""
    one, two = NUMBERS[:2]

    def campaign(mode: DialingMode, **more: Any) -> c.CampaignCreate:
        more.setdefault("windows", ALWAYS_OPEN)
        return c.CampaignCreate(settings=CampaignSettings(name="c", mode=mode, **more))

    def contacts(**numbers: list[str]) -> c.ContactsLoad:
        rows = [{"contact_key": key, "numbers": each} for key, each in numbers.items()]
        return c.ContactsLoad(campaign_id="00001", contacts=rows)

    def at_work(agent_id: str) -> list[Command | int]:
        return [c.AgentLogin(agent_id=agent_id), c.AgentReady(agent_id=agent_id)]

    def report(saw: Saw) -> c.CallReport:
        return c.CallReport(call_id=1, saw=saw)

    start = c.CampaignStart(campaign_id="00001")
    hour_ms = 3_600_000
    no_calls = SiteConfig(limits=SiteLimits(site=CallLimits(calls=0)))
    return [
        [
            *[campaign(DialingMode.PREVIEW), contacts(a=[one]), start, *at_work("ann")],
            *[c.PreviewRequest(agent_id="ann"), c.SiteConfigure(config=no_calls)],
            c.PreviewDial(agent_id="ann"),
        ],
        [
            *[campaign(DialingMode.PREVIEW, windows=WindowSettings()), contacts(a=[one]), start],
            9 * hour_ms,
            *[*at_work("ann"), c.PreviewRequest(agent_id="ann")],
            13 * hour_ms,
            c.PreviewDial(agent_id="ann"),
        ],
        [
            *[campaign(DialingMode.PROGRESSIVE), contacts(a=[one]), *at_work("ann"), start],
            *[report(Saw.KEY), c.CallWrapUp(call_id=1, agent_id="ann", code="sale")],
            c.GuideGet(call_id=1),
            c.GuideAnswer(call_id=1, agent_id="ann", question="q", answer="yes"),
            c.CampaignUpdate(campaign_id="00001", settings=CampaignSettings(name="c", guide=GUIDE)),
            c.GuideGet(call_id=1),
            *[
                c.GuideAnswer(call_id=1, agent_id=agent_id, question="q", answer="yes")
                for agent_id in ("ann", "bob")
            ],
            *[report(saw) for saw in (Saw.ANSWERED, Saw.BRIDGED, Saw.HUNG_UP)],
            c.CallWrapUp(call_id=1, agent_id="ann", code="sale", callback_at=1),
            *[
                c.GuideAnswer(call_id=1, agent_id="ann", question="q", answer=answer)
                for answer in ("no", "yes")
            ],
            *[
                c.CallWrapUp(call_id=1, agent_id="ann", code=code)
                for code in ("unheard_of", "sale")
            ],
        ],
        [
            *[campaign(DialingMode.PREVIEW), contacts(a=[one], b=[two, one]), start],
            *[*at_work("ann"), c.PreviewRequest(agent_id="ann"), c.PreviewDial(agent_id="ann")],
            *[*at_work("bob"), c.PreviewRequest(agent_id="bob")],
            c.PreviewDial(agent_id="bob", number=one),
            c.ExclusionAdd(list_name="do_not_call", numbers=(two,)),
            c.PreviewDial(agent_id="bob", number=two),
        ],
        [
            *[campaign(DialingMode.PREVIEW), contacts(a=[one]), start, *at_work("ann")],
            c.PreviewRequest(agent_id="ann"),
            c.ContactsRemove(campaign_id="00001", contact_keys=["a"]),
            c.PreviewDial(agent_id="ann"),
        ],
        [
            *[campaign(DialingMode.PREVIEW), contacts(a=[one]), start, *at_work("ann")],
            c.PreviewRequest(agent_id="ann"),
            c.SiteConfigure(config=SiteConfig(limits=SiteLimits(site=CallLimits(calls=0)))),
            c.PreviewDial(agent_id="ann"),
        ],
        [
            *[campaign(DialingMode.PROGRESSIVE, agent_first=True), contacts(a=[one])],
            *[*at_work("ann"), start],
            c.AgentReport(call_id=1, agent_id="ann", saw=AgentSaw.CONNECTED),
        ],
        [campaign(DialingMode.PREVIEW, last_day="1970-01-01"), 2 * 86_400_000, start],
    ]


def _answers(command: Command, reply: Reply) -> set[tuple[type[Command], ErrorCode | type[Reply]]]:
    if isinstance(reply, Error):
        return {(type(command), fault.code) for fault in reply.faults}
    return {(type(command), type(reply))}


def test_a_site_answers_as_the_table_says_and_gives_every_refusal_in_it() -> None:
    seen: set[tuple[type[Command], ErrorCode | type[Reply]]] = set()
    for seed in range(12):
        rng = random.Random(seed)
        site = Site()
        now = 1_000
        newest = Newest()
        for _ in range(1_000):
            now += rng.choice([*[0] * 20, *[10] * 20, 1_000, 3_000, 40_000, 7_200_000])
            command = _some_command(rng, newest)
            command.idempotency_key = rng.choice([None, None, None, "k1", "k2"])
            reply, events = site.handle(command, now)
            for event in events:
                if isinstance(event, DialRequested):
                    newest = newest._replace(dialed=event.call_id)
                elif isinstance(event, BridgeRequested):
                    newest = Newest(newest.dialed, event.call_id, event.agent_id)
            seen |= _answers(command, reply)
    for story in (*_seldom_reached(), *queue_stories.stories()):
        site = Site()
        now = 1_000
        for step in story:
            if isinstance(step, int):
                now += step
                continue
            reply = site.handle(step, now).reply
            seen |= _answers(step, reply)
    said = {
        (row.command, one)
        for row in SITE_ROWS
        for one in (row.reply, *row.errors, *OF_ANY_SITE_COMMAND)
    }
    assert seen <= said, "a site answers what is not in the table"
    own = {(row.command, one) for row in SITE_ROWS for one in (row.reply, *row.errors)}
    assert not own - seen, "the table has what no site answers"
