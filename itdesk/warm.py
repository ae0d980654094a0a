"""What every request needs, made before the first one, and then left alone by the garbage collector."""

import gc

from django.template.loader import get_template
from django.urls import get_resolver

# Rendered with each message, outside and inside the request.
HOT = ("conversations/_message.html", "conversations/_row.html", "conversations/_header.html")


def warm_up():
    """Call it once, when everything is imported.

    A full collection looks at each of the 110,000 objects that live as long as the process: 30 ms, several times that
    with many sockets, in which every send and every page waits. Frozen, they are not looked at again.
    """
    get_resolver().url_patterns  # noqa: B018 — imports all views
    for name in HOT:
        get_template(name)
    gc.collect()
    gc.freeze()
