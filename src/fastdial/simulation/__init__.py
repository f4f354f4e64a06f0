"""The model of a contact centre: network, customers, agents; live or in virtual time."""

from fastdial.simulation.agents import SimulatedAgents
from fastdial.simulation.auditor import Auditor, BrokenPromise
from fastdial.simulation.processes import run_agents, run_network
from fastdial.simulation.scenario import Scenario, read_scenario
from fastdial.simulation.world import World

__all__ = [
    "Auditor",
    "BrokenPromise",
    "Scenario",
    "SimulatedAgents",
    "World",
    "read_scenario",
    "run_agents",
    "run_network",
]
