"""Agents in groups of the same teams."""

from fastdial.engine.records import Agent
from fastdial.engine.workforce import Workforce
from fastdial.messages.words import AgentState


def moved(workforce: Workforce, agent: Agent, state: AgentState) -> int:
    """The agent goes to another state: how many changes that makes of who is logged in."""
    before = workforce.changes
    workforce.remove(agent)
    agent.state = state
    workforce.add(agent)
    return int(workforce.changes - before)


def test_only_the_first_who_logs_in_and_the_last_who_logs_out_are_a_change() -> None:
    workforce = Workforce()
    ann, bob = (Agent(n, name, name, ("a",)) for n, name in enumerate(("ann", "bob"), 1))
    for agent in (ann, bob):
        workforce.add(agent)
    assert moved(workforce, ann, AgentState.NOT_READY) == 1
    assert moved(workforce, ann, AgentState.READY) == 0, "alone in her teams, and still there"
    assert moved(workforce, bob, AgentState.NOT_READY) == 0
    assert moved(workforce, ann, AgentState.LOGGED_OUT) == 0
    assert moved(workforce, bob, AgentState.LOGGED_OUT) == 1


def test_who_moves_to_other_teams_is_a_change_for_both() -> None:
    workforce = Workforce()
    ann = Agent(1, "ann", "ann", ("a",), state=AgentState.READY)
    workforce.add(ann)
    before = workforce.changes
    workforce.remove(ann)
    ann.teams = ("b",)
    workforce.add(ann)
    assert workforce.changes - before == 2
