"""The parts of ``fastdial run`` that need no server."""

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fastdial.cli.display import LiveDisplay, PlainDisplay, Progress, display_for, picture
from fastdial.cli.problems import Unusable
from fastdial.cli.run.crew import ChildDied, Crew, tail_of
from fastdial.cli.run.plan import Plan, make_plan, with_agents
from fastdial.messages.replies import Stats
from fastdial.messages.words import AgentState, ContactState
from fastdial.simulation.scenario import AgentGroup, Scenario

HOUR_MS = 3_600_000


def plan_in(folder: Path, **changes: object) -> Plan:
    (folder / "campaign.toml").write_text('name = "Spring"\n')
    (folder / "contacts.csv").write_text("contact_key,number\n")
    options: dict[str, object] = {
        "campaign": folder / "campaign.toml",
        "contacts": folder / "contacts.csv",
        "scenario": None,
        "config": None,
        "report": folder / "made",
        "journal": None,
        "resume": False,
        "shift_hours": 1.5,
        "speed": 60.0,
        "seed": None,
        "agents": None,
    }
    return make_plan(**(options | changes))  # type: ignore[arg-type] # as click gives them


# --- plan


def test_everything_of_a_run_is_in_one_folder(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    assert plan.journal == tmp_path / "made" / "journal.sqlite"
    assert plan.logs == tmp_path / "made" / "logs"
    assert plan.shift_ms == 1.5 * HOUR_MS
    assert plan.server.clock.speed == 60.0


def test_a_scenario_beside_the_campaign_is_taken_where_none_is_named(tmp_path: Path) -> None:
    assert plan_in(tmp_path).scenario == Scenario()
    (tmp_path / "scenario.toml").write_text('name = "rainy day"\n')
    assert plan_in(tmp_path).scenario.name == "rainy day"


def test_site_settings_and_seed_come_from_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "site.toml"
    config.write_text('seed = 7\n[site]\ndefault_region = "GB"\n')
    plan = plan_in(tmp_path, config=config)
    assert (plan.server.seed, plan.server.site.default_region) == (7, "GB")
    assert plan_in(tmp_path, config=config, seed=8).server.seed == 8


def test_a_fast_site_waits_a_real_second_before_it_takes_a_call_for_lost(tmp_path: Path) -> None:
    assert plan_in(tmp_path, speed=1.0).server.site.silence_s == 15
    assert plan_in(tmp_path, speed=75.5).server.site.silence_s == 76


@pytest.mark.parametrize("count", [1, 2, 7, 10, 1_000])
def test_agents_are_shared_among_the_groups_in_their_proportion(count: int) -> None:
    groups = tuple(AgentGroup(name=name, count=n) for name, n in (("a", 1), ("b", 2), ("c", 7)))
    sized = with_agents(Scenario(agents=groups), count).agents
    assert sum(group.count for group in sized) == count
    for group, before in zip(sized, groups, strict=True):
        assert abs(group.count - count * before.count / 10) <= 1


def test_a_scenario_without_agents_cannot_be_given_some() -> None:
    with pytest.raises(Unusable, match="no group of agents"):
        with_agents(Scenario(agents=()), 5)


# --- display


def progress(**changes: int) -> Progress:
    stats = Stats(
        attempts=1_234,
        live_calls=45,
        answered=400,
        abandoned=10,
        contacts={ContactState.READY: 600, ContactState.DONE: 400},
        agents={AgentState.TALKING: 30, AgentState.READY: 10},
        agent_ms={AgentState.TALKING: 60, AgentState.READY: 40, AgentState.NOT_READY: 900},
    )
    return Progress(0, changes.get("now", HOUR_MS), 2 * HOUR_MS, "calling", stats)


def test_plain_progress_is_one_line_now_and_then() -> None:
    file = StringIO()
    with PlainDisplay(Console(file=file, width=40)) as display:
        for at_s in (0.0, 1.0, 9.9, 10.0, 11.0):
            display.show(progress(), at_s)
    first, second = file.getvalue().splitlines()
    assert first == second
    assert first == (
        "1:00:00 of 2:00:00, calling: attempts 1,234, live 45, connected 390, "
        "abandoned 2.50 %, contacts left 600, agents: 30 talking, 10 ready; utilisation 60.0 %"
    )


@pytest.mark.parametrize("now", [0, HOUR_MS, 3 * HOUR_MS])
def test_the_picture_tells_the_same_as_the_line(now: int) -> None:
    file = StringIO()
    Console(file=file, width=100).print(picture("Spring", progress(now=now)))
    text = file.getvalue()
    for word in ("Spring", "1,234", "390", "2.50 %", "60.0 %", "talking 30", "done 400"):
        assert word in text


def test_the_picture_of_a_site_where_nothing_has_happened() -> None:
    file = StringIO()
    begin = Progress(0, 0, HOUR_MS, "calling", Stats())
    Console(file=file, width=100).print(picture("Spring", begin))
    assert "0 agents" in file.getvalue()


def test_a_picture_is_drawn_in_a_terminal_only() -> None:
    terminal = Console(file=StringIO(), force_terminal=True, _environ={"TERM": "xterm"})
    assert isinstance(display_for(terminal, "Spring", plain=False), LiveDisplay)
    assert isinstance(display_for(terminal, "Spring", plain=True), PlainDisplay)
    pipe = Console(file=StringIO(), force_terminal=False)
    assert isinstance(display_for(pipe, "Spring", plain=False), PlainDisplay)


def test_a_picture_is_drawn_over_and_notes_stay() -> None:
    file = StringIO()
    terminal = Console(
        file=file, force_terminal=True, width=100, _environ={"TERM": "xterm"}, color_system=None
    )
    with LiveDisplay(terminal, "Spring") as display:
        display.show(progress(), 0.0)
        display.note("The list is in.")
    assert "The list is in." in file.getvalue()


# --- crew


def death_of(logs: Path, *arguments: str) -> ChildDied:
    async def run() -> ChildDied:
        async with Crew(logs) as crew:
            await crew.start("server", arguments)
            return await crew.death

    return asyncio.run(run())


def test_a_child_that_ends_by_itself_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    death = death_of(tmp_path, "serve", "--config", str(tmp_path / "nowhere.toml"))
    assert str(death) == "the server ended by itself with exit code 2"
    assert "nowhere.toml" in death.tail
    assert death.log == tmp_path / "server.log"


def test_children_are_stopped_when_the_crew_is_left(tmp_path: Path) -> None:
    config = tmp_path / "server.toml"
    config.write_text(f'[listen]\nunix = "{tmp_path / "site.sock"}"\n[journal]\npath=":memory:"\n')

    async def run() -> int:
        async with Crew(tmp_path) as crew:
            await crew.start("server", ["serve", "--config", str(config)])
            while "listening" not in tail_of(tmp_path / "server.log"):
                assert not crew.death.done()
                await asyncio.sleep(0.01)
            (child,) = crew.children
        return await child.watch

    assert asyncio.run(run()) == 0


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("\n".join(map(str, range(100))))
    assert tail_of(log).splitlines() == [str(n) for n in range(85, 100)]
    assert tail_of(tmp_path / "nowhere.log") == ""
