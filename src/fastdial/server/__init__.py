"""The server of one site: sockets, sessions, subscriptions, and the journal under them."""

from fastdial.server.app import run
from fastdial.server.config import ServeConfig, parse_config, read_config
from fastdial.server.server import Server

__all__ = ["ServeConfig", "Server", "parse_config", "read_config", "run"]
