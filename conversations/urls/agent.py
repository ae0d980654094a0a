"""Addresses of the agent console, under `/agent/`."""

from django.urls import path

from ..views import actions, alerts, canned, drafts, inbox, thread

app_name = "agent"

urlpatterns = [
    path("", inbox.home, name="home"),
    path("counts", inbox.counts, name="counts"),
    path("alerts", alerts.settings, name="alerts"),
    path("here", alerts.here, name="here"),
    path("canned", canned.replies, name="canned"),
    path("drafts", drafts.begun_answers, name="drafts"),
    path("conversations", inbox.conversations, name="inbox"),
    path("conversations/<uuid:conversation_id>/", thread.conversation, name="conversation"),
    path("conversations/<uuid:conversation_id>/draft", drafts.answer, name="draft"),
    path("conversations/<uuid:conversation_id>/header", thread.header, name="header"),
    path("conversations/<uuid:conversation_id>/messages", thread.messages, name="messages"),
    path("conversations/<uuid:conversation_id>/person", thread.person, name="person"),
    path("conversations/<uuid:conversation_id>/read", thread.read, name="read"),
    path("conversations/<uuid:conversation_id>/row", inbox.row, name="row"),
    path("conversations/<uuid:conversation_id>/claim", actions.claim, name="claim"),
    path("conversations/<uuid:conversation_id>/release", actions.release, name="release"),
    path("conversations/<uuid:conversation_id>/transfer", actions.transfer, name="transfer"),
    path("conversations/<uuid:conversation_id>/resolve", actions.resolve, name="resolve"),
    path("conversations/<uuid:conversation_id>/reopen", actions.reopen, name="reopen"),
]
