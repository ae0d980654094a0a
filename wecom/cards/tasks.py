"""What a card is about, as WeCom carries it there and back in `task_id`: unique per card, letters, digits and dashes."""

import re
from dataclasses import dataclass
from uuid import UUID

TEXT = re.compile(r"(solved|waiting)-([0-9a-f]{32})-([0-9]{1,9})")


@dataclass(frozen=True)
class Task:
    """`kind`: "solved" asks about the resolution of `epoch`, "waiting" offers to hurry whoever waits in it."""

    kind: str
    conversation_id: UUID
    epoch: int

    @classmethod
    def read(cls, text):
        """The task that a callback names, or None for anything that is not ours."""
        found = TEXT.fullmatch(text)
        return cls(found[1], UUID(found[2]), int(found[3])) if found else None

    @classmethod
    def of_delivery(cls, row):
        return cls.read(row.key.split(":")[1])

    @property
    def key(self):
        """The business key of the card in the ledger: one card for one task."""
        return f"card:{self}"

    def __str__(self):
        return f"{self.kind}-{self.conversation_id.hex}-{self.epoch}"
