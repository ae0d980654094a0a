"""Messages with pictures and files, written without a page."""

import io
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from conversations.attachments import stage
from conversations.commands.messages import post_message


def photo(size=(1600, 1200), encoding="JPEG", number=1):
    """Something one can tell apart, and see enlarged."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    for step in range(0, size[0], 80):
        draw.line((step, 0, size[0] - step, size[1]), fill=(40 * number, 90, 200), width=6)
    out = io.BytesIO()
    image.save(out, encoding)
    return out.getvalue()


def staged(owner, name, content):
    return stage(owner, SimpleUploadedFile(name, content)).pk


def say(author, *files, content=""):
    ids = [staged(author, *each) for each in files]
    fields = {"msg_type": "image"} if files else {}
    return post_message(author=author, content=content, client_id=uuid.uuid4(), attachment_ids=ids, **fields)[0]
