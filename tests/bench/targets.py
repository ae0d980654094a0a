"""The targets of PERFORMANCE 6 that this benchmark can judge, against what one run found."""

from .table import number


def ratio(row, stand, other, setup="memory", scenario="fanout", against=None):
    """The row of `stand` divided by that of `other`, both from one run. `against`: the other's (scenario, setup)."""

    def found(figures):
        return figures[scenario, setup, stand][row] / figures[(*(against or (scenario, setup)), other)][row]

    return found


def wrong(figures):
    """Deliveries lost, doubled or out of order at the desk, in every scenario together."""
    ours = [each for (_scenario, _setup, stand), each in figures.items() if stand.startswith("desk") and "lost" in each]
    return sum(each[name] for each in ours for name in ("lost", "doubled", "out_of_order", "refused"))


def late(figures):
    return figures["overload", "memory", "desk"]["all there s"]


UP, DOWN = "≥", "≤"
CPU = "CPU µs per delivery"
GROWTH = ratio(CPU, "desk", "desk", scenario="many", against=("fanout", "memory"))
TWO = ratio(CPU, "desk", "desk", setup="redis2", against=("fanout", "redis"))
TARGETS = [
    ("500 listeners, msg/s, to the floor", ratio("msg/s", "desk", "floor"), UP, 7),
    ("500 listeners, msg/s, to the old shape", ratio("msg/s", "desk", "old shape"), UP, 0.75),
    ("– moonshot", ratio("msg/s", "desk", "old shape"), UP, 1.0),
    ("on uvicorn, msg/s, to the old shape", ratio("msg/s", "desk on uvicorn", "old shape"), UP, 1.5),
    ("CPU per delivery at 500, to the floor", ratio(CPU, "desk", "floor"), DOWN, 0.15),
    ("– moonshot", ratio(CPU, "desk", "floor"), DOWN, 0.08),
    ("CPU per delivery at 2,000, to that at 500", GROWTH, DOWN, 1.25),
    ("delivery p95 at 500, to the floor", ratio("delivery ms p95", "desk", "floor"), DOWN, 0.03),
    ("steady, delivery p95, to the floor", ratio("delivery ms p95", "desk", "floor", scenario="steady"), DOWN, 0.5),
    ("steady, send p95, to the floor", ratio("send ms p95", "desk", "floor", scenario="steady"), DOWN, 0.9),
    ("lost, doubled, out of order, refused", wrong, DOWN, 0),
    ("overload: s until all is there", late, DOWN, 10),
    ("KiB of an idle socket (RSS), to the floor", ratio("RSS KiB per socket", "desk", "floor", scenario="memory"), DOWN, 1.25),
    ("connects a second, to the floor", ratio("connects per s", "desk", "floor", scenario="connect"), UP, 0.5),
    ("two processes, CPU per delivery, to one", TWO, DOWN, 1.15),
]  # fmt: skip


def print_table(figures):
    """One line a target; what the run did not measure is left out."""
    print(f"{'target':46}{'wanted':>10}{'found':>10}")
    for name, find, direction, wanted in TARGETS:
        try:
            value = find(figures)
        except KeyError:
            continue
        met = value >= wanted if direction == UP else value <= wanted
        print(f"{name:46}{f'{direction} {number(wanted)}':>10}{number(value):>10}  {'met' if met else 'MISSED'}")
