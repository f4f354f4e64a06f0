"""`State`: the records of a site and the indexes over them, and how both are written down."""

from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

from fastdial.engine.records import (
    Agent,
    Call,
    Campaign,
    Contact,
    Records,
    TimerKind,
    rank_of,
    timer_id,
)
from fastdial.engine.workforce import Workforce
from fastdial.kernel.ready_queue import ReadyQueue
from fastdial.kernel.timers import Timers
from fastdial.messages.settings import SiteConfig
from fastdial.messages.words import CallState

SNAPSHOT_VERSION = 1


class BadSnapshot(ValueError):
    """Bytes that are not a snapshot that this version reads."""


class Snapshot(msgspec.Struct):
    """A site as bytes. Queues and timers are kept in their order, ties included."""

    version: int
    records: Records
    queues: dict[str, bytes]
    """for each campaign the rows in its ready queue, int64, in order of sequence"""
    timer_ids: bytes
    timer_due_at: bytes


# dicts are written in the order of their insertion, which follows from the events
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Snapshot)


class State:
    """Records, and what is derived from them to find things fast."""

    __slots__ = (
        "agents_by_number",
        "campaigns_by_number",
        "keys",
        "live_numbers",
        "queues",
        "records",
        "running",
        "timers",
        "workforce",
    )

    def __init__(self, records: Records) -> None:
        self.records = records
        self.keys: dict[str, dict[str, int]] = {}
        """campaign id → contact key → row"""
        self.queues: dict[str, ReadyQueue] = {}
        self.timers = Timers()
        self.live_numbers: dict[str, int] = {}
        """number → the live call that dials it (rule CA-8)"""
        self.workforce = Workforce()
        self.running: list[Campaign] = []
        """campaigns that run, the lowest order first, then by id (rule CA-5)"""
        self.agents_by_number: dict[int, Agent] = {}
        self.campaigns_by_number: dict[int, Campaign] = {}

    @classmethod
    def new(cls, config: SiteConfig, seed: int) -> "State":
        """The state of a site in which nothing has happened."""
        return cls(Records(config, seed))

    # --- what is derived

    def index_campaign(self, campaign: Campaign) -> None:
        """A campaign is there: its list is empty so far."""
        self.keys[campaign.campaign_id] = {}
        self.queues[campaign.campaign_id] = self.new_queue(campaign)
        self.campaigns_by_number[int(campaign.campaign_id)] = campaign

    def new_queue(self, campaign: Campaign) -> ReadyQueue:
        """An empty ready queue in the campaign's contact order."""
        text = f"{self.records.seed}:{campaign.campaign_id}".encode()
        seed = int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 1
        return ReadyQueue(campaign.settings.contact_order.value, seed=seed)

    def enqueue(self, contact: Contact) -> None:
        """Put a contact in its campaign's ready queue."""
        order = self.records.campaigns[contact.campaign_id].settings.contact_order
        self.queues[contact.campaign_id].push(
            contact.row, priority=contact.priority, rank=rank_of(contact, order)
        )

    def index_running(self) -> None:
        """Campaigns started, stopped or changed their order."""
        self.running = sorted(
            (c for c in self.records.campaigns.values() if c.launches),
            key=lambda c: (c.settings.order, c.campaign_id),
        )

    def set_timer(self, kind: TimerKind, number: int, due_at: int | None) -> None:
        """One timer at most for each subject: a new instant replaces the old, none cancels."""
        if due_at is None:
            self.timers.cancel(timer_id(kind, number))
        else:
            self.timers.schedule(timer_id(kind, number), due_at)

    # --- written down

    def snapshot(self) -> bytes:
        """The state as bytes, from which `restore` makes one that behaves the same."""
        timer_ids, due_at = self.timers.entries()
        return _ENCODER.encode(
            Snapshot(
                SNAPSHOT_VERSION,
                self.records,
                {
                    campaign_id: _to_bytes(queue.entries()[0])
                    for campaign_id, queue in self.queues.items()
                },
                _to_bytes(timer_ids),
                _to_bytes(due_at),
            )
        )

    def digest(self) -> str:
        """A hash of everything known; equal for equal histories."""
        return blake2b(self.snapshot(), digest_size=16).hexdigest()

    @classmethod
    def restore(cls, data: bytes) -> "State":
        """The state that `snapshot` wrote down. Raises `BadSnapshot`."""
        try:
            snapshot = _DECODER.decode(data)
        except msgspec.MsgspecError as error:
            raise BadSnapshot(f"this is not a snapshot of a site: {error}") from None
        if snapshot.version != SNAPSHOT_VERSION:
            raise BadSnapshot(
                f"the snapshot has version {snapshot.version}; this is read: {SNAPSHOT_VERSION}"
            )
        state = cls(snapshot.records)
        state._index(snapshot)
        return state

    def _index(self, snapshot: Snapshot) -> None:
        records = self.records
        for campaign in records.campaigns.values():
            self.index_campaign(campaign)
        for contact in records.contacts.values():
            self.keys[contact.campaign_id][contact.contact_key] = contact.row
        for rows in snapshot.queues.values():
            for row in _from_bytes(rows).tolist():
                self.enqueue(records.contacts[row])
        self.timers.schedule_many(
            _from_bytes(snapshot.timer_ids), _from_bytes(snapshot.timer_due_at)
        )
        for call in records.calls.values():
            self._index_call(call)
        for agent in sorted(records.agents.values(), key=lambda a: a.since_seq):
            self.agents_by_number[agent.number] = agent
            self.workforce.add(agent)
        self.index_running()

    def _index_call(self, call: Call) -> None:
        if call.state is not CallState.WRAP_UP:
            self.live_numbers[call.number] = call.call_id

    # --- looked up

    def contact(self, campaign_id: str, contact_key: str) -> Contact | None:
        """The contact with this key on the campaign's list."""
        row = self.keys[campaign_id].get(contact_key)
        return None if row is None else self.records.contacts[row]


def _to_bytes(values: NDArray[np.int64]) -> bytes:
    return np.ascontiguousarray(values, dtype="<i8").tobytes()


def _from_bytes(data: bytes) -> NDArray[np.int64]:
    return np.frombuffer(data, dtype="<i8").astype(np.int64)
