"""What the simulated WeCom remembers. The tables stay empty where the simulator is off."""

from .calls import SimulatedCall, SimulatedTally
from .media import SimulatedMedia
from .member import SimulatedMember
from .message import SimulatedMessage, SimulatedResponse
from .push import SimulatedPush
from .sign_in import SimulatedCode, SimulatedTicket, SimulatedToken
from .switches import Fault, SimulatedError

__all__ = [
    "Fault",
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
