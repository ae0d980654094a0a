"""Somebody who sends a file in pieces, and what of it lies where."""

import uuid
from pathlib import Path

import pytest
from django.test import Client

from conversations import attachments
from conversations.models import Attachment, Upload

LOG = "错误 0x80070005\n".encode() * 40
JSON = {"HTTP_ACCEPT": "application/json"}


def files_in(disk):
    return sorted(path.relative_to(disk).parts[0] for path in Path(disk).rglob("*") if path.is_file())


class Sender:
    """One person's page, and one file that it sends."""

    def __init__(self, user, content=LOG, name="错误.log", upload_id=None):
        self.client = Client()
        self.client.force_login(user, backend="accounts.backends.WecomBackend")
        self.content, self.name, self.upload_id = content, name, str(upload_id or uuid.uuid4())
        self.address = f"/uploads/{self.upload_id}"

    def announce(self, **fields):
        data = {"upload_id": self.upload_id, "name": self.name, "size": len(self.content), **fields}
        return self.client.post("/uploads/", data, **JSON)

    def put(self, offset, end=None, content=None, **more):
        piece = self.content[offset:end] if content is None else content
        kind = "application/octet-stream"
        return self.client.put(f"{self.address}?offset={offset}", piece, content_type=kind, **JSON, **more)

    def look(self):
        return self.client.get(self.address, **JSON)

    def cancel(self):
        return self.client.delete(self.address, **JSON)

    def send(self, *others, **fields):
        """The message that names it, and the files of `others` behind it."""
        ids = [self.upload_id, *(each.upload_id for each in others)]
        data = {"client_id": str(uuid.uuid4()), "content": "", "msg_type": "file", "upload_id": ids, **fields}
        return self.client.post("/itdesk/messages", data, **JSON)

    def bring(self, step=100):
        """All of it, as a page does on a good line. → the last answer"""
        answer = self.announce()
        while answer.status_code in {200, 201, 409} and not answer.json()["done"]:
            received = answer.json()["received"]
            answer = self.put(received, received + step)
        return answer

    @property
    def stored(self):
        return Attachment.objects.get(pk=self.upload_id).file.open().read()


def told(answer):
    return answer.status_code, answer.json()["received"], answer.json()["done"]


def crash_before_storing(page, monkeypatch):
    """All bytes are there; the process dies before it looks at them."""

    def crash(*args, **more):
        raise KeyboardInterrupt

    page.announce()
    with monkeypatch.context() as context:
        context.setattr(attachments, "stage", crash)
        with pytest.raises(KeyboardInterrupt):
            page.put(0)


def expect_nothing(disk):
    assert not Attachment.objects.exists()
    assert not Upload.objects.exists()
