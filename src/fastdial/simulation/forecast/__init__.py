"""What a scenario comes to: many simulated days, by a compiled model or by a whole site."""

from fastdial.simulation.forecast.fast import FastModel
from fastdial.simulation.forecast.figures import Estimate, Figures
from fastdial.simulation.forecast.whole import whole_days

__all__ = ["Estimate", "FastModel", "Figures", "whole_days"]
