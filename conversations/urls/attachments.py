"""Addresses of files."""

from django.urls import path

from ..views import attachments

app_name = "attachments"

urlpatterns = [path("<uuid:attachment_id>/", attachments.file, name="file")]
