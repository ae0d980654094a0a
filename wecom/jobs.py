"""What the rest of the product asks of WeCom, by name."""

from django.utils import timezone

from jobs.queue import hurry, job

from . import agents as agent_cards
from . import later, pace, pictures, push, recall, sending
from .cards import jobs as cards  # noqa: F401  those that register, too
from .inbound import answers, directory, media, others, receiving, turns, words  # noqa: F401  those that register, too

DAY = 24 * 60 * 60
ATTEMPTS = 120  # the backoff ends at some minutes: more than the day after which a card is given up
# What the ledger does not hold yet, and would wait for the backoff that grew during an outage: files, links, recalls.
HELD_UP = ("notify_employee", "ask_if_solved", "refresh_card", sending.RECALL, "answers_seen", receiving.RECEIVE)
DRAIN_EVERY = 20  # seconds: how soon after an outage the first waiting message finds out


@job("notify_employee", max_attempts=ATTEMPTS)
def notify_employee(message_id):
    """Tell the employee of this answer through WeCom, unless the page has shown it meanwhile."""
    with later.retried():
        push.notify(message_id)


@job(pictures.FETCH)
def fetch_phone_picture(picture_id):
    """Bring a picture here that somebody chose in WeCom's own picker."""
    pictures.fetch(picture_id)


@job("drain_deliveries", every=DRAIN_EVERY)
def drain_deliveries():
    """Send what waits: after an outage nobody's backoff decides how long a card is on its way."""
    sending.drain()
    if pace.is_healed():
        hurry(*HELD_UP)


@job(sending.RECALL, max_attempts=ATTEMPTS)
def recall_delivery(delivery_id):
    """Take back a message that somebody had seen while it was on its way."""
    with later.retried():
        recall.take_back(delivery_id)


@job("answers_seen", max_attempts=ATTEMPTS)
def answers_seen(conversation_id, user_id):
    """A page has shown answers so late that there may be a card: take it back."""
    with later.retried():
        recall.seen(conversation_id, user_id)


@job(receiving.RECEIVE, max_attempts=ATTEMPTS)
def receive_from_wecom(inbound_id):
    """Work on what somebody wrote in the app's chat, or on an event, in turn with what the same person did before."""
    turns.take(inbound_id)


@job(answers.SAY, max_attempts=ATTEMPTS)
def say_in_app_chat(delivery_id):
    """What the app's chat answers by itself."""
    with later.retried():
        answers.send(delivery_id)


@job(media.FETCH_LATE, max_attempts=ATTEMPTS)
def fetch_late_from_wecom(inbound_id):
    """A picture that could not be had when its turn came."""
    media.fetch_late(inbound_id)


@job("sweep_inbound", every=DAY)
def sweep_inbound():
    """Forget what came in long ago; the messages that it became stay."""
    receiving.sweep(timezone.now())


@job("notify_agents")
def notify_agents(conversation_id, kind, about="", agents=None):
    """Tell those whom this concerns, each by a job of their own."""
    agent_cards.fan_out(conversation_id, kind, about, agents)


@job(agent_cards.NOTIFY_AGENT, max_attempts=ATTEMPTS)
def notify_agent(conversation_id, kind, about, agent_id):
    """Tell this agent through WeCom, unless the console is in front of them."""
    with later.retried():
        agent_cards.tell(conversation_id, kind, about, agent_id)
