"""Who handles what WeCom tells us: `@on_message("text")`, `@on_event("template_card_event")`.

A handler is a function `(entry: Inbound) → None` that runs in a job, never in WeCom's request, outside any transaction,
at least once (it must bear a second run), and in turn with everything else of the same person. It may set
`entry.message` and `entry.outcome` (one word), which are saved when it returns, and raise what a job may raise
(`jobs.queue.RetryLater`, WecomError …): then the entry is tried again. A module that registers is imported by
`wecom/jobs.py`.
"""

ANY = "*"  # the MsgType of whoever takes the messages that nobody else does
handlers = {}


def on_message(*kinds):
    """Register the decorated function for these MsgTypes."""
    return _registering([(kind, "") for kind in kinds])


def on_event(*names):
    """Register the decorated function for these events, named as WeCom does; case does not count."""
    return _registering([("event", name.lower()) for name in names])


def handler_of(entry):
    """The handler of this Inbound, or None: for events that nobody asked for."""
    return handlers.get((entry.kind, entry.event)) or (None if entry.kind == "event" else handlers.get((ANY, "")))


def _registering(keys):
    def register(function):
        for key in keys:
            taken = handlers.get(key)
            if taken and taken.__qualname__ != function.__qualname__:
                raise ValueError(f"two handlers for {key}")
            handlers[key] = function
        return function

    return register
