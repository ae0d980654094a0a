from django.urls import path

from . import in_page, views
from .callback import callback

app_name = "wecom"
urlpatterns = [
    path("login", views.sign_in, name="login"),
    path("oauth/callback", views.callback, name="callback"),
    path("js-sdk/signature", in_page.signature, name="signature"),
    path("profile", in_page.profile, name="profile"),
    path("pictures", in_page.begin_picture, name="begin-picture"),
    path("pictures/<uuid:picture_id>", in_page.picture, name="picture"),
    path("callback", callback, name="inbound"),
]
