"""`State`: the records of a site and the indexes over them, and how both are written down."""

from bisect import insort
from collections.abc import Iterable
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

from fastdial.engine.callback_book import CallbackBook
from fastdial.engine.compliance import Compliance
from fastdial.engine.contact_list import ROW_BITS, SHARED_CLASS, Contact, ContactList
from fastdial.engine.limits import LaunchBook
from fastdial.engine.lines import is_prepared
from fastdial.engine.pacing import ELSEWHERE, PacingBook
from fastdial.engine.records import (
    Agent,
    Call,
    Campaign,
    Records,
    TimerKind,
    timer_id,
)
from fastdial.engine.slots import SlotBook
from fastdial.engine.snapshot import (
    DECODER,
    ENCODER,
    SNAPSHOT_VERSION,
    Snapshot,
    of_another_version,
    why_not_read,
)
from fastdial.engine.workforce import Workforce
from fastdial.kernel.pace import Pace
from fastdial.kernel.ready_queue import ReadyQueue
from fastdial.kernel.sharing import Sharing
from fastdial.kernel.timers import Timers
from fastdial.messages.settings import SiteConfig
from fastdial.messages.words import CallState, CampaignState, DialingMode
from fastdial.rules.windows import Windows, windows_of

CLASS_BITS = 28
"""of a window class within its campaign, in the number of a timer's subject"""

_ROW_MASK = (1 << ROW_BITS) - 1


class BadSnapshot(ValueError):
    """Bytes that are not a snapshot that this version reads."""


class State:
    """Records, and what is derived from them to find things fast."""

    __slots__ = (
        "_ahead_by_teams",
        "_ahead_with",
        "_assigned",
        "_paced_with",
        "_serving",
        "_sharers",
        "_sharers_of",
        "agents_by_number",
        "at",
        "callbacks",
        "campaigns_by_number",
        "compliance",
        "dials_ahead",
        "launches",
        "lists",
        "live_numbers",
        "pacing",
        "queues",
        "records",
        "running",
        "sharing",
        "slots",
        "stirred",
        "timers",
        "windows",
        "workforce",
    )

    def __init__(self, records: Records) -> None:
        self.records = records
        self.lists: dict[str, ContactList] = {}
        """the contacts of each campaign"""
        self.queues: dict[str, ReadyQueue] = {}
        self.timers = Timers()
        self.live_numbers: dict[int, int] = {}
        """number → the live call that dials it (rule CA-8)"""
        self.launches = LaunchBook(records.launched)
        self.workforce = Workforce()
        self.callbacks = CallbackBook(records)
        self.compliance = Compliance()
        self.pacing = PacingBook()
        self.running: list[Campaign] = []
        """campaigns that run, the lowest order first, then by id (rule CA-5)"""
        self.slots = SlotBook(records.queues)
        self.sharing = Sharing()
        """whose turn it is among them, by number"""
        self._serving: dict[tuple[str, ...], tuple[Campaign, ...]] = {}
        self._assigned: dict[tuple[str, ...], tuple[Campaign, ...]] = {}
        self._sharers: dict[str, tuple[Campaign, ...]] = {}
        self._paced_with: dict[str, tuple[Pace, ...]] = {}
        self._ahead_with: dict[str, tuple[str, ...]] = {}
        self._ahead_by_teams: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._sharers_of = 0
        """`Workforce.changes` when these were found"""
        self.agents_by_number: dict[int, Agent] = {}
        self.campaigns_by_number: dict[int, Campaign] = {}
        self.windows: dict[str, Windows] = {}
        """the hours of each campaign, ready to be asked"""
        self.dials_ahead = False
        """whether a campaign that runs launches calls with no agent reserved, as time goes by"""
        self.stirred = True
        """whether something has happened since the last launch after which more may be launched"""
        self.at = 0
        """the instant of the event that is being applied"""

    @classmethod
    def new(cls, config: SiteConfig, seed: int) -> "State":
        """The state of a site in which nothing has happened."""
        return cls(Records(config, seed))

    # --- what is derived

    def index_campaign(self, campaign: Campaign) -> None:
        """A campaign is there: its list is empty so far."""
        self.lists[campaign.campaign_id] = ContactList(campaign.campaign_id)
        self.queues[campaign.campaign_id] = self.new_queue(campaign)
        self.index_windows(campaign)
        self._forget_who_works_on_what()
        self.campaigns_by_number[campaign.number] = campaign

    def new_queue(self, campaign: Campaign) -> ReadyQueue:
        """An empty ready queue in the campaign's contact order."""
        text = f"{self.records.seed}:{campaign.campaign_id}".encode()
        seed = int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 1
        queue = ReadyQueue(campaign.settings.contact_order.value, seed=seed)
        contacts = self.lists[campaign.campaign_id]
        for number, known in enumerate(contacts.window_classes):
            if known.open:
                queue.open_class(number)
            else:
                queue.close_class(number)
        if contacts.shares_a_class:
            queue.open_class(SHARED_CLASS)
        return queue

    def enqueue(self, contact: Contact) -> None:
        """Put a contact in its campaign's ready queue."""
        order = self.records.campaigns[contact.campaign_id].settings.contact_order
        self.queues[contact.campaign_id].push(
            contact.record.row,
            priority=contact.priority,
            rank=contact.rank_in(order),
            window_class=self._window_class(contact),
        )

    def enqueue_many(self, campaign: Campaign, rows: NDArray[np.int32] | NDArray[np.int64]) -> None:
        """Put contacts, given by their rows in the campaign's table, in its ready queue."""
        contacts = self.lists[campaign.campaign_id]
        self.queues[campaign.campaign_id].push_many(
            rows,
            priorities=contacts.table.take("priority", rows),
            ranks=contacts.ranks(rows, campaign.settings.contact_order),
            window_classes=[self._window_class(contacts.at(row)) for row in rows.tolist()],
        )

    def _window_class(self, contact: Contact) -> int:
        """The number of the contact's window class; a new one is to be looked at at once."""
        contacts = contact.home
        known = len(contacts.window_classes)
        number = contacts.class_number(contact.window_key(contact.next_number))
        if number == SHARED_CLASS:
            self.queues[contacts.campaign_id].open_class(number)
        elif number == known:
            self.queues[contacts.campaign_id].close_class(number)
            self._look_at_window(self.records.campaigns[contacts.campaign_id], number)
        return number

    def index_windows(self, campaign: Campaign) -> None:
        """The campaign starts, stops, or has other hours: all its window classes are affected."""
        windows = windows_of(campaign.settings.windows, campaign.settings.zone)
        windows.warm(self.at)
        self.windows[campaign.campaign_id] = windows
        for number in range(len(self.lists[campaign.campaign_id].window_classes)):
            self._look_at_window(campaign, number)

    def _look_at_window(self, campaign: Campaign, number: int) -> None:
        """At once; not at all while nothing is dialed, so that an idle site has nothing to do."""
        running = campaign.state is CampaignState.RUNNING
        subject = window_number(campaign.number, number)
        self.set_timer(TimerKind.WINDOW, subject, self.at if running else None)

    def index_running(self) -> None:
        """Campaigns started, stopped or changed their order."""
        self.running = sorted(
            (c for c in self.records.campaigns.values() if c.launches),
            key=lambda c: (c.settings.order, c.campaign_id),
        )
        self.dials_ahead = False
        for campaign in self.running:
            self._index_ahead(campaign)
        self._forget_who_works_on_what()
        self._index_sharing()

    def index_one_more(self, campaign: Campaign) -> None:
        """A campaign started; where many run, there is little to do."""
        insort(self.running, campaign, key=lambda c: (c.settings.order, c.campaign_id))
        settings = campaign.settings
        self._index_ahead(campaign)
        self._forget_who_works_on_what()
        self.sharing.join(campaign.number, settings.order, settings.parity)

    def _index_ahead(self, campaign: Campaign) -> None:
        """A campaign runs; one that dials ahead is paced from now on."""
        if campaign.settings.mode is DialingMode.PREDICTIVE:
            self.dials_ahead = True
            self.pacing.open(campaign)

    def _forget_who_works_on_what(self) -> None:
        """Campaigns are new, or have other teams: it is found anew when asked for."""
        self._serving.clear()
        self._assigned.clear()
        self._ahead_by_teams.clear()
        self._forget_sharers()
        self.touch_all()

    def _forget_sharers(self) -> None:
        self._sharers.clear()
        self._paced_with.clear()
        self._ahead_with.clear()

    def _index_sharing(self) -> None:
        """Who runs takes part; credits stay with those who go on."""
        running = {campaign.number: campaign.settings for campaign in self.running}
        for number, order, parity, *_ in self.sharing.entries():
            if number not in running:
                self.sharing.leave(number)
                continue
            settings = running.pop(number)
            if (settings.order, settings.parity) != (order, parity):
                self.sharing.update(number, order=settings.order, parity=settings.parity)
        for number, settings in running.items():
            self.sharing.join(number, settings.order, settings.parity)

    def index_limits(self) -> None:
        """Limits on calls, or what they apply to, changed."""
        self.launches.set_bounds(self.records.config, self.records.campaigns.values())

    def set_timer(self, kind: int, number: int, due_at: int | None) -> None:
        """One timer at most for each subject: a new instant replaces the old, none cancels."""
        if due_at is None:
            self.timers.cancel(timer_id(kind, number))
        else:
            self.timers.schedule(timer_id(kind, number), due_at)

    def wake_for_slots(self) -> None:
        """Slots were planned, or are to be."""
        self.set_timer(TimerKind.QUEUE, 0, self.slots.wake_at(self.at))

    # --- written down

    def snapshot(self) -> bytes:
        """The state as bytes, from which `restore` makes one that behaves the same."""
        timer_ids, due_at = self.timers.entries()
        return ENCODER.encode(
            Snapshot(
                SNAPSHOT_VERSION,
                self.records,
                {campaign_id: contacts.record() for campaign_id, contacts in self.lists.items()},
                self.compliance.record(),
                {
                    campaign_id: _to_bytes(queue.entries()[0])
                    for campaign_id, queue in self.queues.items()
                },
                _to_bytes(timer_ids),
                _to_bytes(due_at),
                self.sharing.entries(),
                self.slots.record(),
                self.pacing.record(),
            )
        )

    def digest(self) -> str:
        """A hash of everything known; equal for equal histories."""
        return blake2b(self.snapshot(), digest_size=16).hexdigest()

    @classmethod
    def restore(cls, data: bytes) -> "State":
        """The state that `snapshot` wrote down. Raises `BadSnapshot`."""
        try:
            snapshot = DECODER.decode(data)
        except msgspec.MsgspecError as error:
            raise BadSnapshot(why_not_read(data, error)) from None
        if snapshot.version != SNAPSHOT_VERSION:
            raise BadSnapshot(of_another_version(snapshot.version))
        state = cls(snapshot.records)
        try:
            state._index(snapshot)
        except (ValueError, KeyError, OverflowError) as error:
            raise BadSnapshot(f"the snapshot is damaged: {error}") from None
        return state

    def _index(self, snapshot: Snapshot) -> None:
        records = self.records
        for campaign in records.campaigns.values():
            self.index_campaign(campaign)
        self.compliance = Compliance.restored(snapshot.compliance)
        self.compliance.fit(records.config.compliance, records.campaigns)
        for campaign_id, record in snapshot.lists.items():
            self.lists[campaign_id] = ContactList.restored(campaign_id, record)
            self.queues[campaign_id] = self.new_queue(records.campaigns[campaign_id])
        for campaign_id, rows in snapshot.queues.items():
            self.enqueue_many(records.campaigns[campaign_id], _from_bytes(rows))
        self.timers.schedule_many(
            _from_bytes(snapshot.timer_ids), _from_bytes(snapshot.timer_due_at)
        )
        for call in records.calls.values():
            self._index_call(call)
        for agent in sorted(records.agents.values(), key=lambda a: a.since_seq):
            self.agents_by_number[agent.number] = agent
            self.workforce.add(agent)
        self.pacing = PacingBook.restored(snapshot.pacing, records.campaigns, records.calls)
        for agent in records.agents.values():
            self.pacing.talks(agent, self.workforce.group_of(agent.teams))
        self.callbacks.index()
        self.sharing = Sharing.restore(snapshot.sharing)
        self.slots = SlotBook(records.queues, snapshot.slots)
        self.index_running()
        self.index_limits()

    def _index_call(self, call: Call) -> None:
        if call.state is not CallState.WRAP_UP:
            self.launches.add(call)
            if not is_prepared(call):
                self.live_numbers[call.number] = call.call_id

    # --- looked up

    def serving(self, teams: tuple[str, ...]) -> tuple[Campaign, ...]:
        """The running campaigns that agents of these teams work on, the lowest order first."""
        serving = self._serving.get(teams)
        if serving is None:
            serving = self._serving[teams] = tuple([c for c in self.running if c.takes(teams)])
        return serving

    def assigned(self, teams: tuple[str, ...]) -> tuple[Campaign, ...]:
        """All campaigns that agents of these teams work on, whether they run or not."""
        assigned = self._assigned.get(teams)
        if assigned is None:
            every = self.records.campaigns.values()
            assigned = self._assigned[teams] = tuple([c for c in every if c.takes(teams)])
        return assigned

    def sharing_with(self, campaign: Campaign) -> tuple[Campaign, ...]:
        """The other campaigns, running or not, that share agents who are logged in with it."""
        if self._sharers_of != self.workforce.changes:
            self._forget_sharers()
            self._sharers_of = self.workforce.changes
        sharers = self._sharers.get(campaign.campaign_id)
        if sharers is None:
            every = self.records.campaigns.values()
            sharers = self._sharers[campaign.campaign_id] = tuple(
                [c for c in every if c is not campaign and self.workforce.shared(campaign, c)]
            )
        return sharers

    def paced_with(self, campaign: Campaign) -> tuple[Pace, ...]:
        """What is known of the lines and calls of all that may need the campaign's agents."""
        sharers = self.sharing_with(campaign)
        paces = self._paced_with.get(campaign.campaign_id)
        if paces is None:
            known = self.pacing.paces
            ids = [other.campaign_id for other in sharers if other.campaign_id in known]
            paces = tuple([known[campaign_id] for campaign_id in (*ids, ELSEWHERE)])
            self._paced_with[campaign.campaign_id] = paces
        return paces

    # --- who is to be paced anew

    def touch(self, campaign: Campaign) -> None:
        """Its lines have changed, or what it may lose: all that share agents with it."""
        if self.dials_ahead:
            sharers = self.sharing_with(campaign)
            ids = self._ahead_with.get(campaign.campaign_id)
            if ids is None:
                ids = _that_dial_ahead((campaign, *sharers))
                self._ahead_with[campaign.campaign_id] = ids
            self.pacing.touched.update(dict.fromkeys(ids))

    def touch_teams(self, teams: tuple[str, ...]) -> None:
        """Agents of these teams are free, busy or gone."""
        if self.dials_ahead:
            ids = self._ahead_by_teams.get(teams)
            if ids is None:
                ids = self._ahead_by_teams[teams] = _that_dial_ahead(self.serving(teams))
            self.pacing.touched.update(dict.fromkeys(ids))

    def touch_all(self) -> None:
        """Time has passed, or anything may have changed."""
        if self.dials_ahead:
            self.pacing.touched.update(dict.fromkeys(_that_dial_ahead(self.running)))

    # --- looked up

    def contact(self, campaign_id: str, contact_key: str) -> Contact | None:
        """The contact with this key on the campaign's list."""
        contacts: ContactList = self.lists[campaign_id]
        return contacts.find(contact_key)

    def known(self, campaign_id: str, contact_key: str) -> Contact:
        """The same, of a contact that is there. KeyError where it is not."""
        contacts: ContactList = self.lists[campaign_id]
        return contacts.at(contacts.table[contact_key])

    def contact_at(self, row: int) -> Contact:
        """The contact in a row of the site. KeyError where there is none."""
        campaign: Campaign = self.campaigns_by_number[row >> ROW_BITS]
        contacts: ContactList = self.lists[campaign.campaign_id]
        return contacts.at(row & _ROW_MASK)


def _that_dial_ahead(some: Iterable[Campaign]) -> tuple[str, ...]:
    return tuple(
        [c.campaign_id for c in some if c.launches and c.settings.mode is DialingMode.PREDICTIVE]
    )


def window_number(campaign_number: int, window_class: int) -> int:
    """The number of a window class as the subject of a timer."""
    return campaign_number << CLASS_BITS | window_class


def _to_bytes(values: NDArray[np.int64]) -> bytes:
    return np.ascontiguousarray(values, dtype="<i8").tobytes()


def _from_bytes(data: bytes) -> NDArray[np.int64]:
    return np.frombuffer(data, dtype="<i8").astype(np.int64)
