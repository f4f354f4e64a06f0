"""Events of the site and of campaigns."""

from fastdial.engine.apply import callback_steps
from fastdial.engine.apply.compliance import measure_anew
from fastdial.engine.records import Campaign, Remembered, TimerKind
from fastdial.engine.state import State, window_number
from fastdial.messages.callback_events import CallbackOffered
from fastdial.messages.events import (
    AgentConnectRequested,
    CampaignCreated,
    CampaignFirstDay,
    CampaignStateChanged,
    CampaignUpdated,
    CommandRemembered,
    DialRequested,
    PreviewOffered,
    SiteConfigured,
    WindowChanged,
)
from fastdial.messages.words import CampaignState, ContactState
from fastdial.rules.compliance.presets import definition_of
from fastdial.rules.windows import WindowKey

_EXPIRED = CampaignState.EXPIRED

_DONE = ContactState.DONE


def site_configured(state: State, event: SiteConfigured) -> None:
    state.records.config = event.config
    _fit(state)
    state.index_limits()


def command_remembered(state: State, event: CommandRemembered) -> None:
    remembered = state.records.remembered
    remembered.pop(event.idempotency_key, None)  # one used again goes to the end
    remembered[event.idempotency_key] = Remembered(event.digest, event.reply, event.forget_at)
    # keys are in the order of their events, so the oldest come first
    while (first := next(iter(remembered))) != event.idempotency_key:
        if remembered[first].forget_at > event.at:
            break
        del remembered[first]


def created(state: State, event: CampaignCreated) -> None:
    campaign = Campaign(
        event.campaign_id,
        event.settings,
        first_day_at=event.first_day_at,
        expires_at=event.expires_at,
        queue_id=event.queue_id,
    )
    state.records.campaigns[event.campaign_id] = campaign
    state.index_campaign(campaign)
    records = state.records
    state.compliance.fit_newest(records.config.compliance, records.campaigns, campaign)
    state.launches.set_bounds_of_newest(records.config, campaign)
    _set_timer(state, campaign)


def updated(state: State, event: CampaignUpdated) -> None:
    campaign: Campaign = state.records.campaigns[event.campaign_id]
    moved = (event.settings.windows, event.settings.zone) != (
        campaign.settings.windows,
        campaign.settings.zone,
    )
    reordered = event.settings.contact_order is not campaign.settings.contact_order
    before = campaign.settings
    campaign.settings = event.settings
    measure_anew(campaign, definition_of(before.compliance), before.zone)
    _fit(state)
    campaign.first_day_at = event.first_day_at
    campaign.expires_at = event.expires_at
    _set_timer(state, campaign)
    state.pacing.measured_anew(campaign)
    if event.campaign_id in state.pacing.paces:
        state.pacing.open(campaign)
    state.index_running()
    state.index_limits()
    if moved:
        state.index_windows(campaign)
    if before.callbacks != event.settings.callbacks:
        callback_steps.owners_matter_anew(state, campaign)
    if reordered:
        rows = state.queues[event.campaign_id].entries()[0]
        state.queues[event.campaign_id] = state.new_queue(campaign)
        state.enqueue_many(campaign, rows)


def first_day(state: State, event: CampaignFirstDay) -> None:
    campaign: Campaign = state.records.campaigns[event.campaign_id]
    campaign.first_day_at = None
    _set_timer(state, campaign)
    state.index_running()


def state_changed(state: State, event: CampaignStateChanged) -> None:
    campaign: Campaign = state.records.campaigns[event.campaign_id]
    launched = campaign.launches
    campaign.state = event.state
    if event.state is _EXPIRED:
        campaign.expires_at = None
        _set_timer(state, campaign)
    if campaign.launches and not launched:
        state.index_one_more(campaign)
    elif launched:
        state.index_running()
    state.index_windows(campaign)


def window(state: State, event: WindowChanged) -> None:
    key = WindowKey(event.zones, event.regions, event.from_minute, event.until_minute)
    contacts = state.lists[event.campaign_id]
    queue = state.queues[event.campaign_id]
    number = contacts.class_number(key)
    known = contacts.window_classes[number]
    known.open, known.until, known.reason = event.open, event.until, event.reason
    if event.open:
        queue.open_class(number)
    else:
        queue.close_class(number)
    subject = window_number(contacts.number, number)
    state.set_timer(TimerKind.WINDOW, subject, event.look_again_at)


def charge(
    state: State, event: DialRequested | PreviewOffered | CallbackOffered | AgentConnectRequested
) -> None:
    """The campaign had its turn among those that competed (rule CA-5)."""
    if event.competed:
        state.sharing.charge(int(event.campaign_id), [int(rival) for rival in event.competed])


def _fit(state: State) -> None:
    state.compliance.fit(state.records.config.compliance, state.records.campaigns)


def _set_timer(state: State, campaign: Campaign) -> None:
    due_at = campaign.expires_at if campaign.first_day_at is None else campaign.first_day_at
    state.set_timer(TimerKind.CAMPAIGN, campaign.number, due_at)


def count_contact(campaign: Campaign, contact_state: ContactState, change: int) -> None:
    """Keep the count of the campaign's contacts in a state."""
    counts = campaign.counts
    counts.contacts[contact_state] = counts.contacts.get(contact_state, 0) + change
    if contact_state is not _DONE:
        counts.contacts_left += change
