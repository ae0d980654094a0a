"""What a sender raises when it is not decided yet."""

from contextlib import contextmanager

from jobs.queue import RetryLater


class TryLater(Exception):
    """Not decided yet; `seconds` until it makes sense again (None: the caller's own backoff).

    `everybody`: it is WeCom's state, not this person's: no other message gets through either.
    """

    def __init__(self, seconds, reason, everybody=False):
        super().__init__(reason)
        self.seconds, self.everybody = seconds, everybody


class Strange(TryLater):
    """WeCom gave a code that nobody knows. It may be about this message alone, so others of the person go on."""


@contextmanager
def retried():
    """In a job: what is not decided yet is this job's next attempt."""
    try:
        yield
    except TryLater as later:
        raise RetryLater(later.seconds, str(later)) from None
