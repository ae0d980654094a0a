"""What must outlive a process."""

from ..simulator.models import (
    Fault,
    SimulatedCall,
    SimulatedCode,
    SimulatedError,
    SimulatedMedia,
    SimulatedMember,
    SimulatedMessage,
    SimulatedPush,
    SimulatedResponse,
    SimulatedTally,
    SimulatedTicket,
    SimulatedToken,
)
from .access_token import AccessToken
from .api_limit import ApiLimit
from .code_exchange import CodeExchange
from .delivery import Delivery, DeliveryTry
from .directory_run import DirectoryRun
from .inbound import Inbound
from .js_ticket import JsTicket
from .milestone import Milestone
from .ownership_file import OwnershipFile
from .phone_picture import PhonePicture
from .sending import Pause, SendingLine
from .uploaded_media import UploadedMedia

__all__ = [
    "AccessToken",
    "ApiLimit",
    "CodeExchange",
    "Delivery",
    "DeliveryTry",
    "DirectoryRun",
    "Fault",
    "Inbound",
    "JsTicket",
    "Milestone",
    "OwnershipFile",
    "PhonePicture",
    "Pause",
    "SendingLine",
    "SimulatedCall",
    "SimulatedCode",
    "SimulatedError",
    "SimulatedMedia",
    "SimulatedMember",
    "SimulatedMessage",
    "SimulatedPush",
    "SimulatedResponse",
    "SimulatedTally",
    "SimulatedTicket",
    "SimulatedToken",
    "UploadedMedia",
]
