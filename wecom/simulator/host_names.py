"""One browser keeps one session a host name; with two names for this machine two people can be signed in side by side."""

from django.conf import settings

OTHER_NAME = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


def elsewhere(request):
    """`http://localhost:8000` for a page seen at 127.0.0.1:8000, and the other way round; empty when not allowed."""
    name, colon, port = request.get_host().partition(":")
    other = OTHER_NAME.get(name)
    return f"{request.scheme}://{other}{colon}{port}" if other in settings.ALLOWED_HOSTS else ""
