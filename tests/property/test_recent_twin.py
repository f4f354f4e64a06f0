"""CO-3: recent attempts say what lists of all attempts say, whatever has been forgotten."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from effort import examples
from fastdial.kernel.recent import Recent
from twins.recent import RecentTwin

SUBJECTS = st.one_of(st.integers(0, 12), st.sampled_from([-(2**63), -1, 2**63 - 1]))
STEPS = st.one_of(st.just(0), st.integers(0, 40), st.integers(0, 400))
KEEP_MS = 100
PERIODS = st.integers(0, KEEP_MS)


class RecentMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.recent = Recent(KEEP_MS)
        self.twin = RecentTwin()
        self.now = 0

    @rule(subject=SUBJECTS, step=STEPS, conversation=st.booleans())
    def record(self, subject: int, step: int, conversation: bool) -> None:
        self.now += step
        if conversation:
            self.recent.record_conversation(subject, self.now)
        else:
            self.recent.record_attempt(subject, self.now)
        self.twin.record(subject, self.now, conversation)

    @rule(first=st.integers(0, 2**40), count=st.integers(0, 60))
    def many_others(self, first: int, count: int) -> None:
        for subject in range(first, first + count):
            self.recent.record_attempt(subject, self.now)
            self.twin.record(subject, self.now, False)

    @rule(
        subject=SUBJECTS,
        attempts=st.integers(0, 5),
        period_ms=PERIODS,
        quiet_ms=PERIODS,
        later=st.integers(0, 120),
    )
    def ask(self, subject: int, attempts: int, period_ms: int, quiet_ms: int, later: int) -> None:
        allowed_at = self.recent.allowed_at(subject, attempts, period_ms, quiet_ms)
        many = self.recent.allowed_at_many([subject, 77, subject], attempts, period_ms, quiet_ms)
        assert [many[0], many[2]] == [allowed_at] * 2
        for at in (self.now, self.now + later, max(self.now, allowed_at)):
            twin = self.twin.allows(subject, at, attempts, period_ms, quiet_ms)
            assert (at >= allowed_at) == twin
        if allowed_at > self.now:
            assert not self.twin.allows(subject, allowed_at - 1, attempts, period_ms, quiet_ms)

    @rule()
    def forget_all_that_is_old(self) -> None:
        self.recent.forget(self.now)
        kept = self.twin.kept(self.now, KEEP_MS)
        assert len(self.recent) == len(kept)
        assert all(subject in self.recent for subject in kept)

    @rule()
    def snapshot(self) -> None:
        image = self.recent.snapshot()
        self.recent = Recent.restore(image)
        assert self.recent.snapshot() == image
        assert self.recent.keep_ms == KEEP_MS

    @invariant()
    def nobody_is_lost(self) -> None:
        assert len(self.recent) >= len(self.twin.kept(self.now, KEEP_MS))


TestRecent = RecentMachine.TestCase
TestRecent.settings = settings(max_examples=examples(80), stateful_step_count=40, deadline=None)


@settings(deadline=None, max_examples=examples(60))
@given(
    attempts=st.integers(1, 6),
    period_ms=st.integers(1, 300),
    quiet_ms=st.integers(0, 300),
    wishes=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.booleans()), max_size=150),
)
def test_co_3_who_obeys_never_breaks_a_cap_in_any_rolling_window(
    attempts: int, period_ms: int, quiet_ms: int, wishes: list[tuple[int, int, bool]]
) -> None:
    recent = Recent(300)
    done: dict[int, list[tuple[int, bool]]] = {}
    now = 0
    for subject, step, answered in wishes:
        now += step
        if recent.allowed_at(subject, attempts, period_ms, quiet_ms) > now:
            continue
        recent.record_attempt(subject, now)
        if answered:
            recent.record_conversation(subject, now)
        done.setdefault(subject, []).append((now, answered))
    for made in done.values():
        for first, _ in made:
            assert sum(first <= at < first + period_ms for at, _ in made) <= attempts
        for (at, answered), (after, _) in pairwise(made):
            assert not answered or after >= at + quiet_ms
