"""Embedding: the example does what the README says, and bad input from embedders is refused."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fastdial import Site
from fastdial.messages.base import Command
from fastdial.messages.codec import decode_command, decode_event, encode
from fastdial.messages.commands import AgentLogin, CampaignCreate, ContactsLoad, SiteConfigure
from fastdial.messages.errors import ErrorCode
from fastdial.messages.replies import CampaignReply, Error, LoadReply
from fastdial.messages.settings import CampaignSettings, SiteConfig
from fastdial.messages.windows import WeeklyHours, WindowSettings
from fastdial.messages.words import DialingMode

EXAMPLE = Path(__file__).parents[2] / "examples" / "embed.py"


def test_the_embedding_example_works_through_its_campaign() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE)], capture_output=True, text=True, check=True
    )
    lines = done.stdout.split()
    assert lines.count("DialRequested") == 4, "three contacts, one of them twice"
    assert lines.count("CallWrappedUp") == 3
    assert lines[-1] == "CampaignStateChanged", "finished"
    assert "Error" not in lines


def test_the_embedding_example_is_short() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 60


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (
            CampaignCreate(settings=CampaignSettings(name="x"), campaign_id="five"),
            ErrorCode.INVALID_VALUE,
            "campaign_id",
        ),
        (
            CampaignCreate(settings=CampaignSettings(name="x"), campaign_id="00001\n"),
            ErrorCode.INVALID_VALUE,
            "campaign_id",
        ),
        (
            CampaignCreate(settings=CampaignSettings(name="x", last_day="2026-03-02\n")),
            ErrorCode.INVALID_VALUE,
            "settings.last_day",
        ),
        (
            SiteConfigure(config=SiteConfig(default_region="GB\n")),
            ErrorCode.INVALID_VALUE,
            "config.default_region",
        ),
        (
            CampaignCreate(settings=CampaignSettings(name="")),
            ErrorCode.INVALID_VALUE,
            "settings.name",
        ),
        (
            CampaignCreate(settings=CampaignSettings(name="x", ring_s="long")),  # type: ignore[arg-type] # on purpose
            ErrorCode.WRONG_TYPE,
            "settings.ring_s",
        ),
        (AgentLogin(agent_id=""), ErrorCode.INVALID_VALUE, "agent_id"),
        (AgentLogin(agent_id="ann", name="\ud800"), ErrorCode.WRONG_TYPE, ""),
        (AgentLogin(agent_id="ann", id=2**70), ErrorCode.WRONG_TYPE, ""),
        (
            SiteConfigure(config=SiteConfig(silence_s=-5)),
            ErrorCode.INVALID_VALUE,
            "config.silence_s",
        ),
    ],
)
def test_what_no_socket_would_let_through_is_refused_from_an_embedder_too(
    command: Command, code: ErrorCode, field: str
) -> None:
    site = Site()
    reply, events = site.handle(command, 1_000)
    assert isinstance(reply, Error)
    assert (reply.fault.code, reply.fault.field, events) == (code, field, [])
    assert site.state_hash() == Site().state_hash()


def test_text_that_cannot_be_written_down_is_refused_in_its_row() -> None:
    site = Site()
    site.handle(CampaignCreate(settings=CampaignSettings(name="x")), 1_000)
    good = {"contact_key": "good", "numbers": ["+442079460001"]}
    bad = {"contact_key": "bad", "numbers": ["+442079460001"], "variables": {"name": "\udfff"}}
    long = {"contact_key": "ł" * 33, "numbers": ["+442079460001"]}
    reply, events = site.handle(
        ContactsLoad(campaign_id="00001", contacts=[good, bad, long]), 1_000
    )
    assert isinstance(reply, LoadReply)
    assert [(row.row, row.field) for row in reply.refused] == [(2, ""), (3, "contact_key")]
    for event in events:
        assert decode_event(encode(event)) == event


def test_a_load_under_a_key_with_what_cannot_be_written_down_is_refused() -> None:
    """JSON has integers of any size, and the key remembers a digest of the whole command."""
    site = Site()
    site.handle(CampaignCreate(settings=CampaignSettings(name="x")), 1_000)
    before = site.state_hash()
    load = b'{"type": "contacts.load", "campaign_id": "00001", "contacts": [{"x": %d}], '
    command = decode_command(load % 10**30 + b'"idempotency_key": "once"}')
    reply, events = site.handle(command, 1_000)
    assert isinstance(reply, Error)
    assert (reply.fault.code, events) == (ErrorCode.INVALID_VALUE, [])
    assert site.state_hash() == before


def test_a_command_sent_again_under_its_key_gets_its_first_reply_and_changes_nothing() -> None:
    site = Site(SiteConfig(remember_keys_s=10))
    create = CampaignCreate(id=1, settings=CampaignSettings(name="x"), idempotency_key="once")
    first, _ = site.handle(create, 1_000)
    again, events = site.handle(msgspec.structs.replace(create, id=2), 10_999)
    assert (msgspec.structs.replace(again, id=1), again.id, events) == (first, 2, [])
    other, events = site.handle(AgentLogin(agent_id="ann", idempotency_key="once"), 10_999)
    assert isinstance(other, Error)
    assert (other.fault.code, events) == (ErrorCode.KEY_REUSED, [])
    later, _ = site.handle(create, 11_000)
    assert isinstance(later, CampaignReply)
    assert later.campaign.campaign_id == "00002"


def test_keys_are_forgotten_though_one_of_them_is_used_again_and_again() -> None:
    site = Site(SiteConfig(remember_keys_s=10))
    for second in range(0, 100, 11):
        for key in ("every time", f"once at {second}"):
            login = AgentLogin(agent_id=key, name=f"at {second}", idempotency_key=key)
            site.handle(login, second * 1_000)
    assert list(site._state.records.remembered) == ["every time", "once at 99"]


def test_lists_and_words_of_an_embedder_are_taken_as_a_socket_would_take_them() -> None:
    site = Site()
    teams: Any = ["sales"]
    hours: Any = [WeeklyHours()]
    mode: Any = "predictive"
    windows = WindowSettings(weekly=hours)
    settings = CampaignSettings(name="x", mode=mode, teams=teams, windows=windows)
    reply, _ = site.handle(CampaignCreate(settings=settings), 0)
    assert isinstance(reply, CampaignReply)
    assert reply.campaign.settings.mode is DialingMode.PREDICTIVE
    assert reply.campaign.settings.teams == ("sales",)
    reply, events = site.handle(AgentLogin(agent_id="ann", teams=teams), 0)
    assert not isinstance(reply, Error)
    assert [event.seq for event in events] == [2, 3]
