"""What every page knows."""

from django.conf import settings


def site(request):
    """Template variables: `simulator` (bool: mark every page) and `languages` for the switch."""
    return {"simulator": settings.WECOM_SIMULATOR, "languages": settings.LANGUAGES}
