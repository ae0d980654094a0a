"""All of them."""

from .storing import STORING
from .telling import TELLING
from .working import WORKING

MECHANISMS = [*STORING, *TELLING, *WORKING]
