"""How long and how hard: the profiles of the command line."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Profile:
    """Of one stack. `messages`: acknowledged at least. `steps`: strikes of the nemesis; `pause`: seconds between them.
    `leases_pass`: a dead worker's leases are aged instead of waited for. `pace`: seconds that a writer thinks.
    `heal`, `cards`: seconds that pages and cards may take after the last fault."""

    messages: int
    steps: int
    pause: float
    employees: int
    agents: int
    away: int
    pace: float
    leases_pass: bool
    haste: float = 1.0  # how many times faster than a page's own its waits are
    limit: float = 120.0  # seconds after which nobody writes any more, whatever is missing
    heal: float = 60.0
    cards: float = 60.0
    prompt: float = 15.0  # seconds within which a page must be complete where no frame was lost


SHORT = Profile(messages=250, steps=12, pause=0.4, employees=3, agents=2, away=2, pace=0.12, leases_pass=True, haste=4)
FULL = Profile(
    messages=5000,
    steps=155,
    pause=0.8,
    employees=6,
    agents=4,
    away=4,
    pace=0.12,
    leases_pass=False,
    limit=1500.0,
    cards=180.0,
)
AIMED = replace(SHORT, messages=100, steps=6, pause=0.3)
PROFILES = {"short": SHORT, "full": FULL}
