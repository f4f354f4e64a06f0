"""Rules of law and of codes of conduct about calling hours, as data with sources and dates.

This is data and no legal advice: laws change, apply to some calls and not to others, and know
exceptions that no table holds. Whoever calls is answerable for what is called.

One TOML file for each jurisdiction, ``NAME.toml``, holds a `Preset`.
"""

from functools import cache
from importlib import resources
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fastdial.messages.base import Settings
from fastdial.messages.windows import LocalDay, RegionRule


class PresetRule(RegionRule, frozen=True, kw_only=True):
    """A rule with where it comes from."""

    source: Annotated[str, Meta(min_length=1)]
    """the law or code, and where in it"""
    url: Annotated[str, Meta(min_length=1)]
    """where it, or what tells of it, was read"""
    as_of: LocalDay
    """the day whose state of the law this is meant to be"""
    confidence: Literal["read", "reported", "recalled"]
    """``read``: compared with the text of the rule; ``reported``: with what others say of it;
    ``recalled``: with neither, so look before you rely on it"""
    note: str = ""


class Preset(Settings, frozen=True, kw_only=True):
    """The rules of one jurisdiction."""

    title: Annotated[str, Meta(min_length=1)]
    note: str = ""
    rules: Annotated[tuple[PresetRule, ...], Meta(min_length=1)]


@cache
def presets() -> dict[str, Preset]:
    """Every preset by name, in the order of names."""
    files = [one for one in resources.files(__name__).iterdir() if one.name.endswith(".toml")]
    return {
        one.name.removesuffix(".toml"): msgspec.toml.decode(one.read_bytes(), type=Preset)
        for one in sorted(files, key=lambda one: one.name)
    }
