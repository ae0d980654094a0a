"""Addresses of files for who is signed in."""

from django.urls import path

from ..views import attachments

app_name = "attachments"

urlpatterns = [
    path("<uuid:attachment_id>/", attachments.file, name="file"),
    path("<uuid:attachment_id>/thumbnail/", attachments.thumbnail, name="thumbnail"),
    path("<uuid:attachment_id>/text/", attachments.text, name="text"),
]
