"""Addresses of the employee desk, under `/itdesk/`."""

from django.urls import path

from ..views import desk, drafts, feedback

app_name = "desk"

urlpatterns = [
    path("", desk.home, name="home"),
    path("requests/", desk.requests, name="requests"),
    path("draft", drafts.new_request, name="new-draft"),
    path("messages", desk.messages, name="messages"),
    path("unread", desk.unread, name="unread"),
    path("c/<uuid:conversation_id>/", desk.conversation, name="conversation"),
    path("c/<uuid:conversation_id>/draft", drafts.own_request, name="draft"),
    path("c/<uuid:conversation_id>/header", desk.header, name="header"),
    path("c/<uuid:conversation_id>/handoff", desk.handoff, name="handoff"),
    path("c/<uuid:conversation_id>/rating", feedback.rating, name="rating"),
    path("c/<uuid:conversation_id>/read", desk.read, name="read"),
    path("c/<uuid:conversation_id>/solved", feedback.solved, name="solved"),
    path("c/<uuid:conversation_id>/unsolved", feedback.unsolved, name="unsolved"),
    path("c/<uuid:conversation_id>/urge", feedback.urge, name="urge"),
]
