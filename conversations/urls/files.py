"""Addresses of files for viewers that carry no cookie (file_links.py)."""

from django.urls import path

from ..views import attachments

app_name = "files"

urlpatterns = [path("<uuid:attachment_id>", attachments.signed, name="signed")]
