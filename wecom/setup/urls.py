from django.urls import path

from . import views

app_name = "setup"
urlpatterns = [
    path("", views.page, name="page"),
    path("steps/<slug:slug>", views.tested, name="step"),
    path("message", views.message, name="message"),
    path("ownership-file", views.ownership_file, name="ownership_file"),
]
