"""What processes cost, from /proc: processor time is right whatever else the machine does, a clock on the wall is not."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu(pids):
    """Seconds of processor time, user and system, that these processes have used."""
    return sum(_cpu(pid) for pid in pids)


def _cpu(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pids):
    """KiB as {"rss", "pss"}, all processes together."""
    total = {"rss": 0, "pss": 0}
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name = line.partition(":")[0].lower()
            if name in total:
                total[name] += int(line.split()[1])
    return total
