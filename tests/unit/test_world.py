"""A world in virtual time: the site first, then the actors in turn; nothing is lost on the way."""

import pytest

from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.commands import AgentReady, CampaignGet, EventFilter, Ping
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import AgentLoggedIn, CallRinging
from fastdial.messages.replies import Error, Ok
from fastdial.simulation.world import World, WorldStuck


class Script:
    """A party that is due at given instants, and writes down whatever happens to it."""

    def __init__(
        self, diary: list[str], name: str, *dues: int, types: tuple[str, ...] = ()
    ) -> None:
        self.diary = diary
        self.name = name
        self.dues = list(dues)
        self.filter = EventFilter(types=types)

    def next_due(self) -> int | None:
        return self.dues[0] if self.dues else None

    def write(self, what: str, now: int) -> None:
        self.diary.append(f"{now} {self.name} {what}")


class ScriptedActor(Script):
    def act(self, now: int) -> list[Command]:
        self.dues.pop(0)
        self.write("acts", now)
        return [AgentReady(agent_id=self.name)]

    def see(self, event: Event, now: int) -> list[Command]:
        self.write(f"sees {event.seq}", now)
        return []

    def hear(self, command: Command, reply: Reply, now: int) -> list[Command]:
        self.write("hears", now)
        return []


class ScriptedSite(Script):
    seq = 0

    def advance(self, now: int) -> list[Event]:
        self.dues.pop(0)
        self.write("advances", now)
        return [self.event()]

    def handle(self, command: Command, now: int) -> tuple[Reply, list[Event]]:
        if isinstance(command, CampaignGet):
            return Error(faults=(Fault(ErrorCode.UNKNOWN_CAMPAIGN, "no"),)), []
        self.write(f"handles {getattr(command, 'agent_id', '')}", now)
        return Ok(), [self.event()]

    def event(self) -> Event:
        self.seq += 1
        return CallRinging(call_id=1, campaign_id="10000", seq=self.seq)


def test_at_one_instant_the_site_comes_first_then_the_actors_in_their_order() -> None:
    diary: list[str] = []
    site = ScriptedSite(diary, "site", 5, 9)
    first = ScriptedActor(diary, "first", 5)
    second = ScriptedActor(diary, "second", 3, 5)
    events: list[Event] = []
    world = World(site, (first, second), journal=events)
    world.run()
    assert diary == [
        "3 second acts",
        "3 site handles second",
        "3 second hears",
        "3 first sees 1",
        "3 second sees 1",
        "5 site advances",
        "5 first sees 2",
        "5 second sees 2",
        "5 first acts",
        "5 site handles first",
        "5 first hears",
        "5 first sees 3",
        "5 second sees 3",
        "5 second acts",
        "5 site handles second",
        "5 second hears",
        "5 first sees 4",
        "5 second sees 4",
        "9 site advances",
        "9 first sees 5",
        "9 second sees 5",
    ]
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert (world.now, world.handled) == (9, 3)


def test_it_lives_to_the_end_of_the_instant_asked_for_and_no_further() -> None:
    diary: list[str] = []
    world = World(ScriptedSite(diary, "site", 5, 9), ())
    world.run(8)
    assert (diary, world.now, world.next_due()) == (["5 site advances"], 8, 9)
    world.run(9)
    assert diary[-1] == "9 site advances"


def test_it_stops_between_instants_when_told() -> None:
    diary: list[str] = []
    world = World(ScriptedSite(diary, "site", 5, 9), ())
    world.run(100, stop=lambda: bool(diary))
    assert (diary, world.now) == (["5 site advances"], 5)


def test_what_is_due_in_the_past_is_done_now() -> None:
    diary: list[str] = []
    world = World(ScriptedSite(diary, "site", 5), (), start_at=7)
    world.run()
    assert diary == ["7 site advances"]


def test_actors_see_what_their_filter_lets_through() -> None:
    diary: list[str] = []
    site = ScriptedSite(diary, "site", 1)
    deaf = ScriptedActor(diary, "deaf", types=("agent.",))
    keen = ScriptedActor(diary, "keen", types=("call.",))
    ann = ScriptedActor(diary, "ann")
    ann.filter = EventFilter(agent_ids=("ann",))
    world = World(site, (deaf, keen, ann))
    world.run()
    assert diary == ["1 site advances", "1 keen sees 1"]
    site.event = lambda: AgentLoggedIn(agent_id="ann", seq=2)  # type: ignore[method-assign] # a stub
    world.send(Ping())
    assert diary[2:] == ["1 site handles ", "1 deaf sees 2", "1 ann sees 2"]


def test_refused_commands_are_counted_by_type_and_code() -> None:
    world = World(ScriptedSite([], "site"), ())
    for _ in range(2):
        assert isinstance(world.send(CampaignGet(campaign_id="00001")), Error)
    assert world.refused == {("campaign.get", ErrorCode.UNKNOWN_CAMPAIGN): 2}


def test_one_who_is_due_for_ever_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fastdial.simulation.world.MAX_ROUNDS", 50)
    world = World(ScriptedSite([], "site", *[4] * 60), ())
    with pytest.raises(WorldStuck, match="always due at 4"):
        world.run()
