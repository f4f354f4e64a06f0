"""Sharing in exact fractions, as the quota method is told in books."""

from dataclasses import dataclass
from fractions import Fraction

ROUNDING = Fraction(1, 1000)


@dataclass
class Campaign:
    order: int
    parity: int
    credit: Fraction = Fraction(0)
    dry: bool = False


class SharingTwin:
    def __init__(self) -> None:
        self.campaigns: dict[int, Campaign] = {}

    def competing(self, order: int) -> dict[int, Campaign]:
        return {
            id: campaign
            for id, campaign in sorted(self.campaigns.items())
            if campaign.order == order and not campaign.dry
        }

    def _spread(self, order: int, credit: Fraction) -> None:
        rivals = self.competing(order).values()
        total = sum(rival.parity for rival in rivals)
        for rival in rivals:
            rival.credit += credit * rival.parity / total

    def leave(self, campaign_id: int) -> None:
        gone = self.campaigns.pop(campaign_id)
        self._spread(gone.order, gone.credit)

    def update(self, campaign_id: int, order: int, parity: int) -> None:
        campaign = self.campaigns[campaign_id]
        campaign.parity = parity
        if campaign.order != order:
            credit, campaign.credit = campaign.credit, Fraction(0)
            before, campaign.order = campaign.order, order
            self._spread(before, credit)

    def set_dry(self, campaign_id: int, dry: bool) -> None:
        campaign = self.campaigns[campaign_id]
        if dry and not campaign.dry and campaign.credit > 0:
            campaign.dry = True
            credit, campaign.credit = campaign.credit, Fraction(0)
            self._spread(campaign.order, credit)
        campaign.dry = dry

    def charge(self, launched: int, ids: list[int]) -> None:
        order = self.campaigns[launched].order
        rivals = [self.campaigns[id] for id in ids if self.campaigns[id].order == order]
        total = sum(rival.parity for rival in rivals)
        for rival in rivals:
            rival.credit += Fraction(rival.parity, total)
        self.campaigns[launched].credit -= 1

    def pick(self, chosen: int | None) -> None:
        """Follows a choice; an AssertionError when it was not the best, or as good as the best."""
        orders = [campaign.order for campaign in self.campaigns.values() if not campaign.dry]
        if not orders:
            assert chosen is None
            return
        assert chosen is not None
        rivals = self.competing(min(orders))
        total = sum(rival.parity for rival in rivals.values())

        def key(id: int) -> tuple[bool, Fraction, int]:
            rival, share = rivals[id], Fraction(rivals[id].parity, total)
            return rival.credit + share <= 0, (1 - rival.credit) / share, id

        best = min(key(id) for id in rivals)
        if key(chosen) != best:
            # The kernel rounds credits when members change, so it may part what is all but equal.
            edge = min(
                abs(rivals[id].credit + Fraction(rivals[id].parity, total))
                for id in (chosen, best[2])
            )
            assert key(chosen)[0] == best[0] or edge < ROUNDING
            gap = abs(key(chosen)[1] - best[1]) * Fraction(rivals[chosen].parity, total)
            assert gap < ROUNDING or edge < ROUNDING
        for rival in rivals.values():
            rival.credit += Fraction(rival.parity, total)
        rivals[chosen].credit -= 1
