"""One connection: frames in, replies and events out, and back-pressure both ways."""

import asyncio
import logging
import time
from collections import deque
from typing import Protocol, cast

from fastdial import __version__
from fastdial.kernel.frames import FrameSplitter, Oversized, frame, join
from fastdial.messages.base import Command, Reply
from fastdial.messages.codec import BadMessage, Encoding, decode_command, encode, encoding_of
from fastdial.messages.commands import Hello, Ping, Subscribe, Unsubscribe
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.replies import Error, Ok, Pong, Subscribed, Welcome
from fastdial.server.config import LimitsConfig
from fastdial.server.feed import Subscription
from fastdial.server.host import SiteHost

log = logging.getLogger("fastdial.server")

PROTOCOL = 1
TURN_S = 0.002
"""after so much work for one connection the others get their turn"""


class House(Protocol):
    """What a session needs of its server."""

    host: SiteHost
    limits: LimitsConfig
    stopping: bool

    def came(self, session: "Session") -> bool:
        """A connection is there; false where there is no room for it."""

    def left(self, session: "Session") -> None:
        """A connection is gone."""

    def to_flush(self, session: "Session") -> None:
        """The session has something to send at the end of this turn."""

    def flush(self) -> None:
        """Let all sessions send what they have."""


class Session(asyncio.BufferedProtocol):
    """A client's connection. Its memory is bounded by the limits of the configuration."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._limits = house.limits
        self._host = house.host
        self._splitter = FrameSplitter(house.limits.frame_bytes)
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._hello_timer: asyncio.TimerHandle | None = None
        self._greeted = False
        self._unwanted = False
        self._encoding = Encoding.MSGPACK
        self._backlog: deque[bytes | Oversized] = deque()
        self._in_flight = 0
        self._reading = True
        self._work_planned = False
        self._ended = False
        self._out: list[bytes] = []
        self._out_bytes = 0
        self._stuck = False
        self._writable = asyncio.Event()
        self._writable.set()
        self._subscription: Subscription | None = None
        self.client = ""
        """the name given with hello"""

    # --- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast(asyncio.Transport, transport)
        if self._house.stopping:
            self._transport.abort()
            return
        if not self._house.came(self):
            sentence = f"all {self._limits.connections} connections are taken: try again later"
            self._refuse(0, Fault(ErrorCode.TOO_MANY_CONNECTIONS, sentence), self._encoding)
            self.flush()
            # closed when its hello is there: to one who still writes a closed socket is an error
            self._unwanted = True
        self._transport.set_write_buffer_limits(high=self._limits.unsent_bytes)
        self._hello_timer = self._loop.call_later(self._limits.hello_s, self._no_hello)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed."""
        self._transport = None
        self._backlog.clear()
        self._out.clear()
        self._writable.set()
        if self._hello_timer is not None:
            self._hello_timer.cancel()
        self._unsubscribe()
        self._house.left(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Room for bytes from the socket."""
        return self._splitter.get_buffer(sizehint)

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes from the socket are in the buffer."""
        if self._unwanted:
            self.close()
            return
        payloads = self._splitter.buffer_updated(nbytes)
        if self._backlog or self._work_planned:
            self._backlog.extend(payloads)
            self._plan_work()
            return
        give_way_s = time.monotonic() + TURN_S
        for place, payload in enumerate(payloads):
            if not self._may_take():
                self._backlog.extend(payloads[place:])
                break
            self._take(payload)
            if time.monotonic() > give_way_s:
                # more may come within this turn of the loop: it waits for the next one as well
                self._backlog.extend(payloads[place + 1 :])
                self._plan_work()
                break
        self._house.flush()
        if self._backlog or self._work_planned or not self._may_take():
            self._read_or_wait()

    def eof_received(self) -> bool:
        """The client sends nothing more: answer what it asked, then close."""
        self._ended = True
        self._unsubscribe()
        self._close_if_done()
        return True

    def pause_writing(self) -> None:
        """The client does not read as fast as we write."""
        self._stuck = True
        self._writable.clear()

    def resume_writing(self) -> None:
        """The client has read nearly everything."""
        self._stuck = False
        self._writable.set()
        self._work()

    # --- commands

    def _work(self) -> None:
        """Take what has come, as far as the limits allow, and read on or wait."""
        self._work_planned = False
        if self._transport is None:
            return
        backlog = self._backlog
        give_way_s = time.monotonic() + TURN_S
        while backlog and self._may_take():
            self._take(backlog.popleft())
            if time.monotonic() > give_way_s:
                break
        self._house.flush()
        if backlog and self._may_take():
            self._plan_work()
        self._read_or_wait()
        if self._ended:
            self._close_if_done()

    def _plan_work(self) -> None:
        if not self._work_planned:
            self._work_planned = True
            self._loop.call_soon(self._work)

    def _read_or_wait(self) -> None:
        """Tell the transport whether to read."""
        transport = self._transport
        if transport is None or self._ended or transport.is_closing():
            return
        reading = not self._backlog and not self._work_planned and self._may_take()
        if reading != self._reading:
            self._reading = reading
            if reading:
                transport.resume_reading()
            else:
                transport.pause_reading()

    def _may_take(self) -> bool:
        return self._in_flight < self._limits.in_flight and not self._stuck

    def _take(self, payload: bytes | Oversized) -> None:
        if isinstance(payload, Oversized):
            sentence = (
                f"a frame may have {self._limits.frame_bytes} bytes; this one was larger and was "
                "skipped: send it in parts"
            )
            self._refuse(0, Fault(ErrorCode.FRAME_TOO_LARGE, sentence), self._encoding)
            return
        encoding = encoding_of(payload)
        try:
            command = decode_command(payload)
        except BadMessage as error:
            self._refuse(error.id, error.fault, encoding)
            return
        self._encoding = encoding
        self._answer_or_pass_on(command, encoding)

    def _answer_or_pass_on(self, command: Command, encoding: Encoding) -> None:
        kind = type(command)
        if kind is Hello:
            self._hello(cast(Hello, command), encoding)
        elif not self._greeted:
            sentence = f'say hello first: {{"type": "hello", "protocol": {PROTOCOL}}}'
            self._refuse(command.id, Fault(ErrorCode.HELLO_REQUIRED, sentence), encoding)
        elif kind is Ping:
            self._reply(Pong(id=command.id, now=self._host.clock.now()), encoding)
        elif self._house.stopping:
            sentence = "the server is stopping; nothing was done: ask again when it is back"
            self._refuse(command.id, Fault(ErrorCode.SERVER_STOPPING, sentence), encoding)
        elif kind is Subscribe:
            self._subscribe(cast(Subscribe, command), encoding)
        elif kind is Unsubscribe:
            self._end_subscription(command, encoding)
        else:
            self._in_flight += 1
            self._host.command(command, self, encoding)

    def _hello(self, hello: Hello, encoding: Encoding) -> None:
        if hello.protocol != PROTOCOL:
            sentence = f"protocol {hello.protocol} is not spoken here; protocol {PROTOCOL} is"
            fault = Fault(ErrorCode.UNSUPPORTED_PROTOCOL, sentence, "protocol")
            self._refuse(hello.id, fault, encoding)
            return
        self._greeted = True
        self.client = hello.client
        if self._hello_timer is not None:
            self._hello_timer.cancel()
        self._reply(
            Welcome(
                id=hello.id,
                protocol=PROTOCOL,
                server=f"fastdial {__version__}",
                site=self._host.site.config.name,
                now=self._host.clock.now(),
                speed=self._host.clock.speed,
                last_seq=self._host.feed.published,
                max_frame_bytes=self._limits.frame_bytes,
            ),
            encoding,
        )

    def _no_hello(self) -> None:
        if self._unwanted:
            self.close()
            return
        sentence = f"no hello within {self._limits.hello_s:g} s"
        self._refuse(0, Fault(ErrorCode.HELLO_REQUIRED, sentence), self._encoding)
        self.flush()
        self.close()

    def _subscribe(self, command: Subscribe, encoding: Encoding) -> None:
        if self._subscription is not None:
            sentence = "this connection has a subscription: unsubscribe first, or connect again"
            self._refuse(command.id, Fault(ErrorCode.ALREADY_SUBSCRIBED, sentence), encoding)
            return
        newest = self._host.site.last_seq
        if command.after is not None and command.after > newest:
            sentence = f"there is no event {command.after} yet: the newest is {newest}"
            fault = Fault(ErrorCode.INVALID_VALUE, sentence, "after")
            self._refuse(command.id, fault, encoding)
            return
        subscription = Subscription(self, command, encoding)
        if command.after is None:
            subscription.position = self._host.feed.published
        self._subscription = subscription
        self._reply(Subscribed(id=command.id, after=subscription.position), encoding)
        self._host.feed.begin(subscription)

    def _end_subscription(self, command: Command, encoding: Encoding) -> None:
        if self._subscription is None:
            sentence = "this connection has no subscription"
            self._refuse(command.id, Fault(ErrorCode.NOT_SUBSCRIBED, sentence), encoding)
            return
        self._unsubscribe()
        self._reply(Ok(id=command.id), encoding)

    def _unsubscribe(self) -> None:
        if self._subscription is not None:
            self._host.feed.end(self._subscription)
            self._subscription = None

    # --- replies and events

    def answer(self, payload: bytes) -> None:
        """A reply of the site."""
        self._in_flight -= 1
        self.push(payload)
        # only once half of the room is free, so that reading is not switched to and fro
        roomy = 2 * self._in_flight <= self._limits.in_flight
        if roomy and not self._reading:
            self._plan_work()
        if self._ended:
            self._close_if_done()

    def push(self, payload: bytes) -> None:
        """Send at the next flush."""
        if self._transport is None:
            return
        if not self._out:
            self._house.to_flush(self)
        self._out.append(payload)
        self._out_bytes += len(payload)

    def flush(self) -> None:
        """Send what has been pushed."""
        out = self._out
        if not out:
            return
        self._out = []
        self._out_bytes = 0
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame(out[0]) if len(out) == 1 else join(out))

    def keeps_up(self) -> bool:
        """Whether there is room for a live event."""
        if self._transport is None:
            return False
        unsent = self._out_bytes
        if self._stuck:
            unsent += self._transport.get_write_buffer_size()
        return unsent < self._limits.subscriber_bytes

    async def writable(self) -> None:
        """Return when the client has read nearly everything, or is gone."""
        await self._writable.wait()

    def subscription_ended(self, subscription: Subscription) -> None:
        """The client reads events more slowly than they come."""
        self._subscription = None
        sentence = (
            f"more than {self._limits.subscriber_bytes} bytes of events wait to be read, so the "
            f"subscription was ended; subscribe again with after = {subscription.position}"
        )
        fault = Fault(ErrorCode.SUBSCRIBER_TOO_SLOW, sentence)
        self._refuse(subscription.id, fault, subscription.encoding)

    def _reply(self, reply: Reply, encoding: Encoding) -> None:
        self.push(encode(reply, encoding))

    def _refuse(self, number: int, fault: Fault, encoding: Encoding) -> None:
        self._reply(Error(id=number, faults=(fault,)), encoding)

    # --- the end

    def _close_if_done(self) -> None:
        if self._in_flight == 0 and not self._backlog:
            self.close()

    def close(self) -> None:
        """Close once everything pushed is sent."""
        self.flush()
        if self._transport is not None:
            self._transport.close()

    def give_up(self, reason: str) -> None:
        """Close at once."""
        log.warning("a connection of %r was closed: %s", self.client, reason)
        if self._transport is not None:
            self._transport.abort()
