"""Call guides: whether questions make a guide, and where an answer leads (rule CA-12)."""

import re
from collections.abc import Iterator
from datetime import date

from fastdial.messages.guides import GuideQuestion, GuideSettings
from fastdial.messages.words import AnswerKind

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?")
TEXT_LENGTH = 2_000


class BadAnswer(ValueError):
    """An answer that the question does not take."""


def next_after(question: GuideQuestion, answer: str) -> str:
    """The question to which ``answer`` leads, empty for the end. Raises `BadAnswer`."""
    match question.kind:
        case AnswerKind.CHOICE:
            for choice in question.choices:
                if choice.answer == answer:
                    return choice.next
            known = ", ".join(repr(choice.answer) for choice in question.choices)
            raise BadAnswer(f"the answer is one of {known}")
        case AnswerKind.NUMBER if _NUMBER.fullmatch(answer) is None:
            raise BadAnswer("the answer is a number, such as 12 or -3.5")
        case AnswerKind.DATE if not _is_date(answer):
            raise BadAnswer("the answer is a date, YYYY-MM-DD")
        case AnswerKind.TEXT if not answer.strip() or len(answer) > TEXT_LENGTH:
            raise BadAnswer(f"the answer is text of 1 to {TEXT_LENGTH} characters")
    return question.next


def guide_faults(guide: GuideSettings, path: str) -> Iterator[tuple[str, str]]:
    """Everything that is wrong with a guide: the field at fault, and a sentence.

    Each question must be there once, have answers that suit its kind, lead to questions that
    exist, be reached from the first one, and leave a way to the end.
    """
    places: dict[str, int] = {}
    for place, question in enumerate(guide.questions):
        first = places.setdefault(question.id, place)
        here = f"{path}.questions[{place}]"
        if first != place:
            yield f"{here}.id", f"question {question.id!r} is there already, at {first}"
        yield from _answer_faults(question, here)
    for place, question in enumerate(guide.questions):
        for field, following in _ways(question):
            if following and following not in places:
                at = f"{path}.questions[{place}].{field}"
                yield at, f"it leads to {following!r}, which is no question of the guide"
    yield from _way_faults(guide, places, path)


def _answer_faults(question: GuideQuestion, here: str) -> Iterator[tuple[str, str]]:
    if question.kind is not AnswerKind.CHOICE:
        if question.choices:
            yield f"{here}.choices", f"an answer of kind {question.kind.value} has no choices"
        return
    if not question.choices:
        yield f"{here}.choices", "a question of kind choice has at least one choice"
    if question.next:
        yield f"{here}.next", "of a question of kind choice each choice says what follows"
    seen: dict[str, int] = {}
    for place, choice in enumerate(question.choices):
        first = seen.setdefault(choice.answer, place)
        if first != place:
            sentence = f"answer {choice.answer!r} is there already, at {first}"
            yield f"{here}.choices[{place}].answer", sentence


def _way_faults(
    guide: GuideSettings, places: dict[str, int], path: str
) -> Iterator[tuple[str, str]]:
    if not guide.questions:
        return
    reached = _reached(guide, guide.questions[0].id)
    ends = _with_an_end(guide)
    for question_id, place in places.items():
        here = f"{path}.questions[{place}]"
        if question_id not in reached:
            yield here, f"no answer leads to question {question_id!r}"
        if question_id not in ends:
            yield here, f"from question {question_id!r} no answers lead to the end"


def _reached(guide: GuideSettings, first: str) -> dict[str, None]:
    """The questions to which some answers lead."""
    reached = {first: None}
    queue = [first]
    while queue:
        question = guide.question(queue.pop())
        for _, following in () if question is None else _ways(question):
            if following and following not in reached:
                reached[following] = None
                queue.append(following)
    return reached


def _with_an_end(guide: GuideSettings) -> dict[str, None]:
    """The questions from which some answers lead to the end."""
    before: dict[str, list[str]] = {}
    for question in guide.questions:
        for _, following in _ways(question):
            before.setdefault(following, []).append(question.id)
    ends: dict[str, None] = {}
    queue = [""]
    while queue:
        for question_id in before.get(queue.pop(), ()):
            if question_id not in ends:
                ends[question_id] = None
                queue.append(question_id)
    return ends


def _ways(question: GuideQuestion) -> Iterator[tuple[str, str]]:
    """For each answer the field that says where it leads, and where: empty for the end."""
    if question.kind is not AnswerKind.CHOICE:
        yield "next", question.next
        return
    for place, choice in enumerate(question.choices):
        yield f"choices[{place}].next", choice.next


def _is_date(text: str) -> bool:
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
