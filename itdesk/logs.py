"""The second net under secrets: whatever slips into a log line is masked here (RELIABILITY C11)."""

import logging
import re

SECRET = re.compile(
    r"(?i)\b(access_token|corpsecret|secret|code|token|sessionid|csrftoken|password|api_key|authorization)"
    r"(\"?'?\s*[=:]\s*\"?'?)(?:bearer\s+)?[^\s&\"',;)}\]]+"
)


class HideSecrets(logging.Filter):
    """Replaces the value after a tell-tale name by `***`, in the finished text of the record."""

    def filter(self, record):
        text = record.getMessage()
        masked = SECRET.sub(r"\1\2***", text)
        if masked != text:
            record.msg, record.args = masked, ()
        return True
