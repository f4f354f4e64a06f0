"""CA-5: whose call is next, when campaigns compete for the same agents."""

from collections import Counter

import pytest

from fastdial.kernel.sharing import Sharing


def shared(*campaigns: tuple[int, int, int]) -> Sharing:
    sharing = Sharing()
    for campaign, order, parity in campaigns:
        sharing.join(campaign, order, parity)
    return sharing


def picks(sharing: Sharing, count: int) -> list[int | None]:
    return [sharing.pick() for _ in range(count)]


def test_ca_5_the_lowest_order_goes_first() -> None:
    sharing = shared((10000, 2, 1), (10001, 1, 1), (10002, 1, 1))
    assert picks(sharing, 4) == [10001, 10002, 10001, 10002]
    sharing.set_dry(10001, True)
    assert picks(sharing, 2) == [10002, 10002]
    sharing.set_dry(10002, True)
    assert picks(sharing, 2) == [10000, 10000]
    sharing.set_dry(10000, True)
    assert (sharing.peek(), sharing.pick()) == (None, None)


def test_ca_5_equal_orders_share_by_parity() -> None:
    sharing = shared((1, 0, 3), (2, 0, 2), (3, 0, 1))
    assert picks(sharing, 6) == [1, 2, 1, 2, 1, 3]
    assert Counter(picks(sharing, 6000)) == {1: 3000, 2: 2000, 3: 1000}


def test_ties_go_to_the_lower_id_whoever_joined_first() -> None:
    assert picks(shared((9, 0, 1), (4, 0, 1), (7, 0, 1)), 3) == [4, 7, 9]


def test_a_dry_campaign_piles_up_no_credit() -> None:
    sharing = shared((1, 0, 1), (2, 0, 1))
    sharing.set_dry(2, True)
    assert picks(sharing, 100) == [1] * 100
    sharing.set_dry(2, False)
    assert Counter(picks(sharing, 100)) == {1: 50, 2: 50}


def test_running_dry_after_each_call_gains_nothing() -> None:
    sharing = shared((1, 0, 1), (2, 0, 1))
    calls: Counter[int | None] = Counter()
    for _ in range(1000):
        picked = sharing.pick()
        calls[picked] += 1
        if picked == 1:
            sharing.set_dry(1, True)
            sharing.set_dry(1, False)
    assert calls == {1: 500, 2: 500}


def test_a_small_campaign_is_not_starved_by_the_comings_and_goings_of_others() -> None:
    sharing = shared((1, 0, 20), (2, 0, 1))
    calls: Counter[int | None] = Counter()
    for _ in range(700):
        sharing.join(3, 0, 7)
        calls.update(picks(sharing, 3))
        sharing.leave(3)
    assert 65 <= calls[2] <= 85  # 3 * 700 / 28 = 75


def test_parity_can_change_while_calls_are_made() -> None:
    sharing = shared((1, 0, 1), (2, 0, 1))
    picks(sharing, 10)
    sharing.update(1, parity=9)
    assert Counter(picks(sharing, 100)) == {1: 90, 2: 10}
    sharing.update(2, order=-1)
    assert picks(sharing, 3) == [2, 2, 2]


@pytest.mark.parametrize("parity", [0, -1, 10_001])
def test_parity_has_limits(parity: int) -> None:
    sharing = shared((1, 0, 1))
    with pytest.raises(ValueError, match=f"parity of campaign 2 is {parity}; it can be 1 to 10000"):
        sharing.join(2, 0, parity)
    with pytest.raises(ValueError, match="parity of campaign 1"):
        sharing.update(1, parity=parity)
    assert len(sharing) == 1


def test_parities_of_an_order_add_up_to_at_most_ten_million() -> None:
    sharing = shared(*((campaign, 0, 10_000) for campaign in range(1000)))
    with pytest.raises(ValueError, match="add up to 10000001"):
        sharing.join(1000, 0, 1)
    sharing.join(1000, 1, 10_000)
    assert picks(sharing, 3) == [0, 1, 2]


def test_campaigns_are_checked() -> None:
    sharing = shared((1, 0, 1))
    with pytest.raises(ValueError, match="campaign 1 shares here already"):
        sharing.join(1, 0, 1)
    for call in (sharing.leave, sharing.is_dry, sharing.update):
        with pytest.raises(KeyError, match="campaign 2 does not share here"):
            call(2)
    with pytest.raises(KeyError, match="campaign 2"):
        sharing.set_dry(2, True)


@pytest.mark.parametrize("entry", [(1, 0, 1, 0, 0, False), (1, 0, 1, 2**62, 1, False)])
def test_restore_refuses_what_entries_never_gives(
    entry: tuple[int, int, int, int, int, bool],
) -> None:
    with pytest.raises(ValueError, match="these are no entries"):
        Sharing.restore([entry])


def test_only_those_who_compete_for_a_call_are_looked_at() -> None:
    sharing = shared((1, 0, 1), (2, 0, 1), (3, 1, 1))
    assert sharing.choose([2, 3]) == 2
    assert sharing.choose([3]) == 3
    assert sharing.choose([]) is None
    assert Sharing().choose([]) is None


def test_whoever_launched_out_of_turn_pays_for_it() -> None:
    sharing = shared((1, 0, 1), (2, 0, 1))
    sharing.charge(2, (1, 2))
    assert [sharing.choose((1, 2))] == [1]
    for _ in range(5_000):
        sharing.charge(2, (1, 2))
    for _ in range(3_000):
        sharing.charge(1, (1, 2))
    assert sharing.choose((1, 2)) == 2, "debt is forgotten from a thousand calls on"
    assert Sharing.restore(sharing.entries()).entries() == sharing.entries()


def test_what_cannot_be_chosen_or_charged_is_refused_and_changes_nothing() -> None:
    sharing = shared((1, 0, 1), (2, 0, 1))
    sharing.set_dry(2, True)
    before = sharing.entries()
    with pytest.raises(KeyError, match="campaign 7"):
        sharing.choose([1, 7])
    with pytest.raises(KeyError, match="campaign 7"):
        sharing.charge(1, [1, 7])
    with pytest.raises(ValueError, match="campaign 2 launches"):
        sharing.charge(2, [1])
    with pytest.raises(KeyError, match="campaign 7"):
        sharing.charge(7, [7])
    with pytest.raises(KeyError):
        Sharing().choose([1])
    assert sharing.entries() == before
