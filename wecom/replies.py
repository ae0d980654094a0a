"""Answers somebody who lives in the app's chat there: words as texts, pictures and files as themselves.

A message goes in parts, each with its line in the ledger (`answer:ID:N`); the message's own line is written when all
have ended. Any worker may take it up at any part: keys keep what was sent, and each walks the messages in their order.
"""

from datetime import timedelta

from django.utils import timezone

from conversations.models import Message
from jobs import faults

from . import reasons, sending
from .client import Client
from .codes import MEDIA_LOST
from .errors import error_for
from .later import TryLater
from .models import Delivery, UploadedMedia

PART = "reply"
TEXT_BYTES = 2048
IMAGE_BYTES = 2 * 1024 * 1024  # WeCom's limit is 2, 5 or 10 MB, by the page that one reads; larger goes as a file
IMAGES = {"image/jpeg", "image/png"}
LEAST_BYTES = 6
MADE_ANEW = timedelta(minutes=1)  # how long a picture is waited for that no phone shows as it came
KEPT = timedelta(days=2, hours=12)  # of the three days that WeCom keeps a file

State = Delivery.State


def lives_in_chat(conversation):
    """Whether the employee wrote last in the app's chat and not on a page."""
    theirs = conversation.messages.filter(sender_type=Message.SenderType.EMPLOYEE)
    last = theirs.order_by("-seq").first()
    return last is not None and last.origin == "wecom"


def has_begun(message):
    return Delivery.objects.filter(message=message, kind=PART).exists()


def begun(conversation_id):
    """The ids of the messages that are in the chat in part or as a whole, as a QuerySet."""
    parts = Delivery.objects.filter(kind=PART, message__conversation=conversation_id)
    return parts.values("message_id")


def prepare(person, messages):
    """Write down what is to be said of `messages`, in their order, as far as that needs no word with WeCom."""
    for message in messages:
        for number, body in _texts(person, message):
            sending.enlist(person, _key(message, number), body, kind=PART, message=message)
        if message.attachments.exists():
            return  # a file must go up before what comes after it


def say(person, message):
    """Send the parts of this message that were not sent yet. → whether all arrived. Raises TryLater."""
    texts = _texts(person, message)
    for number, body in texts:
        if not _sent(person, message, number, lambda body=body: body):
            return False
        faults.at("m13")
    for number, attachment in enumerate(message.attachments.order_by("position"), start=len(texts) + 1):
        if not _file_sent(person, message, number, attachment):
            return False
    return True


def _texts(person, message):
    """(number, request of `message/send`) of each part in words."""
    numbered = enumerate(texts_of(message), start=1)
    return [
        (number, sending.envelope(person, "text", {"content": text}, message.seq + 97 * number))
        for number, text in numbered
    ]


def texts_of(message):
    """What is written, under the name of who wrote it, in pieces that WeCom does not cut."""
    if not message.content:
        return []
    name = f"{message.sender_name}：\n" if message.sender_name else ""
    return pieces(name + message.content, TEXT_BYTES)


def pieces(text, most):
    """`text` in pieces of at most `most` bytes of UTF-8, no character cut, at the end of a line where there is one."""
    found, raw = [], text.encode()
    while len(raw) > most:
        end = most
        while raw[end] & 0xC0 == 0x80:  # the middle of a character
            end -= 1
        line = raw.rfind(b"\n", most // 2, end)
        end = line + 1 if line > 0 else end
        found.append(raw[:end].decode())
        raw = raw[end:]
    found.append(raw.decode())
    return [each for each in found if each.strip()]


def _file_sent(person, message, number, attachment):
    if attachment.is_converting:
        # As it came it may say where it was taken, so nobody gets it yet; made anew it is in a moment, or not soon.
        if timezone.now() - message.created_at < MADE_ANEW:
            raise TryLater(2, "being converted")
        return False
    if attachment.size < LEAST_BYTES:
        return False

    def build():
        kind, media_id = media_of(attachment)
        return sending.envelope(person, kind, {"media_id": media_id}, message.seq + 97 * number)

    row = _part(person, message, number, build)
    if row.state == State.FAILED and _media_lost(row.reason):
        UploadedMedia.objects.filter(attachment=attachment).delete()
        row = _part(person, message, f"{number}:again", build)
    return row.state == State.SENT


def _media_lost(reason):
    return reason.isdecimal() and error_for(int(reason)).kind == MEDIA_LOST


def _sent(person, message, number, build):
    return _part(person, message, number, build).state == State.SENT


def _part(person, message, number, build):
    return sending.deliver(person, _key(message, number), build, kind=PART, message=message)


def _key(message, number):
    return f"answer:{message.pk}:{number}"


def media_of(attachment):
    """→ (kind, media_id) of a file of ours at WeCom, uploaded now if it must be. Raises WecomError."""
    known = UploadedMedia.objects.filter(attachment=attachment, uploaded_at__gt=timezone.now() - KEPT).first()
    if known:
        return known.kind, known.media_id
    kind = "image" if attachment.content_type in IMAGES and attachment.size <= IMAGE_BYTES else "file"
    with attachment.file.open("rb") as file:
        media_id = Client().upload_media(kind, attachment.name, file.read(), attachment.content_type)
    facts = {"kind": kind, "media_id": media_id, "uploaded_at": timezone.now()}
    UploadedMedia.objects.update_or_create(attachment=attachment, defaults=facts)
    return kind, media_id


def finished(person, message, key):
    """The message's own line in the ledger, once its parts have ended well."""
    return sending.skip(person, key, reasons.IN_CHAT, kind="answer", message=message, state=State.SENT)
