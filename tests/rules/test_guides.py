"""Rule CA-12: call guides are graphs of questions, checked when set, answered and resumed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastdial import Site
from fastdial.messages.commands import (
    CallWrapUp,
    CampaignCreate,
    CampaignUpdate,
    ContactsRemove,
    GuideAnswer,
    GuideGet,
)
from fastdial.messages.errors import ErrorCode
from fastdial.messages.events import GuideAnswered
from fastdial.messages.guides import GuideChoice, GuideQuestion, GuideSettings
from fastdial.messages.replies import Error, GuideReply
from fastdial.messages.settings import CampaignSettings
from fastdial.messages.words import AnswerKind, Saw
from fastdial.rules.guides import BadAnswer, guide_faults, next_after
from floor import Floor


def choice(question_id: str, **leads: str) -> GuideQuestion:
    choices = tuple(GuideChoice(answer=answer, next=to) for answer, to in leads.items())
    return GuideQuestion(id=question_id, text="?", choices=choices)


def asked(question_id: str, kind: AnswerKind, to: str = "") -> GuideQuestion:
    return GuideQuestion(id=question_id, text="?", kind=kind, next=to)


QUESTIONS = (
    choice("owner", yes="age", no="", wait="owner"),
    asked("age", AnswerKind.NUMBER, "when"),
    asked("when", AnswerKind.DATE, "why"),
    asked("why", AnswerKind.TEXT),
)


def guided(**settings: Any) -> Floor:
    """Ann is talking with a contact of a campaign that has a guide."""
    floor = Floor()
    floor.campaign(1, guide=GuideSettings(questions=QUESTIONS, **settings))
    floor.agent()
    converse(floor, 1)
    return floor


def converse(floor: Floor, call_id: int) -> None:
    floor.saw(call_id, Saw.ANSWERED)
    floor.saw(call_id, Saw.BRIDGED)


def answer(floor: Floor, question: str, text: str, call_id: int = 1) -> GuideReply:
    command = GuideAnswer(call_id=call_id, agent_id="ann", question=question, answer=text)
    reply = floor.do(command)
    assert isinstance(reply, GuideReply)
    return reply


def stands(floor: Floor, call_id: int = 1) -> tuple[str | None, dict[str, str]]:
    reply = floor.do(GuideGet(call_id=call_id))
    assert isinstance(reply, GuideReply)
    return None if reply.question is None else reply.question.id, reply.answers


def test_ca_12_each_answer_leads_to_the_next_question_and_is_stored_with_the_attempt() -> None:
    floor = guided()
    assert stands(floor) == ("owner", {})
    assert answer(floor, "owner", "yes").question == QUESTIONS[1]
    answer(floor, "age", "42")
    answer(floor, "when", "2026-03-09")
    floor.saw(1, Saw.HUNG_UP)
    last = answer(floor, "why", "because")
    assert last.question is None
    events = floor.all_seen(GuideAnswered)
    assert [(event.question, event.answer, event.attempt) for event in events] == [
        ("owner", "yes", 1),
        ("age", "42", 1),
        ("when", "2026-03-09", 1),
        ("why", "because", 1),
    ]
    floor.wrap_up(1)
    assert floor.contact("c1").answers == {
        "owner": "yes",
        "age": "42",
        "when": "2026-03-09",
        "why": "because",
    }


def test_ca_12_an_answer_may_lead_to_the_end_or_back() -> None:
    floor = guided()
    assert answer(floor, "owner", "wait").question == QUESTIONS[0]
    assert answer(floor, "owner", "no").question is None


def test_ca_12_after_a_reconnect_the_guide_stands_where_it_stood() -> None:
    floor = guided()
    answer(floor, "owner", "yes")
    floor.site = Site.restore(floor.site.snapshot())
    assert stands(floor) == ("age", {"owner": "yes"})


def test_ca_12_going_back_asks_anew_what_came_after() -> None:
    floor = guided()
    answer(floor, "owner", "yes")
    answer(floor, "age", "42")
    assert answer(floor, "owner", "no").question is None
    assert stands(floor) == (None, {"owner": "no"})


@pytest.mark.parametrize("resumes", [True, False])
def test_ca_12_a_later_attempt_resumes_the_guide_where_that_is_set(resumes: bool) -> None:
    floor = guided(resumes=resumes)
    answer(floor, "owner", "yes")
    answer(floor, "age", "42")
    floor.saw(1, Saw.HUNG_UP)
    floor.wrap_up(1, code="voicemail")
    second = floor.until_dialed()
    converse(floor, second)
    if not resumes:
        assert stands(floor, second) == ("owner", {})
        answer(floor, "owner", "no", second)
        assert floor.contact("c1").answers == {"owner": "no"}
        return
    assert stands(floor, second) == ("when", {"owner": "yes", "age": "42"})
    answer(floor, "when", "2026-03-09", second)
    assert floor.contact("c1").answers == {"owner": "yes", "age": "42", "when": "2026-03-09"}


def test_ca_12_a_guide_that_came_to_its_end_begins_anew_in_a_later_attempt() -> None:
    floor = guided(resumes=True)
    answer(floor, "owner", "no")
    floor.saw(1, Saw.HUNG_UP)
    floor.wrap_up(1, code="voicemail")
    second = floor.until_dialed()
    converse(floor, second)
    assert stands(floor, second) == ("owner", {})


def test_ca_12_a_guide_whose_question_is_gone_begins_anew() -> None:
    floor = guided()
    answer(floor, "owner", "yes")
    other = GuideSettings(questions=(choice("other", yes="", no=""),))
    settings = CampaignSettings(name="Test", guide=other)
    floor.do(CampaignUpdate(campaign_id="00001", settings=settings))
    assert stands(floor) == ("other", {})
    answer(floor, "other", "yes")
    assert floor.contact("c1").answers == {"other": "yes"}


def test_ca_12_the_answers_go_with_the_contact() -> None:
    floor = guided()
    answer(floor, "owner", "no")
    floor.do(ContactsRemove(campaign_id="00001", contact_keys=["c1"]))
    floor.saw(1, Saw.HUNG_UP)
    floor.wrap_up(1)
    assert floor.site._state.records.guides == {}


@pytest.mark.parametrize(
    ("question", "text", "field"),
    [
        ("owner", "perhaps", "answer"),
        ("age", "42", "question"),
        ("nothing", "42", "question"),
    ],
)
def test_ca_12_an_answer_that_does_not_fit_is_refused(question: str, text: str, field: str) -> None:
    floor = guided()
    command = GuideAnswer(call_id=1, agent_id="ann", question=question, answer=text)
    assert floor.refused(command) == (ErrorCode.INVALID_VALUE, field)


def test_ca_12_only_the_agent_of_a_conversation_answers() -> None:
    floor = Floor()
    floor.campaign(1, guide=GuideSettings(questions=QUESTIONS))
    floor.campaign(2)
    floor.agent()
    command = GuideAnswer(call_id=1, agent_id="ann", question="owner", answer="yes")
    assert floor.refused(command) == (ErrorCode.CALL_STATE, "call_id")
    other = GuideAnswer(call_id=1, agent_id="bob", question="owner", answer="yes")
    assert floor.refused(other) == (ErrorCode.NOT_ASSIGNED, "agent_id")
    floor.agent("bob")
    assert floor.refused(GuideGet(call_id=2)) == (ErrorCode.NO_GUIDE, "call_id")
    assert floor.refused(GuideGet(call_id=9)) == (ErrorCode.UNKNOWN_CALL, "call_id")
    converse(floor, 1)
    floor.do(command)
    floor.saw(1, Saw.HUNG_UP)
    floor.do(CallWrapUp(call_id=1, agent_id="ann", code="sale"))
    assert floor.refused(command) == (ErrorCode.UNKNOWN_CALL, "call_id")


def test_ca_12_all_that_is_wrong_with_a_guide_is_said_when_it_is_set() -> None:
    questions = (
        choice("a", yes="b", no="gone"),
        asked("b", AnswerKind.TEXT, "c"),
        choice("c", on="b", again="c"),
        choice("alone", yes=""),
        asked("a", AnswerKind.DATE),
        GuideQuestion(id="empty", text="?"),
        GuideQuestion(
            id="mixed", text="?", kind=AnswerKind.TEXT, choices=(GuideChoice(answer="x"),)
        ),
        GuideQuestion(
            id="twice", text="?", choices=(GuideChoice(answer="x"), GuideChoice(answer="x"))
        ),
        GuideQuestion(id="next", text="?", choices=(GuideChoice(answer="x"),), next="a"),
    )
    settings = CampaignSettings(name="x", guide=GuideSettings(questions=questions))
    reply = Floor().ask(CampaignCreate(settings=settings))
    assert isinstance(reply, Error)
    fields = [fault.field.removeprefix("settings.guide.questions") for fault in reply.faults]
    assert fields == [
        "[4].id",
        "[5].choices",
        "[6].choices",
        "[7].choices[1].answer",
        "[8].next",
        "[0].choices[1].next",
        "[1]",
        "[2]",
        "[3]",
        "[5]",
        "[5]",
        "[6]",
        "[7]",
        "[8]",
    ]


def test_ca_12_a_loop_is_fine_where_an_end_can_be_reached() -> None:
    good = GuideSettings(questions=(choice("a", again="a", on="b"), choice("b", back="a", end="")))
    assert list(guide_faults(good, "guide")) == []
    bad = GuideSettings(questions=(choice("a", again="a", on="b"), choice("b", back="a")))
    assert [field for field, _ in guide_faults(bad, "guide")] == [
        "guide.questions[0]",
        "guide.questions[1]",
    ]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (AnswerKind.NUMBER, ["0", "-3", "+4.25"], ["", "one", "1.", "1e9", " 1", "٣"]),
        (AnswerKind.DATE, ["2024-02-29"], ["", "2026-02-29", "20260301", "2026-W01-1", "today"]),
        (AnswerKind.TEXT, ["x", "x" * 2_000], ["", "  ", "x" * 2_001]),
    ],
)
def test_ca_12_an_answer_is_of_the_kind_that_is_asked_for(
    kind: AnswerKind, good: list[str], bad: list[str]
) -> None:
    question = asked("q", kind, "on")
    assert {next_after(question, text) for text in good} == {"on"}
    for text in bad:
        with pytest.raises(BadAnswer):
            next_after(question, text)


IDS = st.sampled_from(["a", "b", "c", "d"])


@given(
    st.lists(
        st.tuples(IDS, st.lists(st.one_of(IDS, st.just("")), min_size=1, max_size=3)),
        min_size=1,
        max_size=4,
        unique_by=lambda pair: pair[0],
    )
)
def test_ca_12_a_guide_without_faults_is_walked_to_an_end_from_everywhere(
    graph: list[tuple[str, list[str]]],
) -> None:
    """Beside a slow walk along all answers, of at most as many steps as there are questions."""
    guide = GuideSettings(
        questions=tuple(
            choice(name, **{f"answer{n}": to for n, to in enumerate(leads)})
            for name, leads in graph
        )
    )
    leads = dict(graph)

    def walk(start: set[str]) -> set[str]:
        for _ in graph:
            start = start | {to for at in start for to in leads.get(at, [])}
        return start

    sound = (
        all(to in leads or not to for ways in leads.values() for to in ways)
        and walk({graph[0][0]}) >= set(leads)
        and all("" in walk({name}) for name in leads)
    )
    assert (not list(guide_faults(guide, "guide"))) == sound
