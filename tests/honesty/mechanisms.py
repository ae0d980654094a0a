"""All of them."""

from .answering import ANSWERING
from .app_chat import APP_CHAT
from .assisting import ASSISTING
from .directory import DIRECTORY
from .pages import PAGES
from .pictures import PICTURES
from .reaching import REACHING
from .showing import SHOWING
from .storing import STORING
from .telling import TELLING
from .working import WORKING

MECHANISMS = [
    *STORING,
    *TELLING,
    *WORKING,
    *PAGES,
    *PICTURES,
    *SHOWING,
    *ANSWERING,
    *APP_CHAT,
    *ASSISTING,
    *DIRECTORY,
    *REACHING,
]
