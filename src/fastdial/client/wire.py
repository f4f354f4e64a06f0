"""One connection: frames in and out. Knows messages, but not what they are for."""

import asyncio
from typing import Protocol, cast

from fastdial.client.address import Address
from fastdial.client.errors import CannotConnect, ClientError, ConnectionCut, ProtocolBroken
from fastdial.kernel.frames import FrameSplitter, Oversized, frame
from fastdial.messages.base import Command, Event, Reply
from fastdial.messages.codec import BadMessage, decode_from_server, encode

MAX_FRAME_BYTES = 256 << 20
"""of a frame from the server: a reply to, and the event of, the largest load that can be"""


class Receiver(Protocol):
    """Who is told what came over a wire."""

    def received(self, message: Reply | Event) -> None:
        """A reply or an event."""

    def cut(self, error: ClientError) -> None:
        """The wire is gone; nothing more comes. Said once."""


class Wire(asyncio.BufferedProtocol):
    """Frames between a socket and a `Receiver`."""

    def __init__(self, receiver: Receiver, max_frame_bytes: int = MAX_FRAME_BYTES) -> None:
        self._receiver = receiver
        self._splitter = FrameSplitter(max_frame_bytes)
        self._transport: asyncio.Transport | None = None
        self._broken: ClientError | None = None
        self._out: list[bytes] = []
        self._loop = asyncio.get_running_loop()

    @staticmethod
    async def open(
        address: Address, receiver: Receiver, max_frame_bytes: int = MAX_FRAME_BYTES
    ) -> "Wire":
        """A connected wire; raises `CannotConnect`."""
        loop = asyncio.get_running_loop()

        def make() -> Wire:
            return Wire(receiver, max_frame_bytes)

        try:
            if address.path:
                _, wire = await loop.create_unix_connection(make, address.path)
            else:
                _, wire = await loop.create_connection(make, address.host, address.port)
        except OSError as error:
            raise CannotConnect(
                f"nobody answers at {address}: {error.strerror or error}; "
                "is the server running, and is this its address?"
            ) from None
        return wire

    def send(self, command: Command) -> None:
        """Send at the end of this turn of the loop, together with whatever else is sent in it."""
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(frame(encode(command)))

    def _flush(self) -> None:
        out, self._out = self._out, []
        if self._transport is not None and not self._transport.is_closing():
            self._transport.writelines(out)

    def close(self) -> None:
        """Close once everything is sent."""
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self, error: ClientError) -> None:
        """Give the connection up because of ``error``."""
        self._broken = self._broken or error
        if self._transport is not None:
            self._transport.abort()

    # --- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Room for bytes from the socket."""
        return self._splitter.get_buffer(sizehint)

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes from the socket are in the buffer."""
        for payload in self._splitter.buffer_updated(nbytes):
            if self._broken is not None:
                return
            self._take(payload)

    def _take(self, payload: bytes | Oversized) -> None:
        if isinstance(payload, Oversized):
            self.abort(ProtocolBroken(f"the server sent a frame above the limit: {payload}"))
            return
        try:
            message = decode_from_server(payload)
        except BadMessage as error:
            if error.fault.field != "type":
                self.abort(ProtocolBroken(f"the server sent what is no message: {error}"))
            # a type that we do not know: a newer server's event, for others to read
            return
        self._receiver.received(message)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed."""
        self._transport = None
        why = f": {exc}" if exc else ""
        self._receiver.cut(self._broken or ConnectionCut(f"the connection was cut{why}"))
