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
from .delivery import Delivery
from .inbound import Inbound
from .js_ticket import JsTicket
from .milestone import Milestone
from .ownership_file import OwnershipFile
from .phone_picture import PhonePicture

__all__ = [
    "AccessToken",
    "ApiLimit",
    "CodeExchange",
    "Delivery",
    "Fault",
    "Inbound",
    "JsTicket",
    "Milestone",
    "OwnershipFile",
    "PhonePicture",
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
]
