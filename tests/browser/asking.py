"""What is asked and answered without a page; and waiting for what comes true."""

import uuid

from conversations.commands import messages


def ask(author, content="打印机连不上了", **more):
    return messages.post_message(author=author, content=content, client_id=uuid.uuid4(), **more)[0].conversation


def answer(author, conversation, content="我看一下", **more):
    return messages.post_reply(
        author=author, conversation_id=conversation.pk, content=content, client_id=uuid.uuid4(), **more
    )[0]


def until(page, condition):
    """Ask again, for ten seconds at most, until it holds."""
    for _ in range(100):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came true")
