"""Callbacks in the order of their windows, found by customer, owner, campaign and state (CB-5)."""

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import NamedTuple

from sortedcontainers import SortedList

from fastdial.engine.records import Callback
from fastdial.messages.words import CallbackState

ID_BITS = 53
_ID_MASK = (1 << ID_BITS) - 1

_EVERYBODY = ""

_Key = tuple[str, str, CallbackState]
"""by what (``campaign``, ``owner``, or nothing), whose, and in which state"""

Place = int
"""of a callback in every list: the start of its window, and its id below"""


def place_of(callback: Callback) -> Place:
    """Where a callback stands in the lists."""
    return callback.window_start_at << ID_BITS | callback.callback_id


def callback_id_at(place: Place) -> int:
    """Whose place it is."""
    return place & _ID_MASK


class Wanted(NamedTuple):
    """What a list is asked for; none and nothing leave that open."""

    number: int | None
    owner_id: str | None
    campaign_id: str | None
    states: tuple[CallbackState, ...]


class CallbackLists:
    """An index over the records: one sorted list for each owner, campaign and state, and so on.

    A place is one integer that all lists share, so that an entry costs a pointer in each.
    """

    __slots__ = ("_by", "_of_number")

    def __init__(self) -> None:
        self._by: dict[_Key, SortedList[Place]] = {}
        self._of_number: dict[int, Place | SortedList[Place]] = {}
        """by customer number; most have one callback only"""

    def add(self, callback: Callback) -> None:
        """Enter a callback as its record stands."""
        place = place_of(callback)
        for key in _keys(callback):
            self._put(key, place)
        self._add_number(callback.number, place)

    def fill(self, callbacks: Iterable[Callback]) -> None:
        """Enter all callbacks of a site that was restored."""
        places: dict[_Key, list[Place]] = {}
        for callback in callbacks:
            place = place_of(callback)
            for key in _keys(callback):
                places.setdefault(key, []).append(place)
            self._add_number(callback.number, place)
        self._by = {key: SortedList(found) for key, found in places.items()}

    def remove(self, callback: Callback) -> None:
        """Undo `add`, before the record changes."""
        place = place_of(callback)
        for key in _keys(callback):
            self._take(key, place)
        self._remove_number(callback.number, place)

    def move(self, callback: Callback, state: CallbackState) -> None:
        """The callback is about to be in another state, and all else stays."""
        place = place_of(callback)
        for key in _keys(callback):
            self._take(key, place)
            self._put((*key[:2], state), place)

    def count(self, campaign_id: str, states: tuple[CallbackState, ...]) -> int:
        """How many callbacks of a campaign are in these states."""
        return sum(len(self._by.get(("campaign", campaign_id, state), ())) for state in states)

    def find(self, wanted: Wanted, first: Place | None, before: Place | None) -> Iterator[Place]:
        """Places from ``first`` on and before ``before``, by the narrowest list that there is.

        The others of ``wanted`` are for the caller to look at.
        """
        if wanted.number is not None:
            found = self._of_number.get(wanted.number)
            if found is None:
                return iter(())
            lists = [SortedList([found]) if isinstance(found, int) else found]
        else:
            by, whose = "", _EVERYBODY
            if wanted.owner_id is not None:
                by, whose = "owner", wanted.owner_id
            elif wanted.campaign_id is not None:
                by, whose = "campaign", wanted.campaign_id
            states = dict.fromkeys(wanted.states or CallbackState)
            keys = [(by, whose, state) for state in states]
            lists = [self._by[key] for key in keys if key in self._by]
        return merge(*(one.irange(first, before, inclusive=(True, False)) for one in lists))

    def _put(self, key: _Key, place: Place) -> None:
        found = self._by.get(key)
        if found is None:
            found = self._by[key] = SortedList()
        found.add(place)

    def _take(self, key: _Key, place: Place) -> None:
        found = self._by[key]
        found.remove(place)
        if not found:
            del self._by[key]

    def _add_number(self, number: int, place: Place) -> None:
        found = self._of_number.get(number)
        if found is None:
            self._of_number[number] = place
        elif isinstance(found, int):
            self._of_number[number] = SortedList([found, place])
        else:
            found.add(place)

    def _remove_number(self, number: int, place: Place) -> None:
        found = self._of_number[number]
        if isinstance(found, int):
            del self._of_number[number]
            return
        found.remove(place)
        if len(found) == 1:
            self._of_number[number] = found[0]


def _keys(callback: Callback) -> Iterator[_Key]:
    state = callback.state
    yield "", _EVERYBODY, state
    yield "campaign", callback.campaign_id, state
    if callback.owner_id is not None:
        yield "owner", callback.owner_id, state
