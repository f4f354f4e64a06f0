"""The site's own configuration."""

from collections.abc import Iterator

from fastdial.engine.turn import Refused, Turn
from fastdial.messages.base import Reply
from fastdial.messages.commands import SiteConfigure
from fastdial.messages.compliance import SiteCompliance
from fastdial.messages.errors import ErrorCode, Fault
from fastdial.messages.events import SiteConfigured
from fastdial.messages.replies import Ok
from fastdial.messages.settings import SiteConfig
from fastdial.rules import callbacks
from fastdial.rules.compliance.checks import campaign_faults, site_faults


def configure(turn: Turn, command: SiteConfigure) -> Reply:
    """The configuration from now on."""
    _check(turn, command.config)
    if command.config != turn.state.records.config:
        turn.emit(SiteConfigured(config=command.config))
    return Ok()


def _check(turn: Turn, config: SiteConfig) -> None:
    faults = (
        *_faults(turn, config.compliance),
        *(
            Fault(ErrorCode.INVALID_VALUE, sentence, field)
            for field, sentence in callbacks.site_faults(config.callbacks)
        ),
    )
    if faults:
        raise Refused(*faults)


def _faults(turn: Turn, compliance: SiteCompliance) -> Iterator[Fault]:
    for field, sentence in site_faults(compliance):
        yield Fault(ErrorCode.INVALID_VALUE, sentence, field)
    for campaign in turn.state.records.campaigns.values():
        for _, sentence in campaign_faults(campaign.settings, compliance):
            yield Fault(
                ErrorCode.INVALID_VALUE,
                f"campaign {campaign.campaign_id!r} would not fit: {sentence}",
                "config.compliance",
            )
