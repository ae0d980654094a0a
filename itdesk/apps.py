from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ItdeskConfig(AppConfig):
    name = "itdesk"

    def ready(self):
        from . import checks  # noqa: F401  (registers itself)


class DeskAdminConfig(AdminConfig):
    """Django's admin with our door: who has no right is told so, and the password form is limited."""

    default_site = "itdesk.site.DeskAdminSite"
