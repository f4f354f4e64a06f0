"""Exclusion lists: numbers go on and off, and what a load brings is held against them (CO-2)."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from fastdial.engine.compliance import Compliance
from fastdial.engine.records import Call
from fastdial.engine.turn import Turn, refuse
from fastdial.kernel.exclusion import ExclusionSet
from fastdial.messages.base import Reply
from fastdial.messages.commands import ExclusionAdd, ExclusionCheck, ExclusionList, ExclusionRemove
from fastdial.messages.errors import ErrorCode, RefusedRow
from fastdial.messages.events import ExclusionAdded, ExclusionRemoved
from fastdial.messages.replies import (
    ExclusionChangedReply,
    ExclusionCheckReply,
    ExclusionListsReply,
)
from fastdial.rules.compliance.packed import ITEM, packed, unpacked
from fastdial.rules.numbers import BadNumber, to_e164

_LEAST, _MOST = 10**6, 10**15 - 1
"""E.164 has 7 to 15 digits"""


def add(turn: Turn, command: ExclusionAdd) -> Reply:
    """Bad numbers are refused one by one; the event holds those that were not on the list."""
    numbers, refused = _numbers(turn, command)
    known = turn.state.compliance.lists.get(command.list_name, ExclusionSet())
    fresh = numbers[~known.contains_many(numbers)]
    if len(fresh) or command.list_name not in turn.state.compliance.lists:
        turn.emit(
            ExclusionAdded(list_name=command.list_name, numbers=packed(fresh), reason="asked")
        )
    return ExclusionChangedReply(changed=len(fresh), refused=refused)


def remove(turn: Turn, command: ExclusionRemove) -> Reply:
    """Bad numbers are refused one by one; the event holds those that were on the list."""
    known = turn.state.compliance.lists.get(command.list_name)
    if known is None:
        refuse(
            ErrorCode.UNKNOWN_LIST,
            f"there is no exclusion list {command.list_name!r}",
            "list_name",
        )
    numbers, refused = _numbers(turn, command)
    gone = numbers[known.contains_many(numbers)]
    if len(gone):
        turn.emit(ExclusionRemoved(list_name=command.list_name, numbers=packed(gone)))
    return ExclusionChangedReply(changed=len(gone), refused=refused)


def check(turn: Turn, command: ExclusionCheck) -> Reply:
    """On which lists numbers are: of one campaign and the site, or of all."""
    lists: Sequence[tuple[str, ExclusionSet]]
    if command.campaign_id is None:
        lists = tuple(turn.state.compliance.lists.items())
    else:
        turn.campaign(command.campaign_id)
        lists = turn.state.compliance.rules[command.campaign_id].lists
    region = turn.state.records.config.default_region
    found: dict[str, tuple[str, ...]] = {}
    for place, text in enumerate(command.numbers):
        try:
            number = to_e164(text, region)
        except BadNumber as bad:
            refuse(ErrorCode.INVALID_VALUE, str(bad), f"numbers[{place}]")
        found[number] = tuple(name for name, numbers in lists if int(number) in numbers)
    return ExclusionCheckReply(found=found)


def list_all(turn: Turn, command: ExclusionList) -> Reply:
    """How many numbers are on each list."""
    lists = turn.state.compliance.lists.items()
    return ExclusionListsReply(lists={name: len(numbers) for name, numbers in sorted(lists)})


def exclude_contact(turn: Turn, call: Call, numbers: Sequence[str]) -> None:
    """An agent heard that nobody is to call again: all of the contact's numbers go on the list."""
    name = turn.settings_of(call).compliance.do_not_call_list
    known = turn.state.compliance.lists.get(name, ExclusionSet())
    dialed = {f"+{call.number}": None}
    wanted = [int(number) for number in {**dict.fromkeys(numbers), **dialed}]
    fresh = np.array([number for number in wanted if number not in known], np.int64)
    if len(fresh):
        turn.emit(
            ExclusionAdded(
                list_name=name, numbers=packed(fresh), reason="do_not_call", call_id=call.call_id
            )
        )


def on_lists(compliance: Compliance, campaign_id: str, numbers: Sequence[str]) -> dict[int, str]:
    """Of some numbers, the places of those that the campaign must not dial, and on which list."""
    found: dict[int, str] = {}
    for place, text in enumerate(numbers):
        number = int(text)
        for name, excluded in compliance.rules[campaign_id].lists:
            if number in excluded:
                found[place] = name
                break
    return found


def _numbers(
    turn: Turn, command: ExclusionAdd | ExclusionRemove
) -> tuple[NDArray[np.int64], tuple[RefusedRow, ...]]:
    """All good numbers of a command, each once, ascending; and what is wrong with the others."""
    if len(command.packed) % ITEM.itemsize:
        refuse(
            ErrorCode.INVALID_VALUE,
            f"{len(command.packed)} bytes are not a whole number of 8-byte integers",
            "packed",
        )
    refused: list[RefusedRow] = []
    good = list(_parsed(turn, command.numbers, refused))
    many = unpacked(command.packed)
    bad = (many < _LEAST) | (many > _MOST)
    refused.extend(
        RefusedRow(place + 1, "packed", f"{many[place]} is no number: E.164 has 7 to 15 digits")
        for place in np.flatnonzero(bad).tolist()
    )
    return np.unique(np.concatenate([np.array(good, np.int64), many[~bad]])), tuple(refused)


def _parsed(turn: Turn, numbers: Sequence[str], refused: list[RefusedRow]) -> Iterator[int]:
    region = turn.state.records.config.default_region
    for place, text in enumerate(numbers, 1):
        try:
            yield int(to_e164(text, region))
        except BadNumber as bad:
            refused.append(RefusedRow(place, "numbers", str(bad)))
