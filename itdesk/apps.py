from django.apps import AppConfig


class ItdeskConfig(AppConfig):
    name = "itdesk"
