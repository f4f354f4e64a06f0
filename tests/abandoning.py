"""A predictive campaign with one agent, and calls of it that are served or abandoned."""

from typing import Any

from fastdial.messages.commands import (
    AgentNotReady,
)
from fastdial.messages.compliance import (
    AbandonmentDefinition,
    ComplianceSettings,
)
from fastdial.messages.events import (
    DialRequested,
)
from fastdial.messages.words import (
    Answerer,
    DialingMode,
    Saw,
)
from fastdial.rules.compliance.measure import CALL, figure
from fastdial.rules.compliance.presets import (
    definition_of,
)
from floor import Floor


def predictive(floor: Floor, *contacts: int, **definition: Any) -> None:
    """A predictive campaign that runs, and one agent, for whom a first call is dialed."""
    share = definition.pop("false_positive_share", 0.0)
    compliance = ComplianceSettings(
        abandonment=AbandonmentDefinition(**definition), false_positive_share=share
    )
    floor.campaign(*contacts, mode=DialingMode.PREDICTIVE, compliance=compliance)
    floor.agent("ann")


def measured(floor: Floor) -> tuple[float, float]:
    """Abandoned calls and what they are a share of, in the window at hand."""
    campaign = floor.site._state.records.campaigns["00001"]
    now = figure(campaign.abandonment, definition_of(campaign.settings.compliance), floor.now)
    return now.abandoned / CALL, now.base / CALL


def next_call(floor: Floor) -> int:
    return floor.all_seen(DialRequested)[-1].call_id


def abandon(floor: Floor) -> None:
    """The call that rings is answered by a person when the agent has just left."""
    call = next_call(floor)
    floor.do(AgentNotReady(agent_id="ann", reason="break"))
    floor.saw(call, Saw.ANSWERED, after_ms=20_000)
    floor.wait(2_000)
    floor.saw(call, Saw.HUNG_UP)


def serve(floor: Floor) -> None:
    """The call that rings is answered, talked through and wrapped up."""
    call = next_call(floor)
    floor.talk(call)
    floor.wrap_up(call)


def machine(floor: Floor) -> None:
    call = next_call(floor)
    floor.saw(call, Saw.ANSWERED, answerer=Answerer.ANSWERING_MACHINE)
    floor.saw(call, Saw.HUNG_UP)
