"""The gate: the one place that asks whether a contact may be dialed at a number now.

The checks are asked in order, and the first obstacle is the answer. Each looks at a few values and
costs about as much as a look into a dict; none walks over contacts.
"""

from fastdial.engine.contact_list import Contact
from fastdial.engine.decide.attempts import used_up
from fastdial.engine.decide.compliance import capped, excluded, quiet_after_abandoned
from fastdial.engine.decide.obstacles import Obstacle
from fastdial.engine.records import Campaign
from fastdial.engine.turn import Turn


def _live_number(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> Obstacle | None:
    call_id = turn.state.live_numbers.get(contact.record.number(number_index))
    if call_id is None:
        return None
    return Obstacle(NUMBER_LIVE, "number_live", None, {"call_id": call_id})


def _window(turn: Turn, campaign: Campaign, contact: Contact, number_index: int) -> Obstacle | None:
    key = contact.window_key(number_index)
    window = turn.state.windows[campaign.campaign_id].state(key, turn.now)
    if window.open:
        return None
    return Obstacle("CO-1", window.reason, window.look_again_at, dict(window.values))


NUMBER_LIVE = "CA-8"
"""the rule of the one obstacle that a contact waits out in `ContactState.HELD`"""


def obstacle(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> Obstacle | None:
    """The first thing that stands in the way of dialing the queue's best contact at this number.

    Its window is open: the queue gives no contact of a closed class.
    """
    return (
        _live_number(turn, campaign, contact, number_index)
        or used_up(turn, campaign, contact, number_index)
        or excluded(turn, campaign, contact, number_index)
        or quiet_after_abandoned(turn, campaign, contact, number_index)
        or capped(turn, campaign, contact, number_index)
    )


def obstacle_to_chosen(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> Obstacle | None:
    """The same for a contact or number that somebody chose, whom no queue held back (CO-1)."""
    found = obstacle(turn, campaign, contact, number_index)
    return _window(turn, campaign, contact, number_index) if found is None else found


def obstacle_to_promise(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> Obstacle | None:
    """The same for a contact that was promised a call, for which an agent is reserved (CB-11).

    So the quiet after an abandoned call does not stand in the way, whatever the campaign's mode
    (rule CO-7).
    """
    return (
        _live_number(turn, campaign, contact, number_index)
        or used_up(turn, campaign, contact, number_index)
        or excluded(turn, campaign, contact, number_index)
        or capped(turn, campaign, contact, number_index)
        or _window(turn, campaign, contact, number_index)
    )


def obstacle_to_previewed(
    turn: Turn, campaign: Campaign, contact: Contact, number_index: int
) -> Obstacle | None:
    """The same for the contact on an agent's screen, with a callback or without."""
    if turn.state.callbacks.by_row.get(contact.row) is not None:
        return obstacle_to_promise(turn, campaign, contact, number_index)
    return obstacle_to_chosen(turn, campaign, contact, number_index)
