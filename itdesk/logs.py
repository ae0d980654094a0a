"""How a log line looks: with the request it belongs to, and without anything secret (RELIABILITY C11)."""

import json
import logging
import re
from contextvars import ContextVar

request_id = ContextVar("request_id", default="-")

NAMES = (
    "access_token|corpsecret|jsapi_ticket|ticket|secret|token|sessionid|csrftoken|csrfmiddlewaretoken|password|"
    "api_key|aes_key|encodingaeskey|secret_key|authorization|cookie|msg_signature"
)
ASSIGNED = r"(\"?'?\s*[=:]\s*\"?'?)"
VALUE = r"[^\s&\"',;)}\]]+"
SECRETS = (
    # `__Host-sessionid=…`, `"access_token": "…"`, `Authorization: Bearer …`
    (re.compile(rf"(?i)((?<![a-z])(?:{NAMES})){ASSIGNED}(?:(?:bearer|basic)\s+)?{VALUE}"), r"\1\2***"),
    # A login code is long; `code=40029` is an error number that somebody needs to read.
    (re.compile(rf"(?i)((?<![a-z])code){ASSIGNED}[^\s&\"',;)}}\]]{{12,}}"), r"\1\2***"),
    # redis://:password@host, postgresql://name:password@host
    (re.compile(r"(://[^:/@\s]*:)[^@/\s]+@"), r"\1***@"),
)


def masked(text):
    """`text` with the value behind every tell-tale name replaced by `***`."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


class LineFormatter(logging.Formatter):
    """One readable line, for a laptop. Masks the finished text, so that tracebacks are covered too."""

    def format(self, record):
        record.request_id = request_id.get()
        return masked(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for a collector: time, level, logger, request_id, message and perhaps a traceback."""

    def format(self, record):
        line = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request_id": request_id.get(),
            "message": masked(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
