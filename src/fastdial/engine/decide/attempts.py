"""Limits on the attempts to a contact and to each of its numbers: a check of the gate (CA-9)."""

from fastdial.engine.contact_list import Contact
from fastdial.engine.decide.obstacles import Obstacle
from fastdial.engine.records import Campaign
from fastdial.engine.turn import Turn
from fastdial.messages.settings import RetrySettings


def used_up(turn: Turn, campaign: Campaign, contact: Contact, number_index: int) -> Obstacle | None:
    """No attempt is left: for the contact, or at this number."""
    retries: RetrySettings = campaign.settings.retries
    record = contact.record
    if record.attempts >= retries.max_attempts:
        values: dict[str, str | int] = {
            "attempts": record.attempts,
            "allowed": retries.max_attempts,
        }
        return Obstacle("CA-9", "max_attempts", None, values, (True,) * record.number_count)
    allowed = retries.max_attempts_per_number
    if allowed is None or record.number_attempts(number_index) < allowed:
        return None
    spent = tuple([record.number_attempts(i) >= allowed for i in range(record.number_count)])
    values = {"attempts": record.number_attempts(number_index), "allowed": allowed}
    return Obstacle("CA-9", "max_attempts_per_number", None, values, spent)
