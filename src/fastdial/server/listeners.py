"""Sockets to listen on."""

import asyncio
import contextlib
import os
import socket
import stat
from collections.abc import Callable

from fastdial.server.config import ListenConfig

SOCKET_MODE = 0o660
"""a Unix socket is for its owner and group"""


class CannotListen(Exception):
    """An address that cannot be listened on."""


class Listeners:
    """The open listening sockets."""

    def __init__(self) -> None:
        self._servers: list[asyncio.Server] = []
        self._unix = ""
        self.addresses: list[str] = []
        """as a client takes them"""

    async def open(self, config: ListenConfig, make: Callable[[], asyncio.BaseProtocol]) -> None:
        """Listen as ``config`` says; raises `CannotListen`."""
        loop = asyncio.get_running_loop()
        try:
            if config.unix:
                _refuse_if_in_use(config.unix)
                server = await loop.create_unix_server(make, config.unix, backlog=1_024)
                self._servers.append(server)
                self._unix = config.unix
                os.chmod(config.unix, SOCKET_MODE)
                self.addresses.append(f"unix:{config.unix}")
            if config.tcp:
                host, _, port = config.tcp.rpartition(":")
                host = host.removeprefix("[").removesuffix("]")
                server = await loop.create_server(make, host, int(port), backlog=1_024)
                self._servers.append(server)
                self.addresses += [_tcp_address(one) for one in server.sockets]
        except (OSError, OverflowError) as error:
            self.close()
            where = f"unix:{config.unix}" if not self.addresses and config.unix else config.tcp
            raise CannotListen(f"cannot listen on {where}: {error}") from None

    def close(self) -> None:
        """Accept nothing more."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        if self._unix:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._unix)
            self._unix = ""


def _refuse_if_in_use(path: str) -> None:
    """Raise `CannotListen` where somebody answers at ``path``; a socket nobody owns may go."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            raise CannotListen(f"cannot listen on unix:{path}: a file that is no socket is there")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return
    raise CannotListen(f"cannot listen on unix:{path}: another process listens there")


def _tcp_address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"tcp:[{host}]:{port}" if ":" in host else f"tcp:{host}:{port}"
