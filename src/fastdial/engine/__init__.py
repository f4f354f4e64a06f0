"""The engine: `Site` decides what happens and keeps what it knows; no clock, no I/O."""

from fastdial.engine.site import ClockWentBack, Outcome, Site
from fastdial.engine.state import BadSnapshot

__all__ = ["BadSnapshot", "ClockWentBack", "Outcome", "Site"]
