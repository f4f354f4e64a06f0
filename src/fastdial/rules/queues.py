"""What follows from a queue's settings."""

import msgspec

from fastdial.messages.queues import MissedCallerSettings, QueueSettings
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import DialingMode


def callback_campaign(queue: QueueSettings) -> CampaignSettings:
    """The settings of the campaign by which a queue calls back (rule CQ-1)."""
    lists = dict.fromkeys((*queue.compliance.exclusion_lists, *queue.missed_callers.never))
    return CampaignSettings(
        name=queue.name,
        mode=DialingMode.PUSH_PREVIEW,
        order=queue.order,
        parity=queue.parity,
        record=queue.record,
        teams=queue.teams,
        caller_id=queue.caller_id,
        trunk=queue.trunk,
        limits=queue.limits,
        ring_s=queue.ring_s,
        preview_s=queue.preview_s,
        preview_lapse=queue.preview_lapse,
        skip_for_s=queue.skip_for_s,
        wrap_up_s=queue.wrap_up_s,
        after_wrap_up=queue.after_wrap_up,
        wrap_up_codes=queue.wrap_up_codes,
        ends_when_dry=False,
        retries=queue.retries,
        compliance=msgspec.structs.replace(queue.compliance, exclusion_lists=tuple(lists)),
        windows=queue.windows,
        callbacks=queue.callbacks,
    )


def may_call_back(missed: MissedCallerSettings, logged_in: int) -> int:
    """How many of the agents who are logged in may call back at the same time (rule CQ-4)."""
    percent = missed.agents_percent
    return max(logged_in * percent // 100, 1) if percent else 0
