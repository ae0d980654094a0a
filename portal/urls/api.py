"""Addresses under /api/portal/."""

from django.urls import path

from .. import views

app_name = "portal_api"
urlpatterns = [path("roles", views.roles, name="roles")]
