"""A telephone network that exists in numbers only: same seed, same calls."""

from fastdial.telephony.simulated.dice import Dice
from fastdial.telephony.simulated.laws import Law
from fastdial.telephony.simulated.model import NetworkModel
from fastdial.telephony.simulated.network import SimulatedNetwork

__all__ = ["Dice", "Law", "NetworkModel", "SimulatedNetwork"]
