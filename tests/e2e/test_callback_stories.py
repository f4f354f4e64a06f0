"""Callbacks from the promise to the call, over a socket, with a server that restarts midway.

The server is a real one with its journal; only its clock is turned by hand, so that a story of a
day takes a second.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import pytest
from click.testing import CliRunner

from fastdial.cli.app import cli
from fastdial.client import AsyncClient, CommandRefused
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.callback_events import (
    CallbackEnded,
    CallbackOffered,
    CallbackReassigned,
    CallbackScheduled,
)
from fastdial.messages.callbacks import (
    CallbackAccept,
    CallbackGet,
    CallbackList,
    CallbackMove,
    CallbackSchedule,
    CallbackView,
    CallReschedule,
    QueueCallerAbandoned,
)
from fastdial.messages.commands import (
    AgentLogin,
    AgentLogout,
    AgentReady,
    CallReport,
    CallWrapUp,
    CampaignCreate,
    CampaignStart,
    ContactsLoad,
    StatsGet,
)
from fastdial.messages.contact_numbers import ContactNumber
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import DialRequested
from fastdial.messages.queues import MissedCallerSettings, QueueCreate, QueueSettings
from fastdial.messages.replies import CallbackReply, CallbacksReply, CallReply
from fastdial.messages.settings import (
    CallbackSettings,
    CampaignSettings,
    RetryRule,
    RetrySettings,
)
from fastdial.messages.slot_queries import SlotsAvailability, SlotsReply
from fastdial.messages.slots import OfficeHours, SlotSettings
from fastdial.messages.windows import ALWAYS_OPEN
from fastdial.messages.words import (
    CallbackKind,
    CallbackState,
    MissedCallers,
    NumberKind,
    OwnerAway,
    Saw,
)
from fastdial.server.clock import SiteClock
from fastdial.server.opening import open_site
from floor import NOON, number
from protocol.serving import config, run, serving

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
AGAIN = RetrySettings(not_reached=RetryRule(times=1, after_s=600))

E = TypeVar("E", bound=Event)
R = TypeVar("R", bound=Reply)


class Centre:
    """A server whose clock is turned by hand, and a client of it."""

    def __init__(self, folder: Path) -> None:
        self._config = config(folder, memory=False)
        self._turned_ms = 0.0
        self.events: list[Event] = []
        self.client: AsyncClient

    @contextlib.asynccontextmanager
    async def up(self) -> AsyncIterator["Centre"]:
        """The server runs, from its journal if there is one, while the block does."""
        opened = open_site(self._config)
        self._turned_ms = 0.0
        clock = SiteClock(
            last=opened.site.now,
            start=None if opened.site.now else NOON,
            speed=1.0 + 1e-9,  # not the wall's, so that it goes on where the site was
            steady=lambda: self._turned_ms,
        )
        async with serving(self._config, opened._replace(clock=clock)) as server:
            self.client = await AsyncClient.connect(server.addresses[0])
            async with self.client.events(after=len(self.events)) as stream:
                listener = asyncio.create_task(self._listen(stream))
                yield self
                await self.quiet()
                listener.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await listener
            await self.client.close()

    async def _listen(self, stream: Any) -> None:
        async for event in stream:
            self.events.append(event)

    async def quiet(self) -> None:
        """Everything that has happened has been heard of."""
        while True:
            before = len(self.events)
            await self.client.request(StatsGet())
            await asyncio.sleep(0.02)
            if len(self.events) == before:
                return

    async def do(self, command: Command, reply: type[R]) -> R:
        answer = await self.client.request(command)
        assert isinstance(answer, reply), answer
        return answer

    async def tell(self, *commands: Command) -> None:
        for command in commands:
            await self.client.request(command)

    async def wait(self, ms: int) -> None:
        """Let the site's time pass, looking at it every half minute."""
        while ms > 0:
            step = min(ms, 30_000)
            self._turned_ms += step
            ms -= step
            await self.client.request(StatsGet())
        await self.quiet()

    async def command_line(self, command: str, *options: str) -> str:
        """What the command line says of the site."""
        address = str(self.client.address)
        arguments = [command, *options, "--to", f"unix:{address.removeprefix('unix:')}"]
        invoke = CliRunner().invoke
        result = await asyncio.to_thread(invoke, cli, arguments, env={"COLUMNS": "300"})
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    async def callback(self, callback_id: int = 1) -> CallbackView:
        return (await self.do(CallbackGet(callback_id=callback_id), CallbackReply)).callback

    async def at_work(self, *agent_ids: str) -> None:
        for agent_id in agent_ids:
            await self.tell(AgentLogin(agent_id=agent_id), AgentReady(agent_id=agent_id))

    async def accept(self, agent_id: str, callback_id: int = 1) -> int:
        command = CallbackAccept(agent_id=agent_id, callback_id=callback_id)
        return (await self.do(command, CallReply)).call_id

    async def saw(self, call_id: int, *seen: Saw) -> None:
        for saw in seen:
            await self.tell(CallReport(call_id=call_id, saw=saw))

    def all_seen(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def now(self) -> int:
        return self.client.now()


def story(tmp_path: Path, *parts: Callable[[Centre], Awaitable[None]]) -> Centre:
    """Each part in a server of its own, on the journal of the one before."""
    centre = Centre(tmp_path)

    async def told() -> None:
        for part in parts:
            async with centre.up():
                await part(centre)

    run(told)
    return centre


HELP = QueueSettings(
    name="Help", windows=ALWAYS_OPEN, retries=AGAIN, caller_id="+442079460000", preview_s=0
)


def promise(at: int, **more: Any) -> CallbackSchedule:
    given: dict[str, Any] = {
        "queue_id": "help",
        "number": number(1),
        "name": "Maria Nowak",
        "window_start_at": at,
        "window_end_at": at + HOUR_MS,
        "zone": "Europe/Warsaw",
    }
    return CallbackSchedule(**{**given, **more})


def test_cb_7_a_campaign_call_is_rescheduled_to_a_new_number_with_hours(tmp_path: Path) -> None:
    async def the_customer_is_busy(centre: Centre) -> None:
        settings = CampaignSettings(name="Spring", windows=ALWAYS_OPEN)
        row = {"contact_key": "k", "numbers": [number(1)], "zone": "Europe/Paris"}
        await centre.tell(
            CampaignCreate(settings=settings, campaign_id="00001"),
            ContactsLoad(campaign_id="00001", contacts=[row]),
            CampaignStart(campaign_id="00001"),
        )
        await centre.at_work("ann")
        await centre.saw(1, Saw.ANSWERED, Saw.BRIDGED)
        mobile = ContactNumber(
            number=number(2), kind=NumberKind.MOBILE, from_="18:00", until="20:00"
        )
        await centre.tell(
            CallReschedule(
                call_id=1,
                agent_id="ann",
                callback_at=NOON + 4 * HOUR_MS,
                window_s=4 * 3_600,
                number=mobile,
                reason="asked for the evening",
            )
        )
        await centre.saw(1, Saw.HUNG_UP)
        await centre.quiet()
        assert centre.all_seen(CallbackScheduled) == []
        await centre.tell(CallWrapUp(call_id=1, agent_id="ann", code="sale"))

    async def the_evening_comes(centre: Centre) -> None:
        await centre.wait(4 * HOUR_MS + 30 * MINUTE_MS)
        assert centre.all_seen(CallbackOffered) == []  # five in Paris: not before six
        await centre.wait(HOUR_MS)
        (offer,) = centre.all_seen(CallbackOffered)
        assert datetime.fromtimestamp(offer.at / 1_000, ZoneInfo("Europe/Paris")).hour == 18
        call_id = await centre.accept("ann")
        await centre.saw(call_id, Saw.ANSWERED, Saw.BRIDGED, Saw.HUNG_UP)
        await centre.tell(CallWrapUp(call_id=call_id, agent_id="ann", code="sale"))

    centre = story(tmp_path, the_customer_is_busy, the_evening_comes)
    assert [event.number for event in centre.all_seen(DialRequested)] == [number(1), number(2)]
    assert [event.state for event in centre.all_seen(CallbackEnded)] == [CallbackState.DONE]


def test_cb_6_a_personal_callback_whose_owner_is_away_goes_to_the_team(tmp_path: Path) -> None:
    async def ann_promises_and_goes_home(centre: Centre) -> None:
        away = CallbackSettings(owner_away=OwnerAway.GIVE_TO_TEAM, give_after_s=900)
        settings = msgspec.structs.replace(HELP, callbacks=away)
        await centre.tell(QueueCreate(settings=settings, queue_id="help"))
        await centre.at_work("ann", "bob")
        await centre.tell(promise(NOON + HOUR_MS, agent_id="ann", personal=True))
        await centre.tell(AgentLogout(agent_id="ann"))

    async def it_is_due(centre: Centre) -> None:
        await centre.wait(HOUR_MS + 10 * MINUTE_MS)
        assert (await centre.callback()).state is CallbackState.DUE
        assert centre.all_seen(CallbackOffered) == []
        await centre.wait(10 * MINUTE_MS)
        assert [event.agent_id for event in centre.all_seen(CallbackReassigned)] == ["ann"]
        assert [event.agent_id for event in centre.all_seen(CallbackOffered)] == ["bob"]
        assert (await centre.callback()).owner_id is None

    story(tmp_path, ann_promises_and_goes_home, it_is_due)


def test_cb_9_a_web_callback_that_is_not_answered_is_missed(tmp_path: Path) -> None:
    async def it_is_asked_for_on_a_page(centre: Centre) -> None:
        await centre.tell(QueueCreate(settings=HELP, queue_id="help"))
        await centre.at_work("ann")
        asked = promise(NOON + HOUR_MS, kind=CallbackKind.WEB, interaction_id="form-9")
        await centre.tell(asked)
        explained = await centre.command_line("explain", "--callback", "1")
        assert "The callback may not be made before 2026-03-02T14:00:00+01:00." in explained
        await centre.wait(HOUR_MS)
        (offer,) = centre.all_seen(CallbackOffered)
        assert (offer.kind, offer.caller_id) == (CallbackKind.WEB, "+442079460000")
        await centre.saw(await centre.accept("ann"), Saw.RINGING, Saw.NO_ANSWER)

    async def once_more_in_vain(centre: Centre) -> None:
        await centre.wait(11 * MINUTE_MS)
        await centre.saw(await centre.accept("ann"), Saw.RINGING, Saw.NO_ANSWER)
        listed = await centre.do(
            CallbackList(queue_id="help", states=(CallbackState.MISSED,)), CallbacksReply
        )
        (missed,) = listed.callbacks
        assert (missed.interaction_id, len(missed.tried)) == ("form-9", 2)

    centre = story(tmp_path, it_is_asked_for_on_a_page, once_more_in_vain)
    (ended,) = centre.all_seen(CallbackEnded)
    assert (ended.state, [one.call_id for one in ended.tried]) == (CallbackState.MISSED, [1, 2])


def test_cq_2_a_caller_who_gives_up_is_called_back(tmp_path: Path) -> None:
    async def a_caller_gives_up(centre: Centre) -> None:
        missed = MissedCallerSettings(become=MissedCallers.CALLBACK, delay_s=120)
        settings = msgspec.structs.replace(HELP, missed_callers=missed)
        await centre.tell(QueueCreate(settings=settings, queue_id="help"))
        await centre.at_work("ann")
        await centre.tell(
            QueueCallerAbandoned(queue_id="help", number=number(7), waited_s=10),
            QueueCallerAbandoned(queue_id="help", number=number(8), waited_s=90, name="Jan"),
        )

    async def and_is_called_back(centre: Centre) -> None:
        await centre.wait(3 * MINUTE_MS)
        (offer,) = centre.all_seen(CallbackOffered)
        assert (offer.kind, offer.number, offer.name) == (
            CallbackKind.ABANDONED,
            number(8),
            "Jan",
        )
        call_id = await centre.accept("ann")
        await centre.saw(call_id, Saw.ANSWERED, Saw.BRIDGED, Saw.HUNG_UP)
        await centre.tell(CallWrapUp(call_id=call_id, agent_id="ann", code="sale"))

    centre = story(tmp_path, a_caller_gives_up, and_is_called_back)
    assert [event.number for event in centre.all_seen(DialRequested)] == [number(8)]
    assert [event.state for event in centre.all_seen(CallbackEnded)] == [CallbackState.DONE]


def test_sl_8_and_cb_5_a_slot_is_moved_across_the_day_on_which_clocks_jump(tmp_path: Path) -> None:
    """Warsaw springs forward on 29 March 2026: its nine o'clock is an hour earlier in UTC."""
    warsaw = ZoneInfo("Europe/Warsaw")
    friday = _ms(datetime(2026, 3, 27, 9, 0, tzinfo=warsaw))
    monday = _ms(datetime(2026, 3, 30, 9, 0, tzinfo=warsaw))
    slots = SlotSettings(zone="Europe/Warsaw", hours=OfficeHours(), slot_minutes=30, capacity=1)

    async def shown(centre: Centre, day: str) -> dict[int, tuple[str, int]]:
        asked = SlotsAvailability(queue_id="help", zone="America/New_York", first_day=day, days=1)
        reply = await centre.do(asked, SlotsReply)
        columns = zip(reply.start_at, reply.start_local, reply.taken, strict=True)
        return {at: (local, taken) for at, local, taken in columns}

    async def promised_for_friday(centre: Centre) -> None:
        settings = msgspec.structs.replace(HELP, slots=slots)
        await centre.tell(QueueCreate(settings=settings, queue_id="help"))
        asked = promise(friday, window_end_at=friday + HOUR_MS // 2, zone="America/New_York")
        await centre.tell(asked)
        local, taken = (await shown(centre, "2026-03-27"))[friday]
        assert (local[11:16], taken) == ("04:00", 1)

    async def moved_to_monday(centre: Centre) -> None:
        assert monday - friday == 3 * 24 * HOUR_MS - HOUR_MS
        move = CallbackMove(
            callback_id=1, window_start_at=monday, window_end_at=monday + HOUR_MS // 2
        )
        await centre.tell(move)
        local, taken = (await shown(centre, "2026-03-30"))[monday]
        assert (local[11:16], taken) == ("03:00", 1)
        assert (await shown(centre, "2026-03-27"))[friday][1] == 0
        callback = await centre.callback()
        assert (callback.slot_at, callback.due_at) == (monday, monday)
        full = promise(
            monday, number=number(2), window_end_at=monday + HOUR_MS // 2, zone="Europe/Warsaw"
        )
        with pytest.raises(CommandRefused) as refused:
            await centre.client.request(full)
        assert refused.value.fault.code is ErrorCode.NO_PLACE
        assert refused.value.fault.values["next_free_at"] == monday + HOUR_MS // 2

    story(tmp_path, promised_for_friday, moved_to_monday)


def _ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1_000)
