"""The site's own configuration."""

from fastdial.engine.turn import Turn
from fastdial.messages.base import Reply
from fastdial.messages.commands import SiteConfigure
from fastdial.messages.events import SiteConfigured
from fastdial.messages.replies import Ok


def configure(turn: Turn, command: SiteConfigure) -> Reply:
    """The configuration from now on."""
    if command.config != turn.state.records.config:
        turn.emit(SiteConfigured(config=command.config))
    return Ok()
