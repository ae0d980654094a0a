"""What is asked of cards, by name."""

from jobs.queue import job

from .. import later
from . import asking, card_buttons, waiting

ATTEMPTS = 120  # the backoff ends at some minutes: more than the day after which a card is given up
MINUTE = 60


@job("ask_if_solved", max_attempts=ATTEMPTS)
def ask_if_solved(conversation_id, epoch):
    """Ask the employee who is away whether it is solved, on a card with buttons."""
    with later.retried():
        asking.ask_if_solved(conversation_id, epoch)


@job("refresh_card", max_attempts=ATTEMPTS)
def refresh_card(conversation_id, epoch):
    """The card that still asks about this resolution shows what was said elsewhere."""
    with later.retried():
        card_buttons.refresh(conversation_id, epoch)


@job("offer_to_urge", max_attempts=1, every=MINUTE)
def offer_to_urge():
    """Who has waited long is told so, with a button to hurry."""
    waiting.offer_to_urge()
