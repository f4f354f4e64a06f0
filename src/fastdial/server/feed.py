"""Subscriptions: history from the journal, then live, without a gap and without a duplicate."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import msgspec

from fastdial.journal.base import Journal, Record
from fastdial.messages.codec import Encoding, decode_event, encode
from fastdial.messages.commands import EventFilter, Subscribe
from fastdial.messages.matching import names_match, type_matches

log = logging.getLogger("fastdial.server")


class _Face(msgspec.Struct):
    """As much of an event as a filter looks at."""

    type: str
    campaign_id: str | None = None
    agent_id: str | None = None
    agent_ids: tuple[str, ...] = ()


_FACE = msgspec.msgpack.Decoder(_Face)


class Subscriber(Protocol):
    """What the feed needs of a session."""

    def push(self, payload: bytes) -> None:
        """Send at the next flush."""

    def flush(self) -> None:
        """Send now."""

    def keeps_up(self) -> bool:
        """Whether so little waits to be read that a live event may be added."""

    async def writable(self) -> None:
        """Return when the client has read nearly everything, or is gone."""

    def subscription_ended(self, subscription: "Subscription") -> None:
        """It was too slow; tell it."""

    def give_up(self, reason: str) -> None:
        """Close the connection."""


class Subscription:
    """One connection's wish for events, and how far it is served."""

    def __init__(self, subscriber: Subscriber, command: Subscribe, encoding: Encoding) -> None:
        self.subscriber = subscriber
        self.id = command.id
        self.position = command.after or 0
        """sequence up to which everything that it asked for was sent"""
        self._ended = False
        self._filter = command.filter
        self._everything = command.filter == EventFilter()
        self.encoding = encoding

    def is_open(self) -> bool:
        """Whether it still wants events."""
        return not self._ended

    def end(self) -> None:
        """It wants no more."""
        self._ended = True

    def wants(self, face: _Face) -> bool:
        """Whether its filter lets the event through."""
        return type_matches(self._filter, face.type) and names_match(
            self._filter, face.campaign_id, face.agent_id, face.agent_ids
        )

    def give(self, record: Record, face: _Face | None) -> None:
        """Send the event if it is asked for; ``face`` is decoded here where it is not given."""
        self.position = record.seq
        if not self._everything and not self.wants(face or _FACE.decode(record.payload)):
            return
        payload = record.payload
        if self.encoding is Encoding.JSON:
            payload = encode(decode_event(payload), Encoding.JSON)
        self.subscriber.push(payload)

    @property
    def needs_face(self) -> bool:
        """Whether its filter has to see events."""
        return not self._everything


class Feed:
    """Sends what the journal holds to whoever asked for it."""

    def __init__(self, journal: Journal, published: int) -> None:
        self._journal = journal
        self._live: list[Subscription] = []
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, "fastdial-history")
        self._tasks: set[asyncio.Task[None]] = set()
        self.published = published
        """sequence of the newest event that is on disk and has been let out"""

    def begin(self, subscription: Subscription) -> None:
        """Send everything after its position, from now until it ends."""
        task = self._loop.create_task(self._catch_up(subscription))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def end(self, subscription: Subscription) -> None:
        """Send nothing more."""
        subscription.end()
        if subscription in self._live:
            self._live.remove(subscription)

    def publish(self, payloads: list[bytes]) -> None:
        """The next events, in sequence, are on disk."""
        for payload in payloads:
            self.published += 1
            if self._live:
                self._send(Record(self.published, payload))

    def close(self) -> None:
        """End every subscription and the thread."""
        self._live.clear()
        for task in self._tasks:
            task.cancel()
        self._thread.shutdown()

    def _send(self, record: Record) -> None:
        face = None
        for subscription in list(self._live):
            if record.seq <= subscription.position:
                continue
            if not subscription.subscriber.keeps_up():
                self.end(subscription)
                subscription.subscriber.subscription_ended(subscription)
                continue
            if face is None and subscription.needs_face:
                face = _FACE.decode(record.payload)
            subscription.give(record, face)

    async def _catch_up(self, subscription: Subscription) -> None:
        try:
            while subscription.is_open() and subscription.position < self.published:
                await subscription.subscriber.writable()
                for record in await self._read(subscription.position):
                    if not subscription.is_open():
                        return
                    if record.seq > self.published:
                        break  # on disk already, but its turn to go out is still to come
                    subscription.give(record, None)
                subscription.subscriber.flush()
        except Exception as error:
            log.exception("history could not be sent")
            subscription.end()
            subscription.subscriber.give_up(f"history could not be read: {error}")
            return
        if subscription.is_open():
            self._live.append(subscription)

    async def _read(self, after: int) -> list[Record]:
        if self._journal.blocking:
            return await self._loop.run_in_executor(self._thread, self._journal.read, after)
        await asyncio.sleep(0)  # others get their turn between two chunks
        return self._journal.read(after)
