"""Where answers come from. A provider is one module with `answer(question) → Answer`; it may raise ProviderError."""

from importlib import import_module

from django.conf import settings


def provider():
    """The module that `ASSISTANT` names."""
    return import_module(f"{__name__}.{settings.ASSISTANT}")
