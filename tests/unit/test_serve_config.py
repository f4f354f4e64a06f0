"""A server's configuration says what is wrong with it, and where."""

import tomllib
from pathlib import Path

import pytest

from fastdial.messages.codec import BadMessage
from fastdial.server import ServeConfig, parse_config

WHOLE = """
seed = 7
[site]
name = "Gdańsk"
default_region = "PL"
[listen]
unix = "/run/fastdial.sock"
tcp = "127.0.0.1:7600"
[journal]
path = ":memory:"
snapshot_every_events = 5000
[clock]
speed = 60
start = 2026-03-02T09:00:00Z
[limits]
in_flight = 16
"""


def test_a_whole_file() -> None:
    config = parse_config(WHOLE)
    assert (config.seed, config.site.name, config.site.default_region) == (7, "Gdańsk", "PL")
    assert config.listen.tcp == "127.0.0.1:7600"
    assert config.clock.start_at == 1_772_442_000_000
    assert (config.clock.speed, config.limits.in_flight) == (60.0, 16)


@pytest.mark.parametrize("start", ['"2026-03-02T10:00:00+01:00"', "1772442000000"])
def test_a_start_is_an_instant_however_it_is_written(start: str) -> None:
    config = parse_config(f'[listen]\nunix = "x"\n[clock]\nstart = {start}')
    assert config.clock.start_at == 1_772_442_000_000


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        ("", "listen", "listen nowhere"),
        ("[listen]\nunx = 'x'", "listen.unx", "not known here"),
        ("[listen]\ntcp = 'somewhere'", "listen.tcp", "Expected `str` matching regex"),
        ("[listen]\ntcp = '127.0.0.1:65536'", "listen.tcp", "above 65535"),
        ("[listen]\nunix='x'\n[clock]\nspeed = 0", "clock.speed", "> 0"),
        ("[listen]\nunix='x'\n[clock]\nstart = 2026-03-02T09:00:00", "clock.start", "timezone"),
        ("[listen]\nunix='x'\n[site]\nsilence_s = 'x'", "site.silence_s", "Expected `int`"),
        ("[listen]\nunix='x'\n[limits]\nin_flight = 0", "limits.in_flight", ">= 1"),
        ("listen =", "", "not TOML"),
    ],
)
def test_what_is_wrong_is_named(text: str, field: str, said: str) -> None:
    with pytest.raises(BadMessage, match=said) as bad:
        parse_config(text)
    assert bad.value.fault.field == field


def test_the_guide_shows_every_setting_with_its_default() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "server.md").read_text(encoding="utf-8")
    text = guide.split("```toml\n")[1].split("```")[0]
    shown = parse_config(text)
    assert shown == ServeConfig(listen=shown.listen)
    sections = tomllib.loads(text.replace("# start", "start"))
    for name in ("listen", "journal", "clock", "limits"):
        assert set(sections[name]) == set(getattr(shown, name).__struct_fields__)
    assert set(sections) == set(ServeConfig.__struct_fields__)
