"""What the rest of the product asks of WeCom, by name."""

from jobs.queue import RetryLater, job

from . import pictures, push

ATTEMPTS = 120  # the backoff ends at some minutes: more than the day after which a card is given up


@job("notify_employee", max_attempts=ATTEMPTS)
def notify_employee(message_id):
    """Tell the employee of this answer through WeCom, unless the page has shown it meanwhile."""
    try:
        push.notify(message_id)
    except push.TryLater as later:
        raise RetryLater(later.seconds, str(later)) from None


@job(pictures.FETCH)
def fetch_phone_picture(picture_id):
    """Bring a picture here that somebody chose in WeCom's own picker."""
    pictures.fetch(picture_id)
