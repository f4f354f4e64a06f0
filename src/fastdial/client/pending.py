"""Requests that wait for their reply."""

from collections.abc import Callable
from itertools import count

import msgspec

from fastdial.client.errors import ClientError
from fastdial.messages.base import Command, Reply
from fastdial.messages.commands import (
    CallReport,
    CampaignGet,
    CampaignList,
    ContactsGet,
    Ping,
    StatsGet,
)

REPEATABLE = (Ping, StatsGet, CampaignGet, CampaignList, ContactsGet, CallReport)
"""commands that change nothing, or nothing more when they are said twice: they need no key"""


class Pending:
    """One command on its way. Its ``settle`` is called once, with the reply or with an error."""

    __slots__ = ("again", "command", "sent_at", "settle")

    def __init__(
        self,
        command: Command,
        settle: Callable[[Reply | ClientError], None],
        sent_at: float,
        again: bool,
    ) -> None:
        self.command = command
        self.settle = settle
        self.sent_at = sent_at
        self.again = again
        """whether it is sent again after a cut"""


class PendingRequests:
    """All that a client has under way, in the order in which it was asked."""

    def __init__(self, key_prefix: str) -> None:
        self._by_id: dict[int, Pending] = {}
        self._ids = count(1)
        self._key_prefix = key_prefix

    def numbered(self, command: Command, *, keyed: bool) -> Command:
        """``command`` with an id of its own, and with a key where it is to have one."""
        number = next(self._ids)
        key = command.idempotency_key
        if keyed and key is None and not isinstance(command, REPEATABLE):
            key = f"{self._key_prefix}-{number}"
        return msgspec.structs.replace(command, id=number, idempotency_key=key)

    def add(self, pending: Pending) -> None:
        """A command is under way."""
        self._by_id[pending.command.id] = pending

    def find(self, number: int) -> Pending | None:
        """The command with this id, if it still waits."""
        return self._by_id.get(number)

    def take(self, number: int) -> Pending | None:
        """The command with this id, which waits no longer."""
        return self._by_id.pop(number, None)

    def to_repeat(self) -> list[Pending]:
        """What is to be sent again on a new connection, in order."""
        return [one for one in self._by_id.values() if one.again]

    def fail(self, make: Callable[[Command], ClientError], *, repeated_too: bool) -> None:
        """Settle with an error what is not sent again, or everything."""
        for number, pending in list(self._by_id.items()):
            if repeated_too or not pending.again:
                del self._by_id[number]
                pending.settle(make(pending.command))
