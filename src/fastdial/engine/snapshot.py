"""What a snapshot holds, and how it becomes bytes."""

import msgspec

from fastdial.engine.compliance import ComplianceRecord
from fastdial.engine.contact_list import ListRecord
from fastdial.engine.records import Records
from fastdial.engine.slots import SlotRecord

SNAPSHOT_VERSION = 9


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


class _Versioned(msgspec.Struct):
    version: int


def version_of(data: bytes) -> int | None:
    """The version that a snapshot says it has, whatever else it holds; none where it says none."""
    try:
        return msgspec.msgpack.decode(data, type=_Versioned).version
    except msgspec.MsgspecError:
        return None


def of_another_version(version: int) -> str:
    """Why a snapshot of that version is not read."""
    return f"the snapshot has version {version}; this is read: {SNAPSHOT_VERSION}"


def why_not_read(data: bytes, error: Exception) -> str:
    """Why bytes are not read as a snapshot, which is of another version, damaged, or none."""
    version = version_of(data)
    if version is None:
        return f"this is not a snapshot of a site: {error}"
    if version != SNAPSHOT_VERSION:
        return of_another_version(version)
    return f"the snapshot is damaged: {error}"


# dicts are written in the order of their insertion, which follows from the events
ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(Snapshot)
