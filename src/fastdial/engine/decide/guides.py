"""Call guides: the answers of a customer, and the question that follows (rule CA-12)."""

from fastdial.engine.records import Call, GuideRecord
from fastdial.engine.turn import Turn, refuse
from fastdial.messages.base import Reply
from fastdial.messages.commands import GuideAnswer, GuideGet
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import GuideAnswered
from fastdial.messages.guides import GuideSettings
from fastdial.messages.replies import GuideReply
from fastdial.messages.words import CallState
from fastdial.rules.guides import BadAnswer, next_after


def answer(turn: Turn, command: GuideAnswer) -> Reply:
    """Keep an answer, and say what to ask next."""
    call, guide = _guided(turn, command.call_id)
    if call.agent_id != command.agent_id:
        refuse(
            ErrorCode.NOT_ASSIGNED,
            f"call {call.call_id} is not agent {command.agent_id!r}'s",
            "agent_id",
        )
    if call.state not in (CallState.TALKING, CallState.WRAP_UP):
        refuse(
            ErrorCode.CALL_STATE,
            f"call {call.call_id} is {call.state.value}: nobody has answered a question yet",
            "call_id",
        )
    stands = _stands(turn, call, guide)
    asked = guide.questions[0].id if stands is None else stands.next
    known = {} if stands is None else stands.answers
    question = guide.question(command.question)
    if question is None or (question.id != asked and question.id not in known):
        refuse(
            ErrorCode.INVALID_VALUE,
            f"question {command.question!r} is not to be answered now; the guide "
            + (f"stands at {asked!r}" if asked else "is at its end"),
            "question",
        )
    try:
        following = next_after(question, command.answer)
    except BadAnswer as bad:
        refuse(ErrorCode.INVALID_VALUE, str(bad), "answer")
    turn.emit(
        GuideAnswered(
            call_id=call.call_id,
            campaign_id=call.campaign_id,
            contact_key=call.contact_key,
            agent_id=command.agent_id,
            attempt=call.attempt,
            question=question.id,
            answer=command.answer,
            next=following,
            anew=stands is None,
        )
    )
    return _view(turn, call, guide)


def get(turn: Turn, command: GuideGet) -> Reply:
    """Where the guide of a call stands."""
    return _view(turn, *_guided(turn, command.call_id))


def _guided(turn: Turn, call_id: int) -> tuple[Call, GuideSettings]:
    call = turn.state.records.calls.get(call_id)
    if call is None:
        refuse(ErrorCode.UNKNOWN_CALL, f"there is no live call {call_id}", "call_id")
    guide = turn.settings_of(call).guide
    if not guide.questions:
        refuse(ErrorCode.NO_GUIDE, f"campaign {call.campaign_id!r} has no call guide", "call_id")
    return call, guide


def _stands(turn: Turn, call: Call, guide: GuideSettings) -> GuideRecord | None:
    """How far the contact has come; none where the guide begins anew in this attempt.

    It does where another attempt came to the end, or left a question that is there no more.
    """
    stands = turn.state.records.guides.get(call.row)
    if stands is None:
        return None
    if stands.next and guide.question(stands.next) is None:
        return None
    if stands.attempt == call.attempt or (guide.resumes and stands.next):
        return stands
    return None


def _view(turn: Turn, call: Call, guide: GuideSettings) -> Reply:
    stands = _stands(turn, call, guide)
    if stands is None:
        return GuideReply(call_id=call.call_id, question=guide.questions[0])
    return GuideReply(
        call_id=call.call_id,
        question=guide.question(stands.next) if stands.next else None,
        answers=dict(stands.answers),
    )
