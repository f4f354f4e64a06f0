"""Which contact is dialed next: the first in the queue, or of the next few the one that suits.

A small team that dials ahead makes more of contacts that are not alike by choosing (decision 16):
its last free agent gets the likeliest to answer, and while more are free the least likely are
spent. Contacts are chosen among that are equals in priority, and in a random order in the round;
the first of them goes after some time whatever it is like, so that nobody is left for ever.
"""

from fastdial.engine.contact_list import ContactList
from fastdial.engine.records import Campaign
from fastdial.engine.turn import Turn
from fastdial.kernel.pacing import choose
from fastdial.kernel.ready_queue import ReadyQueue
from fastdial.rules.choosing import chooses


def up_next(turn: Turn, campaign: Campaign) -> int | None:
    """The row of the contact that goes next if nothing stands in its way; none where none is."""
    queue: ReadyQueue = turn.state.queues[campaign.campaign_id]
    if not chooses(campaign.settings) or campaign.campaign_id not in turn.state.pacing.paces:
        return queue.peek()
    rows = _equals(turn, campaign, queue)
    if len(rows) < 2:
        return rows[0] if rows else None
    contacts: ContactList = turn.state.lists[campaign.campaign_id]
    book = turn.state.pacing
    chances = [book.chance_of(campaign, contacts.at(row), turn.now) for row in rows]
    most = max(chances)
    idle, _, _ = turn.state.workforce.counts(campaign)
    chosen = choose(
        [chance / most for chance in chances],
        free=idle - people_waiting(turn, campaign),
        passed=campaign.passed,
    )
    return rows[chosen]


def people_waiting(turn: Turn, campaign: Campaign) -> int:
    """People who wait for one of its agents, whoever called them."""
    waiting = len(campaign.waiting)
    other: Campaign
    for other in turn.state.sharing_with(campaign):
        waiting += len(other.waiting)
    return waiting


def _equals(turn: Turn, campaign: Campaign, queue: ReadyQueue) -> list[int]:
    """Of the next contacts those as urgent as the first, and dialed as often."""
    rows: list[int] = queue.first(campaign.settings.pacing.choose).tolist()
    if not rows:
        return rows
    contacts: ContactList = turn.state.lists[campaign.campaign_id]
    first = contacts.at(rows[0])
    return [
        row
        for row in rows
        if (contact := contacts.at(row)).priority == first.priority
        and contact.attempts == first.attempts
    ]
