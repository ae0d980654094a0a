"""Addresses of files on their way, under `/uploads/`."""

from django.urls import path

from ..views import uploads

app_name = "uploads"

urlpatterns = [
    path("", uploads.begin, name="begin"),
    path("<uuid:upload_id>", uploads.upload, name="upload"),
]
