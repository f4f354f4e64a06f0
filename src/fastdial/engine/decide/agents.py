"""Agents: log-in, readiness, log-out, and the steps between states (rule AG-1)."""

from fastdial.engine.decide import limits
from fastdial.engine.decide.leaving import LinesAhead
from fastdial.engine.decide.notices import notices_for
from fastdial.engine.lines import is_prepared
from fastdial.engine.records import Agent
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import AgentLogin, AgentLogout, AgentNotReady, AgentReady
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import AgentLoggedIn, AgentNextState, AgentStateChanged
from fastdial.messages.replies import AgentReply
from fastdial.messages.words import AgentState, CallState

_S = AgentState
_DIALING = CallState.DIALING
_RINGING = CallState.RINGING
_LOGGED_OUT = _S.LOGGED_OUT
_LOGGING_OUT = _S.LOGGING_OUT
_NOT_READY = _S.NOT_READY
_READY = _S.READY
_RESERVED = _S.RESERVED
STEPS: dict[AgentState, tuple[AgentState, ...]] = {
    _S.LOGGED_OUT: (_S.NOT_READY,),
    _S.NOT_READY: (_S.READY, _S.LOGGED_OUT, _S.NOT_READY),
    _S.READY: (_S.NOT_READY, _S.RESERVED, _S.PREVIEWING, _S.LOGGING_OUT, _S.LOGGED_OUT),
    _S.RESERVED: (
        _S.TALKING,
        _S.READY,
        _S.NOT_READY,
        _S.LOGGING_OUT,
        _S.LOGGED_OUT,
        _S.WRAP_UP,  # after a callback that the agent cancelled (rule CB-10)
    ),
    _S.PREVIEWING: (_S.RESERVED, _S.READY, _S.NOT_READY, _S.LOGGED_OUT),
    _S.TALKING: (_S.WRAP_UP,),
    _S.WRAP_UP: (_S.READY, _S.NOT_READY, _S.LOGGED_OUT),
    _S.LOGGING_OUT: (_S.LOGGED_OUT, _S.RESERVED, _S.READY),
}
"""From each state, the states that may follow."""

IN_WORK = (_S.RESERVED, _S.PREVIEWING, _S.TALKING, _S.WRAP_UP)
"""States in which a wish (not ready, log out) waits for the end of the work in hand."""


class IllegalStep(RuntimeError):
    """A decider asked for a step that `STEPS` does not have: a bug, not a refusal."""


def set_agent(
    turn: Turn,
    agent: Agent,
    state: AgentState,
    reason: str,
    *,
    call_id: int | None = None,
    until: int | None = None,
) -> None:
    """One step of an agent."""
    if state not in STEPS[agent.state]:
        raise IllegalStep(f"agent {agent.agent_id!r} cannot go from {agent.state} to {state}")
    turn.emit(
        AgentStateChanged(
            agent_id=agent.agent_id, state=state, reason=reason, call_id=call_id, until=until
        )
    )


def let_go(turn: Turn, agent: Agent, reason: str) -> None:
    """The work in hand is over: what the agent asked for in the meantime, or ready."""
    if agent.state is _LOGGING_OUT:
        set_agent(turn, agent, _LOGGED_OUT, "log_out_granted")
    elif agent.next_state is _READY:
        set_agent(turn, agent, _READY, reason)
    else:
        set_agent(turn, agent, agent.next_state, agent.next_reason)


def wish_log_out(turn: Turn, agent: Agent) -> None:
    """Log out when the work in hand is over."""
    if agent.next_state is not _LOGGED_OUT:
        turn.emit(AgentNextState(agent_id=agent.agent_id, state=_LOGGED_OUT, reason="asked"))


def login(turn: Turn, command: AgentLogin) -> Reply:
    """Log in; again while logged in it renews name and teams and changes no state."""
    agent = turn.state.records.agents.get(command.agent_id)
    if agent is None:
        records = turn.state.records
        limits.check_room(len(records.agents), records.config.max_agents, "max_agents")
    same = agent is not None and (agent.name, agent.teams) == (command.name, command.teams)
    logged_out = agent is None or agent.state is _LOGGED_OUT
    campaigns = notices_for(turn.state, command.teams)
    if logged_out or not same:
        turn.emit(
            AgentLoggedIn(
                agent_id=command.agent_id,
                name=command.name,
                teams=command.teams,
                campaigns=campaigns,
            )
        )
    agent = turn.state.records.agents[command.agent_id]
    if logged_out:
        set_agent(turn, agent, _NOT_READY, "logged_in")
    return _view(agent, campaigns=campaigns)


def ready(turn: Turn, command: AgentReady) -> Reply:
    """Ready now; in the middle of work, at its end. Takes back an unanswered log-out."""
    agent = turn.agent_at_work(command.agent_id)
    if agent.state is _NOT_READY:
        set_agent(turn, agent, _READY, "asked")
    elif agent.state is _LOGGING_OUT:
        was = _READY if agent.call_id is None else _RESERVED
        set_agent(turn, agent, was, "log_out_taken_back", call_id=agent.call_id)
    if agent.state in IN_WORK and agent.next_state is not _READY:
        turn.emit(AgentNextState(agent_id=agent.agent_id, state=_READY))
    return _view(agent)


def not_ready(turn: Turn, command: AgentNotReady) -> Reply:
    """No work for now; in the middle of work, from its end."""
    agent = turn.agent_at_work(command.agent_id)
    if agent.state is _LOGGING_OUT:
        refuse(
            ErrorCode.AGENT_STATE, f"agent {agent.agent_id!r} is logging out already", "agent_id"
        )
    if agent.state in IN_WORK:
        if (agent.next_state, agent.next_reason) != (_NOT_READY, command.reason):
            turn.emit(
                AgentNextState(agent_id=agent.agent_id, state=_NOT_READY, reason=command.reason)
            )
    elif (agent.state, agent.reason) != (_NOT_READY, command.reason):
        set_agent(turn, agent, _NOT_READY, command.reason)
    return _view(agent)


def logout(turn: Turn, command: AgentLogout) -> Reply:
    """Log out at once, or after calls that are being set up, or after the work in hand."""
    agent = turn.agent(command.agent_id)
    if agent.state is _READY and LinesAhead(turn).count_on(agent):
        _wait_to_leave(turn, agent)
    elif agent.state in (_READY, _NOT_READY):
        set_agent(turn, agent, _LOGGED_OUT, "asked")
    elif agent.state in IN_WORK and command.after_call:
        wish_log_out(turn, agent)
    elif agent.state is _RESERVED and not _customer_is_there(turn, agent):
        _wait_to_leave(turn, agent)
    elif agent.state in IN_WORK:
        refuse(
            ErrorCode.AGENT_STATE,
            f"agent {agent.agent_id!r} is {agent.state.value}; "
            "finish first, or log out with after_call",
            "agent_id",
        )
    return _view(agent)


def _wait_to_leave(turn: Turn, agent: Agent) -> None:
    until = turn.now + turn.state.records.config.log_out_wait_s * 1_000
    set_agent(turn, agent, _LOGGING_OUT, "asked", call_id=agent.call_id, until=until)


def grant_log_outs(turn: Turn) -> None:
    """Agents leave as soon as no line counts on them any more, who asked first before others."""
    lines = LinesAhead(turn)
    held: dict[tuple[str, ...], None] = {}
    for agent in turn.state.workforce.leaving():
        if agent.teams in held:
            continue  # asked later than one of the same teams, who is counted on
        if lines.count_on(agent):
            held[agent.teams] = None
        else:
            set_agent(turn, agent, _LOGGED_OUT, "log_out_granted")


def _customer_is_there(turn: Turn, agent: Agent) -> bool:
    call = turn.state.records.calls.get(agent.call_id or 0)
    being_set_up = (_DIALING, _RINGING)
    return call is not None and not is_prepared(call) and call.state not in being_set_up


def _view(agent: Agent, **more: object) -> AgentReply:
    return AgentReply(
        agent_id=agent.agent_id,
        state=agent.state,
        reason=agent.reason,
        granted_by=agent.until if agent.state is _LOGGING_OUT else None,
        **more,  # type: ignore[arg-type]  # campaigns, at log-in only
    )
