"""Events of call guides."""

from fastdial.engine.records import GuideRecord
from fastdial.engine.state import State
from fastdial.messages.events import GuideAnswered


def answered(state: State, event: GuideAnswered) -> None:
    guides = state.records.guides
    row = state.records.calls[event.call_id].row
    guide = guides.get(row)
    if guide is None or event.anew:
        guide = guides[row] = GuideRecord(event.attempt)
    guide.attempt = event.attempt
    answers = guide.answers
    if event.question in answers and event.question != guide.next:
        # back to an earlier question: what was said after it is asked again
        while next(reversed(answers)) != event.question:
            answers.popitem()
    answers.pop(event.question, None)  # one answered again goes to the end
    answers[event.question] = event.answer
    guide.next = event.next
