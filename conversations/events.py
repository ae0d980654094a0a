"""The append-only log of what happened to a conversation."""

from .models import Event


def record(conversation, kind, actor, at, **facts):
    """Add one event, inside the transaction of the change that it tells of. `kind` is noun.verb, past tense."""
    return Event.objects.create(
        conversation=conversation, version=conversation.version, kind=kind, actor=actor, facts=facts, at=at
    )
