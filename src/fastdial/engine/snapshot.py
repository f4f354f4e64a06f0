"""What a snapshot holds, and how it becomes bytes."""

import msgspec

from fastdial.engine.compliance import ComplianceRecord
from fastdial.engine.contact_list import ListRecord
from fastdial.engine.records import Records
from fastdial.engine.slots import SlotRecord

SNAPSHOT_VERSION = 6


class Snapshot(msgspec.Struct):
    """A site as bytes. Queues and timers are kept in their order, ties included."""

    version: int
    records: Records
    lists: dict[str, ListRecord]
    compliance: ComplianceRecord
    queues: dict[str, bytes]
    """for each campaign the rows of its table in its ready queue, int64, in order of sequence"""
    timer_ids: bytes
    timer_due_at: bytes
    sharing: list[tuple[int, int, int, int, int, bool]]
    slots: SlotRecord
    pacing: dict[str, bytes]
    """what each campaign that dials ahead has learned"""


# dicts are written in the order of their insertion, which follows from the events
ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(Snapshot)
