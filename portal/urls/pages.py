"""Addresses under /itportal/."""

from django.urls import path

from .. import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("go/<slug:code>", views.go, name="go"),
    path("logout", views.logout, name="logout"),
    path("signed-out", views.signed_out, name="signed_out"),
]
