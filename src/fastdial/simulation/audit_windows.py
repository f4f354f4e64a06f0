"""The auditor's own books of where contacts are, and whether they may be called (rule CO-1)."""

from typing import NamedTuple

from fastdial.messages.callback_events import CallbackScheduled, CallbackUpdated
from fastdial.messages.events import ContactsLoaded, DialRequested
from fastdial.messages.settings import CampaignSettings
from fastdial.rules.windows import WindowKey, WindowState, class_of, windows_of


class _Where(NamedTuple):
    zone: str
    region: str
    hours: dict[str, tuple[int, int]]
    """by number, of those that have hours of their own"""


_NOWHERE = _Where("", "", {})


class WindowsAudit:
    """Notes what a list says of its contacts; what it does not say follows from the number."""

    def __init__(self) -> None:
        self._where: dict[tuple[str, str], _Where] = {}

    def loaded(self, event: ContactsLoaded) -> None:
        """A list, or a part of one."""
        nothing: list[tuple[int, int]] = []
        for place, key in enumerate(event.contact_keys):
            hours = event.hours[place] if event.hours else nothing
            numbers = zip(event.numbers[place], hours, strict=False)
            where = _Where(
                event.zones[place] if event.zones else "",
                event.regions[place] if event.regions else "",
                {number: its for number, its in numbers if its != (0, 0)},
            )
            if where == _NOWHERE:
                self._where.pop((event.campaign_id, key), None)
            else:
                self._where[event.campaign_id, key] = where

    def promised(self, event: CallbackScheduled) -> None:
        """A contact of a queue, or a number more of a campaign's contact."""
        place = event.campaign_id, event.contact_key
        where = self._where.get(place, _Where(event.zone, "", {}))
        hours = event.from_minute, event.until_minute
        if hours != (0, 0):
            where = where._replace(hours={event.number: hours, **where.hours})
        if where != _NOWHERE:
            self._where[place] = where

    def renewed(self, event: CallbackUpdated) -> None:
        """A contact of a queue has another zone or number."""
        place = event.campaign_id, event.contact_key
        where = self._where.get(place, _NOWHERE)._replace(zone=event.zone)
        if where != _NOWHERE:
            self._where[place] = where

    def class_of(self, event: DialRequested) -> WindowKey:
        """The window class of a call."""
        where = self._where.get((event.campaign_id, event.contact_key), _NOWHERE)
        hours = where.hours.get(event.number, (0, 0))
        return class_of(where.zone, where.region, int(event.number[1:]), *hours)

    def state(self, event: DialRequested, settings: CampaignSettings) -> WindowState:
        """Whether the window of a call is open."""
        windows = windows_of(settings.windows, settings.zone)
        return windows.state(self.class_of(event), event.at)

    def begin(self, event: DialRequested, settings: CampaignSettings) -> str | None:
        """A launch; the sentence is about the window that it missed, if it did."""
        state = self.state(event, settings)
        if state.open:
            return None
        return f"outside its window: {state.reason} {dict(state.values)} (CO-1)"
