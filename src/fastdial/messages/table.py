"""Which replies and which refusals each command can get. The protocol's text is made from it."""

from typing import NamedTuple

from fastdial.messages import callbacks as k
from fastdial.messages import commands as c
from fastdial.messages import queues as q
from fastdial.messages import replies as r
from fastdial.messages import slot_queries as s
from fastdial.messages.base import Command, Reply
from fastdial.messages.errors import ErrorCode

_E = ErrorCode

OF_ANY_PAYLOAD = (
    _E.MALFORMED_FRAME,
    _E.FRAME_TOO_LARGE,
    _E.UNKNOWN_TYPE,
    _E.MISSING_FIELD,
    _E.WRONG_TYPE,
    _E.INVALID_VALUE,
)
"""what a payload can be refused for before it is known as a command, or while it is read"""

OF_ANY_CONNECTION = (_E.TOO_MANY_CONNECTIONS, _E.HELLO_REQUIRED)
"""what is said to nobody's id, before the connection is closed"""

OF_ANY_SITE_COMMAND = (
    _E.HELLO_REQUIRED,
    _E.SERVER_STOPPING,
    _E.CLOCK_WENT_BACK,
    _E.KEY_REUSED,
)
"""what every command to the site can be refused for, besides its own reasons"""


class Row(NamedTuple):
    """One command: the reply to it where it is done, and its own reasons for a refusal."""

    command: type[Command]
    reply: type[Reply]
    errors: tuple[ErrorCode, ...] = ()


SESSION_ROWS = (
    Row(c.Hello, r.Welcome, (_E.UNSUPPORTED_PROTOCOL,)),
    Row(c.Ping, r.Pong, (_E.HELLO_REQUIRED,)),
    Row(
        c.Subscribe,
        r.Subscribed,
        (
            _E.HELLO_REQUIRED,
            _E.SERVER_STOPPING,
            _E.ALREADY_SUBSCRIBED,
            _E.INVALID_VALUE,
            _E.SUBSCRIBER_TOO_SLOW,
        ),
    ),
    Row(c.Unsubscribe, r.Ok, (_E.HELLO_REQUIRED, _E.SERVER_STOPPING, _E.NOT_SUBSCRIBED)),
)
"""what the server answers by itself; all refusals are listed"""

SITE_ROWS = (
    Row(c.SiteConfigure, r.Ok, (_E.INVALID_VALUE,)),
    Row(c.StatsGet, r.StatsReply, (_E.UNKNOWN_CAMPAIGN,)),
    Row(
        c.CampaignCreate,
        r.CampaignReply,
        (_E.CAMPAIGN_EXISTS, _E.INVALID_VALUE, _E.LIMIT_REACHED),
    ),
    Row(
        c.CampaignUpdate,
        r.CampaignReply,
        (_E.UNKNOWN_CAMPAIGN, _E.OF_A_QUEUE, _E.INVALID_VALUE),
    ),
    Row(
        c.CampaignStart,
        r.CampaignReply,
        (_E.UNKNOWN_CAMPAIGN, _E.OF_A_QUEUE, _E.CAMPAIGN_STATE),
    ),
    Row(
        c.CampaignPause,
        r.CampaignReply,
        (_E.UNKNOWN_CAMPAIGN, _E.OF_A_QUEUE, _E.CAMPAIGN_STATE),
    ),
    Row(
        c.CampaignStop,
        r.CampaignReply,
        (_E.UNKNOWN_CAMPAIGN, _E.OF_A_QUEUE, _E.CAMPAIGN_STATE),
    ),
    Row(c.CampaignGet, r.CampaignReply, (_E.UNKNOWN_CAMPAIGN,)),
    Row(c.CampaignExplain, r.CampaignExplanation, (_E.UNKNOWN_CAMPAIGN,)),
    Row(c.CampaignList, r.CampaignsReply, (_E.UNKNOWN_AGENT,)),
    Row(q.QueueCreate, r.QueueReply, (_E.QUEUE_EXISTS, _E.INVALID_VALUE, _E.LIMIT_REACHED)),
    Row(q.QueueUpdate, r.QueueReply, (_E.UNKNOWN_QUEUE, _E.INVALID_VALUE)),
    Row(q.QueueGet, r.QueueReply, (_E.UNKNOWN_QUEUE,)),
    Row(q.QueueList, r.QueuesReply, (_E.UNKNOWN_AGENT,)),
    Row(q.QueueWaiting, r.Ok, (_E.UNKNOWN_QUEUE,)),
    Row(
        s.SlotsAvailability,
        s.SlotsReply,
        (_E.UNKNOWN_QUEUE, _E.NO_SLOTS, _E.UNKNOWN_AGENT, _E.INVALID_VALUE),
    ),
    Row(
        s.SlotsFirstFree,
        s.SlotsFoundReply,
        (_E.UNKNOWN_QUEUE, _E.NO_SLOTS, _E.UNKNOWN_AGENT, _E.INVALID_VALUE),
    ),
    Row(s.SlotsOpenFor, s.SlotsOpenReply, (_E.UNKNOWN_QUEUE, _E.NO_SLOTS)),
    Row(
        k.CallbackSchedule,
        r.CallbackReply,
        (
            _E.UNKNOWN_QUEUE,
            _E.QUEUE_STATE,
            _E.UNKNOWN_AGENT,
            _E.NOT_ASSIGNED,
            _E.INVALID_VALUE,
            _E.NOT_ALLOWED,
            _E.UNKNOWN_CALL,
            _E.CALLBACK_EXISTS,
            _E.NO_PLACE,
            _E.TOO_MANY_CONTACTS,
        ),
    ),
    Row(
        k.CallbackUpdate,
        r.CallbackReply,
        (
            _E.UNKNOWN_CALLBACK,
            _E.TOO_LATE,
            _E.UNKNOWN_AGENT,
            _E.NOT_ASSIGNED,
            _E.INVALID_VALUE,
            _E.NOT_ALLOWED,
            _E.CALLBACK_EXISTS,
            _E.NO_PLACE,
        ),
    ),
    Row(
        k.CallbackMove,
        r.CallbackReply,
        (_E.UNKNOWN_CALLBACK, _E.TOO_LATE, _E.INVALID_VALUE, _E.NO_PLACE),
    ),
    Row(k.CallbackCancel, r.CallbackReply, (_E.UNKNOWN_CALLBACK, _E.TOO_LATE)),
    Row(k.CallbackGet, r.CallbackReply, (_E.UNKNOWN_CALLBACK,)),
    Row(
        k.CallbackList,
        r.CallbacksReply,
        (_E.UNKNOWN_QUEUE, _E.UNKNOWN_CAMPAIGN, _E.INVALID_VALUE),
    ),
    Row(k.CallbackExplain, r.CallbackExplanation, (_E.UNKNOWN_CALLBACK,)),
    Row(
        k.CallbackAccept,
        r.CallReply,
        (
            _E.UNKNOWN_AGENT,
            _E.AGENT_STATE,
            _E.CALLBACK_STATE,
            _E.UNKNOWN_CONTACT,
            _E.CAMPAIGN_STATE,
            _E.INVALID_VALUE,
            _E.NUMBER_LIVE,
            _E.NOT_ALLOWED,
            _E.LIMIT_REACHED,
        ),
    ),
    Row(
        k.CallbackDone,
        r.CallbackReply,
        (_E.UNKNOWN_AGENT, _E.AGENT_STATE, _E.CALLBACK_STATE),
    ),
    Row(
        k.CallReschedule,
        r.RescheduleReply,
        (
            _E.UNKNOWN_AGENT,
            _E.UNKNOWN_CALL,
            _E.NOT_ASSIGNED,
            _E.CALL_STATE,
            _E.INVALID_VALUE,
            _E.NOT_ALLOWED,
            _E.NO_PLACE,
        ),
    ),
    Row(
        k.CallDropReschedule,
        r.Ok,
        (_E.UNKNOWN_AGENT, _E.UNKNOWN_CALL, _E.NOT_ASSIGNED, _E.CALL_STATE),
    ),
    Row(
        k.QueueCallerAbandoned,
        r.CallerReply,
        (_E.UNKNOWN_QUEUE, _E.INVALID_VALUE, _E.TOO_MANY_CONTACTS),
    ),
    Row(
        k.QueueKeyPressed,
        r.CallerReply,
        (_E.UNKNOWN_QUEUE, _E.INVALID_VALUE, _E.TOO_MANY_CONTACTS),
    ),
    Row(
        c.ContactsLoad,
        r.LoadReply,
        (_E.UNKNOWN_CAMPAIGN, _E.OF_A_QUEUE, _E.TOO_MANY_CONTACTS),
    ),
    Row(c.ContactsRemove, r.RemoveReply, (_E.UNKNOWN_CAMPAIGN, _E.OF_A_QUEUE)),
    Row(c.ContactsGet, r.ContactReply, (_E.UNKNOWN_CAMPAIGN, _E.UNKNOWN_CONTACT)),
    Row(
        c.ContactsExplain,
        r.ContactExplanation,
        (_E.UNKNOWN_CAMPAIGN, _E.UNKNOWN_CONTACT, _E.INVALID_VALUE),
    ),
    Row(c.ExclusionAdd, r.ExclusionChangedReply, (_E.INVALID_VALUE,)),
    Row(c.ExclusionRemove, r.ExclusionChangedReply, (_E.UNKNOWN_LIST, _E.INVALID_VALUE)),
    Row(c.ExclusionCheck, r.ExclusionCheckReply, (_E.UNKNOWN_CAMPAIGN, _E.INVALID_VALUE)),
    Row(c.ExclusionList, r.ExclusionListsReply),
    Row(c.AgentLogin, r.AgentReply, (_E.LIMIT_REACHED,)),
    Row(c.AgentReady, r.AgentReply, (_E.UNKNOWN_AGENT, _E.AGENT_STATE)),
    Row(c.AgentNotReady, r.AgentReply, (_E.UNKNOWN_AGENT, _E.AGENT_STATE)),
    Row(c.AgentLogout, r.AgentReply, (_E.UNKNOWN_AGENT, _E.AGENT_STATE)),
    Row(
        c.PreviewRequest,
        r.PreviewReply,
        (
            _E.UNKNOWN_AGENT,
            _E.AGENT_STATE,
            _E.UNKNOWN_CAMPAIGN,
            _E.NOT_ASSIGNED,
            _E.CAMPAIGN_STATE,
            _E.NOTHING_TO_DIAL,
        ),
    ),
    Row(
        c.PreviewDial,
        r.CallReply,
        (
            _E.UNKNOWN_AGENT,
            _E.AGENT_STATE,
            _E.UNKNOWN_CONTACT,
            _E.CAMPAIGN_STATE,
            _E.INVALID_VALUE,
            _E.NUMBER_LIVE,
            _E.NOT_ALLOWED,
            _E.LIMIT_REACHED,
        ),
    ),
    Row(c.PreviewSkip, r.AgentReply, (_E.UNKNOWN_AGENT, _E.AGENT_STATE)),
    Row(c.CallReport, r.Ok, (_E.UNKNOWN_CALL, _E.CALL_STATE, _E.INVALID_VALUE)),
    Row(c.AgentReport, r.Ok, (_E.UNKNOWN_CALL, _E.NOT_ASSIGNED)),
    Row(c.CallHangUp, r.Ok, (_E.UNKNOWN_CALL,)),
    Row(
        c.CallWrapUp,
        r.Ok,
        (
            _E.UNKNOWN_AGENT,
            _E.UNKNOWN_CALL,
            _E.NOT_ASSIGNED,
            _E.CALL_STATE,
            _E.UNKNOWN_WRAP_UP_CODE,
            _E.INVALID_VALUE,
            _E.NOT_ALLOWED,
            _E.NO_PLACE,
        ),
    ),
    Row(
        c.GuideAnswer,
        r.GuideReply,
        (_E.UNKNOWN_CALL, _E.NOT_ASSIGNED, _E.CALL_STATE, _E.NO_GUIDE, _E.INVALID_VALUE),
    ),
    Row(c.GuideGet, r.GuideReply, (_E.UNKNOWN_CALL, _E.NO_GUIDE)),
    Row(c.WrapUpCodesSearch, r.WrapUpCodesReply, (_E.UNKNOWN_CAMPAIGN, _E.INVALID_VALUE)),
)
"""what the site answers; `OF_ANY_SITE_COMMAND` comes on top"""
