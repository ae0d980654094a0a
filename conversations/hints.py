"""The short-lived frames about people: who writes, who has read. Losing one costs nobody anything (CONTRACT 4)."""

import time

PACE = 2.0  # seconds between two relayed `typing` of one page; ours tells every 3 s
RESTART = 0.5  # the same after a stop: the next line is often begun at once


def typing_frame(conversation_id, name, sender_type, *, stopped=False):
    """Somebody of the other side writes, or has just stopped. The page forgets it after 5 s by itself."""
    told = {"type": "typing", "conversation_id": str(conversation_id), "name": name, "sender_type": sender_type}
    return {**told, "stopped": stopped}


def read_frame(conversation_id, reader, seq):
    """`reader` has seen everything up to `seq`: `me` (on another page of mine), the `employee`, or the `agents`."""
    return {"type": "read", "conversation_id": str(conversation_id), "reader": reader, "seq": seq}


class TypingPace:
    """How often one page may tell of its keys. A stop is told only after a start, and once."""

    def __init__(self):
        self._told = {}  # conversation id → (when, whether the other side believes that somebody writes)

    def allows(self, conversation_id, stopped):
        at, writing = self._told.get(conversation_id, (float("-inf"), False))
        now = time.monotonic()
        if not (writing if stopped else now - at >= (PACE if writing else RESTART)):
            return False
        self._told[conversation_id] = (at if stopped else now, not stopped)
        return True

    def forget(self, conversation_id):
        self._told.pop(conversation_id, None)
