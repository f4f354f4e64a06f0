"""Campaigns without agents: what is played, and what the keys mean (rule CA-14)."""

from typing import Annotated

from msgspec import Meta

from fastdial.messages.base import Settings


class KeyMeaning(Settings, frozen=True):
    """What a customer says by pressing some keys, one after another."""

    keys: Annotated[str, Meta(pattern="^[0-9*#]{1,8}$", max_length=8)]
    code: Annotated[str, Meta(min_length=1, max_length=32)]
    """the wrap-up code, of the campaign or built in, that decides what becomes of the contact"""
    message: Annotated[str, Meta(max_length=200)] = ""
    """what the telephony side plays before it ends the call"""


class AgentlessSettings(Settings, frozen=True):
    """How a campaign in ``agentless`` mode is paced, and what it says."""

    lines: Annotated[int, Meta(ge=1, le=100_000)] = 1
    """calls at once, by which it is paced"""
    message: Annotated[str, Meta(max_length=200)] = ""
    """what the telephony side plays to a person who answers"""
    message_s: Annotated[int, Meta(ge=1, le=1_800)] = 120
    """the longest that it lasts"""
    keys: Annotated[tuple[KeyMeaning, ...], Meta(max_length=100)] = ()
    """none: nothing is asked, and the call ends with the message"""
    key_s: Annotated[int, Meta(ge=1, le=120)] = 10
    """how long a customer has for each key, from the end of the message or the key before"""
    tries: Annotated[int, Meta(ge=1, le=10)] = 3
    """how often keys that mean nothing are taken before the call is ended"""
    no_key_code: Annotated[str, Meta(max_length=32)] = ""
    """the wrap-up code where no keys that mean something were pressed; empty: done"""
