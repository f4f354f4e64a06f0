"""Where a server listens: ``unix:/run/fastdial.sock`` or ``tcp:127.0.0.1:7600``."""

from typing import NamedTuple

from fastdial.client.errors import BadAddress

MAX_PORT = 65_535


class Address(NamedTuple):
    """A Unix socket's path, or a host and a port."""

    path: str = ""
    host: str = ""
    port: int = 0

    def __str__(self) -> str:
        if self.path:
            return f"unix:{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp:{host}:{self.port}"


def parse_address(text: str) -> Address:
    """The address in ``text``; raises `BadAddress`. IPv6 hosts stand in square brackets."""
    kind, _, rest = text.partition(":")
    if kind == "unix" and rest:
        return Address(path=rest)
    host, _, port = rest.rpartition(":")
    if kind == "tcp" and host and port.isascii() and port.isdigit() and int(port) <= MAX_PORT:
        return Address(host=host.removeprefix("[").removesuffix("]"), port=int(port))
    raise BadAddress(
        f"{text!r} is not an address: write unix:/path/to.sock or tcp:host:port "
        f"with a port up to {MAX_PORT}"
    )
