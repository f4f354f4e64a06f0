"""What becomes of a contact after an attempt (rule CA-9)."""

from collections.abc import Sequence

from fastdial.messages.fates import ContactFate
from fastdial.messages.settings import RetrySettings, WrapUpCode
from fastdial.messages.words import AttemptOutcome, CodeMeaning, ContactState, NextNumber

_ANSWERED = AttemptOutcome.ANSWERED
_INVALID_NUMBER = AttemptOutcome.INVALID_NUMBER
_CODEMEANING_DONE = CodeMeaning.DONE
_DO_NOT_CALL = CodeMeaning.DO_NOT_CALL
_CONTACT_DONE = ContactState.DONE
_WAITING = ContactState.WAITING
_NEXT = NextNumber.NEXT


def fate_after_outcome(
    settings: RetrySettings,
    outcome: AttemptOutcome,
    *,
    at: int,
    attempts: int,
    tries: int,
    number_index: int,
    dead: Sequence[bool],
) -> ContactFate:
    """The fate of a contact whose attempt ended in ``outcome`` at instant ``at`` (ms).

    ``attempts`` and ``tries`` (those with this outcome) count this attempt already; ``dead`` says
    for each of the contact's numbers whether it is dialed no more. An invalid number is never
    dialed again: the next in the chain is, at once.
    """
    if outcome is _ANSWERED:
        return ContactFate(_CONTACT_DONE, reason=outcome.value, next_number=number_index)
    if all(dead):
        return _done(outcome.value, number_index)
    if attempts >= settings.max_attempts:
        return _done("max_attempts", number_index)
    if outcome is _INVALID_NUMBER:
        return _again(outcome.value, at, _next_alive(number_index, dead))
    rule = settings.rule_for(outcome)
    if rule is None or tries > rule.times:
        return _done(outcome.value, number_index)
    if rule.next_number is _NEXT or dead[number_index]:
        number_index = _next_alive(number_index, dead)
    return _again(outcome.value, at + rule.after_s * 1_000, number_index)


def fate_after_code(
    settings: RetrySettings,
    code: WrapUpCode | None,
    *,
    at: int,
    attempts: int,
    number_index: int,
    callback_at: int | None = None,
) -> ContactFate:
    """The fate of a contact after a conversation; no code: the wrap-up limit passed first.

    ``callback_at`` is the instant that goes with a code of that meaning.
    """
    if code is None:
        return _done("no_code", number_index)
    if code.meaning is _DO_NOT_CALL:
        return _done("do_not_call", number_index)
    if code.meaning is _CODEMEANING_DONE:
        return _done(code.code, number_index)
    if callback_at is not None:
        return _again(code.code, callback_at, number_index)
    if attempts >= settings.max_attempts:
        return _done("max_attempts", number_index)
    return _again(code.code, at + code.retry_after_s * 1_000, number_index)


def fate_after_obstacle(
    reason: str, *, until: int | None, at: int, number_index: int, dead: Sequence[bool]
) -> ContactFate:
    """The fate of a contact that was passed over at instant ``at`` (ms).

    It waits ``until`` the obstacle is gone. One that never goes (none) is that number's alone: the
    next number in the chain goes, if there is one.
    """
    if until is not None:
        return _again(reason, until, number_index)
    dead = [is_dead or place == number_index for place, is_dead in enumerate(dead)]
    if all(dead):
        return _done(reason, number_index)
    return _again(reason, at, _next_alive(number_index, dead))


def _done(reason: str, number_index: int) -> ContactFate:
    return ContactFate(_CONTACT_DONE, reason=reason, next_number=number_index)


def _again(reason: str, due_at: int, number_index: int) -> ContactFate:
    return ContactFate(_WAITING, reason=reason, due_at=due_at, next_number=number_index)


def _next_alive(number_index: int, dead: Sequence[bool]) -> int:
    """The next number after ``number_index`` in the chain that is not dead; at least one is not."""
    for step in range(1, len(dead) + 1):
        place = (number_index + step) % len(dead)
        if not dead[place]:
            return place
    return number_index
