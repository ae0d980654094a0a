"""What somebody wants to say, checked before anything is locked."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ..errors import Refused
from ..models import Attachment, Message
from ..wording import CANONICAL_UUID, checked_content
from .pictures import ask_for_preparing
from .writing import append

MAX_FILES = 9


@dataclass(frozen=True)
class Words:
    """Checked words and staged files of one author. Make it with `checked`. `origin`: Message.origin."""

    content: str
    msg_type: str
    attachments: tuple[Attachment, ...]
    origin: str = ""

    @classmethod
    def checked(cls, author, content, msg_type, attachment_ids, origin=""):
        """Raises Refused when it says nothing, is too long, or names a file that is not the author's to give."""
        if msg_type not in Message.MsgType.values:
            raise Refused(_("msg_type 只能是 text、image 或 file"), code="bad_msg_type")
        attachments = _staged(author, attachment_ids)
        if not attachments and msg_type != Message.MsgType.TEXT:
            raise Refused(_("没有附上文件"), code="no_file")
        content = checked_content(content, may_be_empty=bool(attachments))
        if attachments:
            pictures = all(attachment.is_image for attachment in attachments)
            msg_type = Message.MsgType.IMAGE if pictures else Message.MsgType.FILE
        return cls(content, str(msg_type), attachments, origin)

    def append_to(self, conversation, sender_type, author, client_id, at, internal=False, **facts):
        """Store it as a message of the locked conversation; its files are adopted in the same transaction."""
        message = append(
            conversation,
            sender_type=sender_type,
            author=author,
            content=self.content,
            client_id=client_id,
            msg_type=self.msg_type,
            internal=internal,
            facts={**facts, **({"origin": self.origin} if self.origin else {})},
            at=at,
        )
        for position, attachment in enumerate(self.attachments):
            # The filter is the guard: two messages that name one file race here, and only one may have it.
            adopted = Attachment.objects.filter(pk=attachment.pk, message=None).update(
                message=message, position=position
            )
            if not adopted:
                raise Refused(_("这个文件已经发过了"), code="file_used")
        ask_for_preparing(message, self.attachments)
        return message


def _staged(author, attachment_ids):
    wanted = list(dict.fromkeys(str(each).lower() for each in attachment_ids))
    if len(wanted) > MAX_FILES:
        raise Refused(_("一次最多 %(limit)s 个文件") % {"limit": MAX_FILES}, code="too_many_files")
    named = [each for each in wanted if CANONICAL_UUID.fullmatch(each)]
    found = {str(each.pk): each for each in Attachment.objects.filter(pk__in=named, owner=author)} if named else {}
    if len(found) != len(wanted):
        raise Refused(_("没有找到要发送的文件，请重新选择"), code="no_such_file")
    return tuple(found[each] for each in wanted)
