"""CA-5: calls are shared by the quota method, whatever happens to the campaigns meanwhile."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from effort import examples
from fastdial.kernel.sharing import Sharing
from twins.sharing import Campaign, SharingTwin

IDS = st.integers(-2, 6)
ORDERS = st.integers(0, 2)
PARITIES = st.one_of(st.integers(1, 5), st.integers(1, 10_000))


class SharingMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.sharing = Sharing()
        self.twin = SharingTwin()

    @rule(campaign=IDS, order=ORDERS, parity=PARITIES)
    def join_or_update(self, campaign: int, order: int, parity: int) -> None:
        if campaign in self.sharing:
            self.sharing.update(campaign, order=order, parity=parity)
            self.twin.update(campaign, order, parity)
        else:
            self.sharing.join(campaign, order, parity)
            self.twin.campaigns[campaign] = Campaign(order, parity)

    @rule(campaign=IDS)
    def leave(self, campaign: int) -> None:
        assert (campaign in self.sharing) == (campaign in self.twin.campaigns)
        if campaign in self.sharing:
            self.sharing.leave(campaign)
            self.twin.leave(campaign)

    @rule(campaign=IDS, dry=st.booleans())
    def set_dry(self, campaign: int, dry: bool) -> None:
        if campaign in self.sharing:
            self.sharing.set_dry(campaign, dry)
            self.twin.set_dry(campaign, dry)
            assert self.sharing.is_dry(campaign) == dry

    @rule(count=st.integers(1, 30))
    def pick(self, count: int) -> None:
        for _ in range(count):
            coming = self.sharing.peek()
            assert self.sharing.pick() == coming
            self.twin.pick(coming)

    @rule(ids=st.lists(IDS, unique=True), pick=st.integers(0, 6))
    def share_among_some(self, ids: list[int], pick: int) -> None:
        ids = [id for id in ids if id in self.sharing]
        before = self.sharing.entries()
        chosen = self.sharing.choose(ids)
        assert self.sharing.entries() == before, "choosing changed something"
        dry = {id: campaign.dry for id, campaign in self.twin.campaigns.items()}
        for id, campaign in self.twin.campaigns.items():
            campaign.dry = id not in ids
        self.twin.pick(chosen)
        for id, campaign in self.twin.campaigns.items():
            campaign.dry = dry[id]
        if chosen is not None:
            self.sharing.charge(chosen, ids)
            launched = ids[pick % len(ids)]
            self.sharing.charge(launched, ids)
            self.twin.charge(launched, ids)
        assert [entry[-1] for entry in self.sharing.entries()] == [
            dry[entry[0]] for entry in self.sharing.entries()
        ]

    @rule()
    def snapshot(self) -> None:
        entries = self.sharing.entries()
        self.sharing = Sharing.restore(entries)
        assert self.sharing.entries() == entries


TestSharing = SharingMachine.TestCase
TestSharing.settings = settings(max_examples=examples(60), stateful_step_count=40, deadline=None)


@settings(deadline=None, max_examples=examples(60))
@given(parities=st.lists(PARITIES, min_size=1, max_size=9))
def test_ca_5_every_campaign_is_within_one_call_of_its_share_at_any_time(
    parities: list[int],
) -> None:
    sharing = Sharing()
    for campaign, parity in enumerate(parities):
        sharing.join(campaign, 0, parity)
    calls = [0] * len(parities)
    total = sum(parities)
    for made in range(1, 400):
        picked = sharing.pick()
        assert picked is not None
        calls[picked] += 1
        for parity, launched in zip(parities, calls, strict=True):
            assert abs(Fraction(parity * made, total) - launched) < 1
