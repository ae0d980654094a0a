"""A bubble of the size of the desk's own, so that every application compared sends as many bytes."""

from html import escape

PADDING = " message--employee" * 40  # with the rest some 1,100 bytes, as `conversations/_message.html` makes them


def bubble(client_id, content):
    """An HTML fragment of one message."""
    return (
        f'<article id="message-{client_id}" class="message{PADDING}"><p class="words">{escape(content)}</p></article>'
    )
