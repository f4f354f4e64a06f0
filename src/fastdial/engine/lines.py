"""What a call is to the agents, by its record."""

from fastdial.engine.records import Call
from fastdial.messages.words import CallState, DialingMode

_CONNECTED = CallState.CONNECTED
_CONNECTING = CallState.CONNECTING
_AGENTLESS = DialingMode.AGENTLESS


def is_prepared(call: Call) -> bool:
    """Whether its agent is being connected, and the customer not dialed yet."""
    return call.state is _CONNECTING or call.state is _CONNECTED


def needs_agent(call: Call) -> bool:
    """Whether it is a line launched ahead: who answers is to meet an agent, not yet chosen."""
    return call.agent_id is None and call.mode is not _AGENTLESS
