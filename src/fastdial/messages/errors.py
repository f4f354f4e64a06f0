"""Why a command was refused."""

from enum import StrEnum

import msgspec


class ErrorCode(StrEnum):
    """Every reason for a refusal. A code keeps its meaning for good."""

    # the frame and the message in it
    MALFORMED_FRAME = "malformed_frame"
    FRAME_TOO_LARGE = "frame_too_large"
    UNKNOWN_TYPE = "unknown_type"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    INVALID_VALUE = "invalid_value"
    # the session
    HELLO_REQUIRED = "hello_required"
    UNSUPPORTED_PROTOCOL = "unsupported_protocol"
    ALREADY_SUBSCRIBED = "already_subscribed"
    NOT_SUBSCRIBED = "not_subscribed"
    SUBSCRIBER_TOO_SLOW = "subscriber_too_slow"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    SERVER_STOPPING = "server_stopping"
    NOT_FOR_A_SITE = "not_for_a_site"
    # the engine
    CLOCK_WENT_BACK = "clock_went_back"
    KEY_REUSED = "key_reused"
    UNKNOWN_CAMPAIGN = "unknown_campaign"
    UNKNOWN_CONTACT = "unknown_contact"
    UNKNOWN_LIST = "unknown_list"
    UNKNOWN_AGENT = "unknown_agent"
    UNKNOWN_CALL = "unknown_call"
    UNKNOWN_QUEUE = "unknown_queue"
    UNKNOWN_CALLBACK = "unknown_callback"
    UNKNOWN_WRAP_UP_CODE = "unknown_wrap_up_code"
    CAMPAIGN_EXISTS = "campaign_exists"
    QUEUE_EXISTS = "queue_exists"
    OF_A_QUEUE = "of_a_queue"
    QUEUE_STATE = "queue_state"
    CAMPAIGN_STATE = "campaign_state"
    CALLBACK_EXISTS = "callback_exists"
    CALLBACK_STATE = "callback_state"
    TOO_LATE = "too_late"
    AGENT_STATE = "agent_state"
    CALL_STATE = "call_state"
    NOT_ASSIGNED = "not_assigned"
    NOTHING_TO_DIAL = "nothing_to_dial"
    NUMBER_LIVE = "number_live"
    NOT_ALLOWED = "not_allowed"
    TOO_MANY_CONTACTS = "too_many_contacts"
    NO_GUIDE = "no_guide"
    NO_SLOTS = "no_slots"
    NO_PLACE = "no_place"
    LIMIT_REACHED = "limit_reached"


class Fault(msgspec.Struct, omit_defaults=True, frozen=True):
    """One thing that is wrong: a code for programs, a sentence for people, the field at fault.

    ``field`` is a path such as ``settings.ring_s``, or empty where no single field is to blame.
    ``values`` is what was looked at, for programs; ``limit_reached`` says here which limit it is.
    """

    code: ErrorCode
    message: str
    field: str = ""
    values: dict[str, str | int] = {}


class RefusedRow(msgspec.Struct, omit_defaults=True, frozen=True):
    """A row of a load that was not taken: its number, the field at fault, and why (rule CA-7)."""

    row: int
    field: str
    reason: str
