"""fastdial: the dialer core that decides whom to call, when, and for which agent."""

from fastdial._version import __version__

__all__ = ["__version__"]
