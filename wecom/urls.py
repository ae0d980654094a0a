from django.urls import path

from . import views

app_name = "wecom"
urlpatterns = [
    path("login", views.sign_in, name="login"),
    path("oauth/callback", views.callback, name="callback"),
]
