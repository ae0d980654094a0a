"""Why a command did not do what was asked. `reason` is a finished sentence in the reader's language."""

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _


class Refused(Exception):
    """Bad input or a rule that forbids it; nothing was stored. `code` is for programs."""

    def __init__(self, reason, status=422, code="refused"):
        super().__init__(reason)
        self.reason, self.status, self.code = str(reason), status, code


class NotFound(Refused):
    """Absent, or not for this person: the two look the same from outside (RELIABILITY B1)."""

    def __init__(self, reason):
        super().__init__(reason, status=404, code="not_found")


class NotAllowed(Refused):
    """The person sees it but may not do this."""

    def __init__(self, reason):
        super().__init__(reason, status=403, code="not_allowed")


class TooSoon(Refused):
    """Urged a short time ago: possible again `at` (a datetime), in `wait` (a timedelta)."""

    def __init__(self, at, wait):
        clock = date_format(timezone.localtime(at), "H:i")
        super().__init__(_("已经催过了，%(time)s 后可以再催") % {"time": clock}, status=429, code="too_soon")
        self.at, self.wait = at, wait


class Stale(Refused):
    """What was to be saved is older than what is there: `draft`."""

    def __init__(self, draft):
        super().__init__(_("这份草稿在别处有更新的内容"), status=409, code="stale")
        self.draft = draft


class Misplaced(Refused):
    """A piece of a file does not follow on what was received: `progress` says how far that is."""

    def __init__(self, progress):
        super().__init__(_("文件的这一段接不上，请从已经收到的地方继续"), status=409, code="misplaced")
        self.progress = progress


class Conflict(Refused):
    """Somebody else was faster. `conversation` is the present state; `messages` what came in between."""

    def __init__(self, reason, conversation, messages=()):
        super().__init__(reason, status=409, code="conflict")
        self.conversation, self.messages = conversation, list(messages)
