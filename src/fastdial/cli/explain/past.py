"""Explanations from a journal: the site is rebuilt as it was, and asked."""

from pathlib import Path

from fastdial.cli.explain.asked import command_for
from fastdial.cli.explain.attempt import attempt_of
from fastdial.cli.explain.form import Explained
from fastdial.cli.explain.record import dial_of, event_before, history, opened, outcome_of
from fastdial.cli.problems import Unusable
from fastdial.engine import BadSnapshot, Site
from fastdial.journal import JournalError, SqliteReader, rebuild
from fastdial.messages.callbacks import CallbackExplain
from fastdial.messages.commands import CampaignGet
from fastdial.messages.errors import ErrorCode
from fastdial.messages.replies import (
    CallbackExplanation,
    CampaignExplanation,
    CampaignReply,
    ContactExplanation,
    Error,
)


def explain_call(path: Path, call_id: int) -> Explained:
    """Why the customer of a call was dialed: as everything stood just before. `Unusable`."""
    with opened(path) as reader:
        dialed = dial_of(reader, call_id)
        site = _site(reader, dialed.seq - 1)
        explained = _asked(
            site, dialed.seq - 1, dialed.at, dialed.campaign_id, dialed.contact_key, dialed.number
        )
        if explained.contact is None:
            raise Unusable(f"{path}: {explained.refused}, though it was dialed: a broken record")
        explained.history = history(reader, dialed.campaign_id, dialed.contact_key)
        reply = site.look(CampaignGet(campaign_id=dialed.campaign_id), dialed.at)
        if isinstance(reply, CampaignReply):
            explained.attempt = attempt_of(
                dialed, explained.contact, reply.campaign.settings, outcome_of(reader, dialed)
            )
    return explained


def explain_moment(
    path: Path,
    campaign_id: str,
    contact_key: str | None,
    number: str | None,
    *,
    at: int | None = None,
    seq: int | None = None,
) -> Explained:
    """How it stood at an instant, after an event, or at the end of the record. `Unusable`."""
    with opened(path) as reader:
        last, last_at = event_before(reader, at, seq)
        asked_at = last_at if at is None else at
        site = _site(reader, last)
        explained = _asked(site, last, asked_at, campaign_id, contact_key, number)
        if contact_key is not None:
            explained.history = history(reader, campaign_id, contact_key)
        if explained.refused and not explained.history:
            raise Unusable(f"{path}: {explained.refused}")
    return explained


def explain_callback(
    path: Path, callback_id: int, *, at: int | None = None, seq: int | None = None
) -> Explained:
    """How a callback stood at an instant, after an event, or at the end. `Unusable`."""
    with opened(path) as reader:
        last, last_at = event_before(reader, at, seq)
        asked_at = last_at if at is None else at
        site = _site(reader, last)
        reply = site.look(CallbackExplain(callback_id=callback_id), asked_at)
        if not isinstance(reply, CallbackExplanation):
            said = reply.fault.message if isinstance(reply, Error) else type(reply).__name__
            raise Unusable(f"{path}: {said}")
        shown = reply.callback
        return Explained(
            at=asked_at,
            zone=shown.zone or "UTC",
            seq=last,
            callback=reply,
            history=history(reader, shown.campaign_id, shown.contact_key),
        )


def _site(reader: SqliteReader, seq: int) -> Site:
    try:
        return rebuild(reader, seq, restore=Site.restore)
    except BadSnapshot as error:
        raise JournalError(str(error)) from None


def _asked(
    site: Site, seq: int, at: int, campaign_id: str, contact_key: str | None, number: str | None
) -> Explained:
    found = site.look(CampaignGet(campaign_id=campaign_id), at)
    zone = found.campaign.settings.zone if isinstance(found, CampaignReply) else "UTC"
    reply = site.look(command_for(campaign_id, contact_key, number), at)
    if isinstance(reply, Error) and reply.fault.code is not ErrorCode.UNKNOWN_CONTACT:
        raise Unusable(reply.fault.message)
    return Explained(
        at=at,
        zone=zone,
        seq=seq,
        contact=reply if isinstance(reply, ContactExplanation) else None,
        campaign=reply if isinstance(reply, CampaignExplanation) else None,
        refused=reply.fault.message if isinstance(reply, Error) else "",
    )
