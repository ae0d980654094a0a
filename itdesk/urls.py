"""Every address of the product, by app."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from wecom import ownership

from . import health

urlpatterns = [
    path("", login_not_required(RedirectView.as_view(url="/itportal/"))),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("language", login_not_required(set_language), name="language"),
    path("itportal/", include("portal.urls.pages")),
    path("api/portal/", include("portal.urls.api")),
    path("itdesk/", include("conversations.urls.desk")),
    path("agent/", include("conversations.urls.agent")),
    path("attachments/", include("conversations.urls.attachments")),
    path("uploads/", include("conversations.urls.uploads")),
    path("files/", include("conversations.urls.files")),
    path("knowledge/", include("knowledge.urls")),
    path("wecom/", include("wecom.urls")),
    path("admin/wecom/setup/", include("wecom.setup.urls")),  # before the admin, which answers whatever is below it
    path("admin/", admin.site.urls),
    path("<ownership_file:name>", ownership.file),
]
if settings.WECOM_SIMULATOR:
    # Not routed at all otherwise: an address that does not exist cannot be left open (RELIABILITY A5).
    urlpatterns.append(path("wecom/simulator/", include("wecom.simulator.urls")))

handler400 = "itdesk.errors.bad_request"
handler403 = "itdesk.errors.forbidden"
handler404 = "itdesk.errors.not_found"
handler500 = "itdesk.errors.server_error"
