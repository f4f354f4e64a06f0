"""Call guides: questions that lead an agent through a conversation (rule CA-12)."""

from typing import Annotated

from msgspec import Meta

from fastdial.messages.base import Settings
from fastdial.messages.words import AnswerKind

QuestionId = Annotated[str, Meta(min_length=1, max_length=64)]
NextQuestion = Annotated[str, Meta(max_length=64)]


class GuideChoice(Settings, frozen=True):
    """One of the answers to choose from."""

    answer: Annotated[str, Meta(min_length=1, max_length=200)]
    next: NextQuestion = ""
    """the question that follows; empty: the end"""


class GuideQuestion(Settings, frozen=True):
    """A question, and where each answer leads."""

    id: QuestionId
    text: Annotated[str, Meta(min_length=1, max_length=2_000)]
    kind: AnswerKind = AnswerKind.CHOICE
    choices: Annotated[tuple[GuideChoice, ...], Meta(max_length=50)] = ()
    """with ``kind = choice``"""
    next: NextQuestion = ""
    """with any other kind: the question that follows; empty: the end"""


class GuideSettings(Settings, frozen=True):
    """A graph of questions, which begins with the first."""

    questions: Annotated[tuple[GuideQuestion, ...], Meta(max_length=500)] = ()
    """none: the campaign has no guide"""
    resumes: bool = False
    """a later attempt to the contact goes on where the last one stopped; else it begins anew"""

    def question(self, question_id: str) -> GuideQuestion | None:
        """The question with this id."""
        for question in self.questions:
            if question.id == question_id:
                return question
        return None
