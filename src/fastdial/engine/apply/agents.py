"""Events of agents."""

from fastdial.engine.apply import callback_steps
from fastdial.engine.records import Agent, Call, TimerKind
from fastdial.engine.state import State
from fastdial.messages.events import AgentLoggedIn, AgentNextState, AgentStateChanged
from fastdial.messages.words import AgentState

_LOGGED_OUT = AgentState.LOGGED_OUT
_NOT_READY = AgentState.NOT_READY
_PREVIEWING = AgentState.PREVIEWING
_READY = AgentState.READY
_TALKING = AgentState.TALKING
_WRAP_UP = AgentState.WRAP_UP
_AGENT = TimerKind.AGENT


def logged_in(state: State, event: AgentLoggedIn) -> None:
    agents = state.records.agents
    agent = agents.get(event.agent_id)
    if agent is None:
        agent = Agent(len(agents) + 1, event.agent_id, event.name, event.teams, since=event.at)
        agents[event.agent_id] = agent
        state.agents_by_number[agent.number] = agent
    else:
        state.workforce.remove(agent)
        state.touch_teams(agent.teams)
    agent.name = event.name
    agent.teams = event.teams
    state.workforce.add(agent)
    state.pacing.talks(agent, state.workforce.group_of(agent.teams))
    state.touch_teams(agent.teams)


def state_changed(state: State, event: AgentStateChanged) -> None:
    agent: Agent = state.records.agents[event.agent_id]
    state.workforce.remove(agent)
    before = agent.state
    spent = agent.spent_ms
    spent[agent.state] = spent.get(agent.state, 0) + event.at - agent.since
    agent.state = event.state
    agent.reason = event.reason
    agent.since = event.at
    agent.since_seq = event.seq
    agent.call_id = event.call_id
    agent.until = event.until
    if event.state is not _PREVIEWING:
        agent.preview_row = None
    now = event.state
    if now is _READY or now is _NOT_READY or now is _LOGGED_OUT:
        agent.next_state = _READY
        agent.next_reason = ""
    state.set_timer(_AGENT, agent.number, event.until)
    state.workforce.add(agent)
    _follow(state, agent, before)
    if agent.agent_id in state.callbacks.own_due:
        state.callbacks.look_at(agent)
    if (before is _LOGGED_OUT) is not (now is _LOGGED_OUT):
        callback_steps.owner_came_or_went(state, agent)


def next_state(state: State, event: AgentNextState) -> None:
    agent: Agent = state.records.agents[event.agent_id]
    state.workforce.remove(agent)
    agent.next_state = event.state
    agent.next_reason = event.reason
    state.workforce.add(agent)
    state.pacing.talks(agent, state.workforce.group_of(agent.teams))
    state.touch_teams(agent.teams)


def _follow(state: State, agent: Agent, before: AgentState) -> None:
    """Pacing knows who is busy with a call, from its beginning to the end of its wrap-up."""
    was_busy = before is _TALKING or before is _WRAP_UP
    now = agent.state
    if now is _TALKING or now is _WRAP_UP:
        if was_busy:
            return
        call: Call = state.records.calls[agent.call_id or 0]
        agent.busy_since = agent.since
        agent.paced_by = state.pacing.whose(call.campaign_id)
        state.pacing.talks(agent, state.workforce.group_of(agent.teams))
    elif was_busy:
        state.pacing.talk_over(agent)
        agent.paced_by = None
    state.touch_teams(agent.teams)
