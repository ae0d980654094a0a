"""What the rest of the product asks of WeCom, by name."""

from jobs.queue import job

from . import later, pictures, push, sending

ATTEMPTS = 120  # the backoff ends at some minutes: more than the day after which a card is given up
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


@job("drain_deliveries", max_attempts=1, every=DRAIN_EVERY)
def drain_deliveries():
    """Send what waits: after an outage nobody's backoff decides how long a card is on its way."""
    sending.drain()


@job(sending.RECALL)
def recall_delivery(delivery_id):
    """Take back a card whose message was seen meanwhile."""
