"""Scenarios: read from TOML, checked field by field."""

from pathlib import Path

import msgspec
import pytest

from fastdial.messages.codec import BadMessage
from fastdial.messages.toml import load_toml
from fastdial.simulation.scenario import AgentGroup, Breaks, Scenario, read_scenario
from fastdial.telephony.simulated import NetworkModel
from fastdial.telephony.simulated.model import LocalHours

EXAMPLE = Path(__file__).parents[2] / "examples" / "scenario.toml"


def test_the_example_says_what_the_defaults_are() -> None:
    scenario = read_scenario(EXAMPLE)
    assert scenario.network == NetworkModel()
    assert scenario.agents[0].breaks == Breaks()


def test_a_scenario_can_be_written_down_and_read_again() -> None:
    for scenario in (read_scenario(EXAMPLE), Scenario()):
        written = msgspec.json.encode(scenario)
        assert b"null" not in written, "TOML has no word for nothing"
        assert msgspec.json.decode(written, type=Scenario) == scenario


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ('[network]\ntalk = { law = "lognormal", mean_s = 1, cv = 1, sd = 2 }',
         "network.talk.sd", "not known"),
        ('[network]\ntalk = { law = "normal", mean_s = 1 }', "network.talk.law", "normal"),
        ("[network]\ntalk = { mean_s = 1 }", "network.talk.law", "missing"),
        ("[network]\nanswer_rate = [0.5]", "network.answer_rate", "length"),
        ("[network]\nbusy = 1.5", "network.busy", "1.0"),
        ("[network]\nbusy = 0.9\nanswering_machine = 0.2", "network", "add up"),
        ("[network]\ninvalid_numbers = 0.9\nfax_numbers = 0.2", "network", "more than 1"),
        ("[[agents]]\nbraks = {}", "agents[0].braks", "not known"),
        ("[[agents]]\ncodes = {}", "agents[0]", "empty"),
        ("[[agents]]\ncount = 3\n[[agents]]\ncount = 4", "", "two groups"),
        ('zone = "Mars/Olympus"', "", "IANA"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(text: str, field: str, said: str) -> None:
    with pytest.raises(BadMessage, match=said) as refused:
        load_toml(text, Scenario)
    assert refused.value.fault.field == field


def test_agents_take_no_breaks_unless_the_scenario_says_so() -> None:
    assert AgentGroup().breaks is None


@pytest.mark.parametrize(
    ("zone", "at", "hour"),
    [
        ("UTC", 1_774_745_999_999, 0),
        ("Europe/Warsaw", 1_774_745_999_999, 1),
        ("Europe/Warsaw", 1_774_746_000_000, 3),  # summer time begins
        ("Asia/Kathmandu", 1_774_745_999_999, 6),  # 5:45 ahead
    ],
)
def test_the_hour_is_local(zone: str, at: int, hour: int) -> None:
    assert LocalHours(zone).hour(at) == hour
