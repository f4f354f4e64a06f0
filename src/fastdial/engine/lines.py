"""What a call is to the agents, by its record."""

from fastdial.engine.records import Call
from fastdial.messages.words import CallState, DialingMode

_CONNECTED = CallState.CONNECTED
_CONNECTING = CallState.CONNECTING
_DIALING = CallState.DIALING
_RINGING = CallState.RINGING
_AGENTLESS = DialingMode.AGENTLESS
_PREDICTIVE = DialingMode.PREDICTIVE


def is_prepared(call: Call) -> bool:
    """Whether its agent is being connected, and the customer not dialed yet."""
    return call.state is _CONNECTING or call.state is _CONNECTED


def needs_agent(call: Call) -> bool:
    """Whether it is a line launched ahead: who answers is to meet an agent, not yet chosen."""
    return call.agent_id is None and call.mode is not _AGENTLESS


def is_ringing_ahead(call: Call) -> bool:
    """Whether it is a line launched ahead that may still be answered."""
    if call.mode is not _PREDICTIVE or call.agent_id is not None:
        return False
    return call.state is _DIALING or call.state is _RINGING
