"""What can go wrong between a client and a server."""

from fastdial.messages.base import Command
from fastdial.messages.errors import Fault


class ClientError(Exception):
    """Everything that a client raises."""


class BadAddress(ClientError, ValueError):
    """An address that names no socket."""


class CannotConnect(ClientError):
    """Nobody answers at the address, or the server will not have us."""


class ClientClosed(ClientError):
    """The client was closed, before or while it was asked."""


class ProtocolBroken(ClientError):
    """The server sent what the protocol does not allow; the connection was given up."""


class ConnectionCut(ClientError):
    """The connection was lost before the reply came; the command may have been done or not."""

    def __init__(self, sentence: str, command: Command | None = None) -> None:
        super().__init__(sentence)
        self.command = command


class RequestTimedOut(ClientError, TimeoutError):
    """No reply in time; the command may have been done or not.

    ``command`` is as it was sent: where it has an idempotency key, sending it again is safe.
    """

    def __init__(self, sentence: str, command: Command) -> None:
        super().__init__(sentence)
        self.command = command


class CommandRefused(ClientError):
    """The server refused the command, and nothing of it was done."""

    def __init__(self, command: Command, faults: tuple[Fault, ...]) -> None:
        said = "; ".join(f"{fault.message} ({fault.code})" for fault in faults)
        super().__init__(f"{command.__struct_config__.tag}: {said}")
        self.command = command
        self.faults = faults

    @property
    def fault(self) -> Fault:
        """The first fault."""
        return self.faults[0]
