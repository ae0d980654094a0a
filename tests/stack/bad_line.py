"""A line that loses packets, made by the kernel in a network namespace of this process alone (`unshare -n`).

`netem` where the kernel has it; else the rate comes from `htb` and the loss from a rule of nftables. Needs root; nothing
outside the namespace notices.
"""

import re
import shutil
import subprocess

MTU = 1500  # bytes, as on a real line; the loopback's own 64 KiB would lose 40 packets' worth at once
QUEUE = 60  # packets that wait for the slow line before it drops them by itself: 0.7 s of one megabit


class Impossible(Exception):
    """This machine makes no such line; says why in one line."""


def run(command):
    """→ what it said. Raises Impossible."""
    words = command.split()
    if not shutil.which(words[0]):
        raise Impossible(f"there is no {words[0]}")
    done = subprocess.run(words, capture_output=True, text=True, timeout=20)
    if done.returncode:
        raise Impossible(f"{' '.join(words[:3])}…: {(done.stderr or done.stdout).strip()}")
    return done.stdout


class BadLine:
    """The loopback of a fresh namespace. Good at first; `storm()` makes it slow and lossy, both ways together."""

    def __init__(self, megabits, loss):
        self.megabits, self.loss, self.way = megabits, loss, ""
        run("ip link set lo up")
        run(f"ip link set lo mtu {MTU}")
        run(f"ip link set dev lo gso_max_segs 1 gso_max_size {MTU}")
        for net in ("127.0.0.0/8", "127.0.0.1"):
            # What Windows, Android and iOS send with. Ours may be BBR, which takes loss more lightly.
            place = f"local {net} dev lo table local proto kernel scope host src 127.0.0.1"
            run(f"ip route change {place} congctl cubic")

    def storm(self):
        try:
            self._by_netem()
        except Impossible:
            self._by_rules()

    def _by_netem(self):
        run(f"tc qdisc add dev lo root netem loss {self.loss}% rate {self.megabits}mbit limit {QUEUE}")
        self.way = "netem"

    def _by_rules(self):
        run("tc qdisc add dev lo root handle 1: htb default 1")
        run(f"tc class add dev lo parent 1: classid 1:1 htb rate {self.megabits}mbit")
        run(f"tc qdisc add dev lo parent 1:1 pfifo limit {QUEUE}")
        run("nft add table inet bad")
        run("nft add chain inet bad line { type filter hook input priority 0; }")
        run(f"nft add rule inet bad line meta l4proto tcp numgen random mod 100 < {self.loss} counter drop")
        self.way = "htb + nft"

    @property
    def dropped(self):
        """Packets that were lost so far."""
        if self.way == "netem":
            return int(re.search(r"dropped (\d+)", run("tc -s qdisc show dev lo"))[1])
        return int(re.search(r"packets (\d+)", run("nft list table inet bad"))[1])
