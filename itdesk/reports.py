"""What an error report may show (RELIABILITY C11)."""

import re

from django.views.debug import SafeExceptionReporterFilter


class NothingSecret(SafeExceptionReporterFilter):
    """Django's own filter, which sleeps while DEBUG is on: a laptop may hold a real company's secret, too.

    Addresses of Redis, the database and the proxy are hidden because they may carry a password.
    """

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|COOKIE|PROXY|REDIS|CACHES|CHANNEL_LAYERS|DATABASES",
        re.I,
    )

    def is_active(self, request):
        return True
