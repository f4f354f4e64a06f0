"""Call windows: when a contact may be called, by local time, region and number (rule CO-1)."""

from fastdial.rules.windows.check import window_faults
from fastdial.rules.windows.keys import WindowKey, class_of
from fastdial.rules.windows.state import HORIZON_DAYS, Windows, WindowState, windows_of

__all__ = [
    "HORIZON_DAYS",
    "WindowKey",
    "WindowState",
    "Windows",
    "class_of",
    "window_faults",
    "windows_of",
]
