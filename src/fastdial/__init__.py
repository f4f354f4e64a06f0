"""fastdial: the dialer core that decides whom to call, when, and for which agent."""

from fastdial._version import __version__
from fastdial.engine import BadSnapshot, ClockWentBack, Outcome, Site

__all__ = ["BadSnapshot", "ClockWentBack", "Outcome", "Site", "__version__"]
