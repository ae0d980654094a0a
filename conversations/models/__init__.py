from .attachment import Attachment
from .catalog import CannedReply, Category, DeskWords, Group
from .conversation import Conversation, ReadMark
from .draft import Draft
from .event import Event
from .message import Message
from .upload import Upload

__all__ = [
    "Attachment",
    "CannedReply",
    "Category",
    "Conversation",
    "DeskWords",
    "Draft",
    "Event",
    "Group",
    "Message",
    "ReadMark",
    "Upload",
]
