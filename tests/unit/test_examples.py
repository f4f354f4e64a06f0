"""The example files are what they say they are."""

import subprocess
import sys
from pathlib import Path
from typing import TypeGuard

import phonenumbers
import pytest

from fastdial.cli.lists.contacts import ListedContact, read_contacts
from fastdial.messages.errors import RefusedRow
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.toml import load_toml
from fastdial.rules.codes import code_of
from fastdial.server import ServeConfig
from fastdial.simulation.scenario import Scenario

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("campaign.toml", CampaignSettings), ("site.toml", ServeConfig), ("scenario.toml", Scenario)],
)
def test_configuration_files_are_valid(name: str, kind: type) -> None:
    load_toml((EXAMPLES / name).read_bytes(), kind)


def test_every_code_that_the_agents_give_is_one_of_the_campaign() -> None:
    campaign = load_toml((EXAMPLES / "campaign.toml").read_bytes(), CampaignSettings)
    scenario = load_toml((EXAMPLES / "scenario.toml").read_bytes(), Scenario)
    for group in scenario.agents:
        for code in (*group.codes, group.short_talk_code):
            assert code_of(campaign, code) is not None, code


def test_the_contact_list_is_what_its_script_writes() -> None:
    made = subprocess.run(
        [sys.executable, str(EXAMPLES / "make_contacts.py")], capture_output=True, check=True
    )
    assert made.stdout == (EXAMPLES / "contacts.csv").read_bytes()


def test_the_contact_list_has_at_least_10_000_contacts_and_rows_that_are_wrong() -> None:
    rows = list(read_contacts(EXAMPLES / "contacts.csv"))
    good = {row.contact["contact_key"] for row in rows if is_good(row)}
    assert len(good) == 12_000
    assert sum(not is_good(row) for row in rows) == 24


def is_good(row: ListedContact | RefusedRow) -> TypeGuard[ListedContact]:
    return isinstance(row, ListedContact) and "mistake" not in row.contact["variables"]["name"]


def test_every_number_of_a_good_row_is_possible_and_in_e164() -> None:
    for row in read_contacts(EXAMPLES / "contacts.csv"):
        for number in row.contact["numbers"] if is_good(row) else ():
            parsed = phonenumbers.parse(number)
            assert phonenumbers.is_possible_number(parsed), number
            assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number
