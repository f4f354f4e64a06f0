"""The server's clock never goes back and goes on from the last instant that the site has seen."""

from fastdial.server.clock import SiteClock


class Clocks:
    """A wall that can be set, and a steady clock."""

    def __init__(self, wall: int) -> None:
        self.wall = wall
        self.steady = 50.0

    def pass_ms(self, passed: int) -> None:
        self.wall += passed
        self.steady += passed

    def site_clock(
        self, *, last: int = 0, speed: float = 1.0, start: int | None = None
    ) -> SiteClock:
        return SiteClock(
            last=last, speed=speed, start=start, wall=lambda: self.wall, steady=lambda: self.steady
        )


def test_it_is_the_wall_clock() -> None:
    clocks = Clocks(1_000_000)
    clock = clocks.site_clock()
    assert clock.now() == 1_000_000
    clocks.pass_ms(250)
    assert clock.now() == 1_000_250
    clocks.wall += 3_600_000
    assert clock.now() == 4_600_250


def test_a_wall_that_is_set_back_does_not_take_time_back() -> None:
    clocks = Clocks(1_000_000)
    clock = clocks.site_clock()
    clocks.pass_ms(500)
    assert clock.now() == 1_000_500
    clocks.wall -= 100_000
    assert clock.now() == 1_000_500
    clocks.pass_ms(700)
    assert clock.now() == 1_001_200, "time goes on meanwhile"


def test_a_site_that_is_ahead_of_the_wall_goes_on_from_its_last_instant() -> None:
    clocks = Clocks(1_000_000)
    clock = clocks.site_clock(last=9_000_000)
    assert clock.now() == 9_000_000
    clocks.pass_ms(300)
    assert clock.now() == 9_000_300


def test_a_fast_clock_runs_from_its_start_and_after_a_restart_from_the_last_event() -> None:
    clocks = Clocks(1_000_000)
    fresh = clocks.site_clock(speed=60.0, start=5_000)
    assert fresh.now() == 5_000
    clocks.pass_ms(1_000)
    assert fresh.now() == 65_000
    again = clocks.site_clock(speed=60.0, start=5_000, last=65_000)
    assert again.now() == 65_000
    clocks.pass_ms(100)
    assert again.now() == 71_000


def test_waits_are_in_wall_seconds() -> None:
    clocks = Clocks(1_000_000)
    clock = clocks.site_clock(speed=10.0, start=0)
    assert clock.seconds_until(20_000) == 2.0
    clocks.pass_ms(5_000)
    assert clock.seconds_until(20_000) == 0.0
