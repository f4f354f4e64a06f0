"""What the page on campaigns shows is taken."""

import re
from pathlib import Path

import msgspec

from fastdial import Site
from fastdial.messages.commands import CampaignCreate, SiteConfigure
from fastdial.messages.replies import Error
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.words import DialingMode

PAGE = (Path(__file__).parents[2] / "docs" / "campaigns.md").read_text()


def blocks() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_settings_on_the_page_are_settings_of_a_campaign_or_site() -> None:
    limits, agentless, guide = blocks()
    of_site, of_campaign = limits.split("# a campaign\n")
    site = Site()
    config = msgspec.toml.decode(of_site, type=SiteConfig)
    assert config.limits.trunks["warsaw"].calls == 60
    assert not isinstance(site.handle(SiteConfigure(config=config), 1).reply, Error)
    for text in (of_campaign, agentless, guide):
        settings = msgspec.toml.decode(f'name = "x"\n{text}', type=CampaignSettings)
        assert settings != CampaignSettings(name="x")
        reply = site.handle(CampaignCreate(settings=settings), 2).reply
        assert not isinstance(reply, Error), reply.faults


def test_every_mode_is_on_the_page() -> None:
    for mode in DialingMode:
        assert f"| `{mode.value}`" in PAGE
