"""The Python client of a fastdial server: asyncio and blocking."""

from fastdial.client.address import Address, parse_address
from fastdial.client.aio import AsyncClient
from fastdial.client.blocking import BlockingEvents, Client
from fastdial.client.errors import (
    BadAddress,
    CannotConnect,
    ClientClosed,
    ClientError,
    CommandRefused,
    ConnectionCut,
    ProtocolBroken,
    RequestTimedOut,
)
from fastdial.client.stream import EventStream

__all__ = [
    "Address",
    "AsyncClient",
    "BadAddress",
    "BlockingEvents",
    "CannotConnect",
    "Client",
    "ClientClosed",
    "ClientError",
    "CommandRefused",
    "ConnectionCut",
    "EventStream",
    "ProtocolBroken",
    "RequestTimedOut",
    "parse_address",
]
