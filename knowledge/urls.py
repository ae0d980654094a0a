from django.urls import path

from . import views

app_name = "knowledge"
urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("suggestions", views.suggestions, name="suggestions"),
    path("preview", views.preview, name="preview"),
    path("<int:article_id>/", views.article, name="article"),
    path("<int:article_id>/verdict", views.verdict, name="verdict"),
]
