"""`python -m benchmarks.compare [--only queue,timers] [--scale 0.01] [--pairs 5]`."""

import argparse

from benchmarks.compare.harness import run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("--only", default="", help="subjects or rows, parted by commas")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size")
    parser.add_argument("--pairs", type=int, default=5, help="alternating runs of each")
    given = parser.parse_args()
    if given.pairs < 5 and given.scale == 1.0:
        parser.error("a figure that is kept is the median of at least five pairs")
    run([name for name in given.only.split(",") if name], given.scale, given.pairs)


main()
