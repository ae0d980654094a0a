"""The benchmark: `python -m tests.bench [scenario …] [--setup memory …] [--rounds N] [--seconds S] [--listeners N]`.

Without a scenario it runs all that compare servers and prints one table of the targets. `docs/performance.md` explains.
"""

import argparse
import os
import sys

from . import callback, idle, pages, scenarios, targets
from .setups import SETUPS

# These measure the desk alone, and have options of their own.
ALONE = {"pages": pages.main, "idle": idle.main, "callback": callback.main}


def main():
    if sys.argv[1:] and sys.argv[1] in ALONE:
        return ALONE[sys.argv[1]](sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("scenarios", nargs="*", choices=[*scenarios.SCENARIOS, []], help="default: all")
    parser.add_argument("--setup", nargs="+", choices=SETUPS, default=list(SETUPS), dest="setups")
    parser.add_argument("--rounds", type=int, default=3, help="each scenario runs so often; medians are printed")
    parser.add_argument("--seconds", type=float, default=6, help="of sending in a round")
    parser.add_argument("--listeners", type=int, default=500, help="of the fan-out")
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
    found = {}
    for name in options.scenarios or scenarios.SCENARIOS:
        found |= scenarios.SCENARIOS[name](options)
    targets.print_table(found)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
