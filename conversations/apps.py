from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConversationsConfig(AppConfig):
    name = "conversations"
    verbose_name = _("服务台")

    def ready(self):
        # Its receivers tell open pages of lost rights, and must listen in every process: a command takes roles away too.
        from . import hub  # noqa: F401
