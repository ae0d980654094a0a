"""Telling agents outside the console: what asks for it, what each of them wants, and who is looking anyway."""

from datetime import timedelta

from django.utils import timezone

from jobs.queue import declare, enqueue

from ..models import AlertSettings, ConsoleSight
from ..states import Status

NOTIFY_AGENTS = declare("notify_agents")
# Long enough for whoever looks at the list to take it.
SECONDS_FOR_THE_LIST = 10
SIGHT = timedelta(seconds=50)  # after the page's last word; it says one every 20 s


def tell_of_queue(conversation):
    """In the caller's transaction: somebody waits for a person. Each stay in the queue is told once, by its epoch."""
    if conversation.status == Status.QUEUED:
        tell_agents(conversation, "queued", conversation.epoch)


def tell_agents(conversation, kind, about, agents=None):
    """In the caller's transaction: `about` names the occasion, which each agent hears of once. `agents`: their ids, or
    None for whoever is responsible."""
    enqueue(
        NOTIFY_AGENTS,
        run_in=SECONDS_FOR_THE_LIST,
        key=f"{NOTIFY_AGENTS}:{kind}:{conversation.pk}:{about}",
        conversation_id=str(conversation.pk),
        kind=kind,
        about=str(about),
        agents=agents,
    )


def see_console(user, visible):
    """This agent's console is in front of them, or no longer is. Two tabs: the visible one says so again soon."""
    until = timezone.now() + (SIGHT if visible else timedelta())
    ConsoleSight.objects.update_or_create(user=user, defaults={"until": until})


def save_alert_settings(user, wanted, quiet):
    """`wanted`: kinds to tell of. `quiet`: (from, until), or None."""
    facts = {kind: kind in wanted for kind in AlertSettings.KINDS}
    facts["quiet_from"], facts["quiet_until"] = quiet or (None, None)
    return AlertSettings.objects.update_or_create(user=user, defaults=facts)[0]
