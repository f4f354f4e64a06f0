"""A list on its way into a campaign: small loads, a few at a time, each done once."""

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from fastdial.cli.lists.contacts import Chunk, ListedContact, in_chunks
from fastdial.cli.problems import Failed
from fastdial.client import AsyncClient, CommandRefused
from fastdial.messages.base import Reply
from fastdial.messages.commands import ContactsLoad
from fastdial.messages.errors import RefusedRow
from fastdial.messages.replies import LoadReply

ROWS_IN_LOAD = 100
"""a site decides one load at a stretch, so a small one leaves others their turn"""
LOADS_AT_ONCE = 8
"""enough that the site does not wait for us"""


def _ignore(_: object) -> None:
    """Nobody wants to know."""


class Loading:
    """Sends the rows of a list to one campaign, and counts what becomes of them.

    Each load goes under an idempotency key that follows from what it holds. So a list that is
    loaded again after a cut goes on where it was: what was done is answered from the record.
    """

    def __init__(
        self,
        client: AsyncClient,
        campaign_id: str,
        *,
        refuse: Callable[[RefusedRow], None] = _ignore,
        reopen: bool = False,
        salt: str = "",
    ) -> None:
        """``refuse`` gets each row that is not taken, in the order of the list.

        ``salt`` goes into every key: another one loads the same list another time.
        """
        self._client = client
        self._campaign_id = campaign_id
        self._refuse = refuse
        self._reopen = reopen
        self._salt = salt
        self._under_way: deque[RefusedRow | tuple[int, asyncio.Future[Reply]]] = deque()
        self._loads = 0
        self.rows = 0
        """of the list, that it is known of what became of them"""
        self.added = 0
        self.updated = 0
        self.refused = 0

    async def run(
        self,
        rows: Iterator[ListedContact | RefusedRow],
        tell: "Callable[[Loading], None]" = _ignore,
    ) -> None:
        """Load them all; ``tell`` is called now and then. Raises `Failed` or `ClientError`."""
        try:
            for part in in_chunks(rows, ROWS_IN_LOAD):
                self._under_way.append(part if isinstance(part, RefusedRow) else self._send(part))
                while self._loads >= LOADS_AT_ONCE:
                    await self._settle_first()
                    tell(self)
            while self._under_way:
                await self._settle_first()
            tell(self)
        finally:
            for one in self._under_way:
                if not isinstance(one, RefusedRow):
                    one[1].cancel()

    def _send(self, chunk: Chunk) -> tuple[int, "asyncio.Future[Reply]"]:
        load = ContactsLoad(
            campaign_id=self._campaign_id,
            contacts=chunk.contacts,
            first_row=chunk.first_line,
            reopen=self._reopen,
        )
        content = self._salt.encode() + b"\0" + msgspec.msgpack.encode(load)
        digest = hashlib.blake2b(content, digest_size=16).hexdigest()
        load.idempotency_key = f"load/{digest}"
        self._loads += 1
        return len(chunk.contacts), self._client.submit(load)

    async def _settle_first(self) -> None:
        """What became of the first part that is under way."""
        first = self._under_way[0]
        if isinstance(first, RefusedRow):
            self._take_out(first)
        else:
            count, future = first
            self._count(count, await self._reply(future))
            self._loads -= 1
        self._under_way.popleft()

    async def _reply(self, future: "asyncio.Future[Reply]") -> LoadReply:
        try:
            reply = await future
        except CommandRefused as refusal:
            raise Failed(
                f"the site refused to load: {refusal.fault.message}; of the rows before, "
                f"{self.added + self.updated:,} were taken"
            ) from None
        if not isinstance(reply, LoadReply):
            raise Failed(f"the server answered a load with {type(reply).__name__}")
        return reply

    def _count(self, count: int, reply: LoadReply) -> None:
        self.rows += count - len(reply.refused)
        self.added += reply.added
        self.updated += reply.updated
        for row in reply.refused:
            self._take_out(row)

    def _take_out(self, row: RefusedRow) -> None:
        self.rows += 1
        self.refused += 1
        self._refuse(row)
