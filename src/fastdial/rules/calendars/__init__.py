"""Calendars of offices: which slots a local day has, and how many callbacks each takes (SL-1)."""

from fastdial.rules.calendars.check import slot_faults
from fastdial.rules.calendars.local import LocalTimes
from fastdial.rules.calendars.office import Office, office_of

__all__ = ["LocalTimes", "Office", "office_of", "slot_faults"]
