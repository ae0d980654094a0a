from .alerts import AlertSettings, ConsoleSight
from .attachment import Attachment
from .catalog import AssistantSwitch, CannedReply, Category, DeskWords, Group
from .conversation import Conversation, ReadMark
from .draft import Draft
from .event import Event
from .feedback import Feedback
from .message import Message
from .upload import Upload

__all__ = [
    "AlertSettings",
    "AssistantSwitch",
    "Attachment",
    "CannedReply",
    "Category",
    "ConsoleSight",
    "Conversation",
    "DeskWords",
    "Draft",
    "Event",
    "Feedback",
    "Group",
    "Message",
    "ReadMark",
    "Upload",
]
