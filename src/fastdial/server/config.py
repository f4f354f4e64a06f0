"""What a server is told: one TOML file. Every setting, default and limit is here."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from fastdial.messages.base import Settings
from fastdial.messages.codec import BadMessage
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.settings import SiteConfig
from fastdial.messages.toml import load_toml

MEMORY = ":memory:"
"""the journal path of a site that is not to outlive its process"""


LAST_PORT = 65_535


class ListenConfig(Settings, frozen=True):
    """Where to listen; at least one of the two."""

    unix: str = ""
    """path of a Unix socket"""
    tcp: Annotated[str, Meta(pattern=r"^(.+:[0-9]{1,5})?$")] = ""
    """``host:port``; port 0 takes a free one. There are no credentials yet, so the network that
    can reach it has to be trusted"""


class JournalConfig(Settings, frozen=True):
    """Where the site's record is kept."""

    path: Annotated[str, Meta(min_length=1)] = "site.journal"
    """an SQLite file, made where it is missing, or ``:memory:``"""
    snapshot_every_events: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 100_000
    """the most events that a recovery has to apply, more or less"""


class ClockConfig(Settings, frozen=True):
    """The site's time."""

    speed: Annotated[float, Meta(gt=0, le=10_000)] = 1.0
    """how many times faster than a wall clock, for demonstrations"""
    start: Annotated[datetime, Meta(tz=True)] | Annotated[int, Meta(ge=0)] | None = None
    """when a fresh site's time begins: RFC 3339 or ms since the epoch; none = now"""

    @property
    def start_at(self) -> int | None:
        """``start`` in ms since the epoch."""
        if isinstance(self.start, datetime):
            return int(self.start.timestamp() * 1_000)
        return self.start


class LimitsConfig(Settings, frozen=True):
    """How much one client, and all of them, may ask of the server."""

    frame_bytes: Annotated[int, Meta(ge=1 << 10, le=1 << 30)] = 16 << 20
    """of a frame from a client; a larger one is refused and skipped"""
    connections: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_000
    """at once; a further one is told so and closed"""
    in_flight: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_024
    """commands of one connection without a reply; past it the server stops reading from it"""
    unsent_bytes: Annotated[int, Meta(ge=1 << 10, le=1 << 30)] = 256 << 10
    """waiting for one client to read; past it the server stops reading from it"""
    subscriber_bytes: Annotated[int, Meta(ge=1 << 10, le=1 << 30)] = 8 << 20
    """live events waiting for one subscriber to read; past it its subscription is ended"""
    hello_s: Annotated[float, Meta(gt=0, le=3_600)] = 10.0
    """how long a connection may be silent before its hello"""
    stop_s: Annotated[float, Meta(ge=0, le=600)] = 5.0
    """how long a stopping server waits for its clients to read what was sent"""


class ServeConfig(Settings, frozen=True):
    """A server of one site."""

    site: SiteConfig = SiteConfig()
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    """of everything random in a fresh site"""
    listen: ListenConfig = ListenConfig()
    journal: JournalConfig = JournalConfig()
    clock: ClockConfig = ClockConfig()
    limits: LimitsConfig = LimitsConfig()


def parse_config(text: str | bytes) -> ServeConfig:
    """The configuration in a TOML text; raises `BadMessage` that names the field at fault."""
    config = load_toml(text, ServeConfig)
    if not config.listen.unix and not config.listen.tcp:
        raise BadMessage(
            Fault(
                ErrorCode.MISSING_FIELD,
                "the server is to listen nowhere: give `listen.unix` a path, or `listen.tcp` "
                "a host:port",
                "listen",
            )
        )
    # the event loop would take it modulo 65,536
    port = config.listen.tcp.rpartition(":")[2]
    if port and int(port) > LAST_PORT:
        raise BadMessage(
            Fault(ErrorCode.INVALID_VALUE, f"port {port} is above {LAST_PORT}", "listen.tcp")
        )
    return config


def read_config(path: str | Path) -> ServeConfig:
    """The configuration in a file; raises `OSError` or `BadMessage`."""
    return parse_config(Path(path).read_bytes())
