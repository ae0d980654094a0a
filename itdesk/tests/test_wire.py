"""Which addresses the server lets have a message's files: those whose views say so, and no others."""

import inspect

import pytest
from django.urls import URLPattern, get_resolver

from itdesk.wire import _takes_files

SOME_ID = "3f2b1c9e-0000-4000-8000-000000000000"


def views(patterns):
    for each in patterns:
        if isinstance(each, URLPattern):
            yield each.callback
        else:
            yield from views(each.url_patterns)


@pytest.mark.parametrize(
    ("target", "takes"),
    [
        ("/itdesk/messages", True),
        ("/itdesk/messages?after=3", True),
        (f"/agent/conversations/{SOME_ID}/messages", True),
        ("/wecom/simulator/cgi-bin/media/upload?access_token=x", True),
        (f"/uploads/{SOME_ID}?offset=0", False),
        ("/agent/conversations/x/messages", False),
        ("/itdesk/messages/", False),
        ("/itdesk/messages%3f", False),
        ("/healthz", False),
        ("/nothing", False),
        ("*", False),
        ("http://elsewhere/itdesk/messages", False),
        ("/\xff", False),
    ],
)
def test_an_address_takes_files_where_its_view_does(target, takes):
    assert _takes_files(target.encode("latin-1")) is takes


def test_every_view_of_ours_that_reads_messages_files_says_so():
    """Without the mark the server cuts what is larger than an ordinary body; with it, anybody may send as much."""
    modules = {}
    for view in views(get_resolver().url_patterns):
        inner = inspect.unwrap(view)
        if getattr(inner, "__module__", "").startswith(("conversations.", "wecom.simulator.", "knowledge.")):
            modules.setdefault(inner.__module__, []).append(view)
    reading = {
        name
        for name in modules
        if "request.FILES" in inspect.getsource(inspect.getmodule(inspect.unwrap(modules[name][0])))
    }
    marked = {name for name, all_views in modules.items() if any(hasattr(view, "takes_files") for view in all_views)}
    assert marked == reading - {"conversations.views.uploads"}  # it counts those of the others
