"""What the rest of the product asks of the assistant, by name."""

from conversations.commands.assistant import HAND_OVER_ALL, hand_over_all
from conversations.commands.messages import ANSWER_MESSAGE
from jobs.queue import job

from . import answering


@job(ANSWER_MESSAGE, max_attempts=3)
def answer_message(message_id, epoch):
    answering.answer(message_id, epoch)


@job(HAND_OVER_ALL)
def hand_over_all_of_them():
    """The assistant was switched off: whoever was with it waits for a person now."""
    hand_over_all()
