"""Explanations by a running site."""

from fastdial.cli.explain.form import Explained
from fastdial.cli.problems import Failed
from fastdial.client import Client, ClientError
from fastdial.messages.base import Command
from fastdial.messages.callbacks import CallbackExplain
from fastdial.messages.commands import CampaignExplain, CampaignGet, ContactsExplain
from fastdial.messages.replies import (
    CallbackExplanation,
    CampaignExplanation,
    CampaignReply,
    ContactExplanation,
)


def command_for(campaign_id: str, contact_key: str | None, number: str | None) -> Command:
    """The command that asks for an explanation."""
    if contact_key is None:
        return CampaignExplain(campaign_id=campaign_id)
    return ContactsExplain(campaign_id=campaign_id, contact_key=contact_key, number=number)


def ask_callback(address: str, callback_id: int) -> Explained:
    """What the site at ``address`` says now of a callback. Raises `Failed`."""
    try:
        with Client(address, name="fastdial explain") as client:
            reply = client.request(CallbackExplain(callback_id=callback_id))
            at = client.now()
    except ClientError as error:
        raise Failed(str(error)) from None
    if not isinstance(reply, CallbackExplanation):
        raise Failed(f"the server answered with {type(reply).__name__}")
    return Explained(at=at, zone=reply.callback.zone or "UTC", callback=reply)


def ask(address: str, campaign_id: str, contact_key: str | None, number: str | None) -> Explained:
    """What the site at ``address`` says now. Raises `Failed`."""
    try:
        with Client(address, name="fastdial explain") as client:
            found = client.request(CampaignGet(campaign_id=campaign_id))
            reply = client.request(command_for(campaign_id, contact_key, number))
            at = client.now()
    except ClientError as error:
        raise Failed(str(error)) from None
    if not isinstance(found, CampaignReply):
        raise Failed(f"the server answered with {type(found).__name__}")
    return Explained(
        at=reply.at if isinstance(reply, CampaignExplanation) else at,
        zone=found.campaign.settings.zone,
        contact=reply if isinstance(reply, ContactExplanation) else None,
        campaign=reply if isinstance(reply, CampaignExplanation) else None,
    )
