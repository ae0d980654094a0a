"""Makes the text of an error fit for the database and an administrator's eyes (RELIABILITY C11)."""

import re
import traceback

MAX_CHARS = 2000
# WeCom takes its secrets in the query, and a `requests` exception carries the whole address.
# Every repetition before the value is bounded: an error may be long, and must not take minutes to read.
SECRET = re.compile(
    r"(?i)((?:access_token|secret|password|passwd|api_?key|authorization|cookie|sessionid|ticket)[\w-]{0,16}"
    r"[\"']?\s{0,3}[=:]\s{0,3}[\"']?)(?:bearer\s+|basic\s+)?[^\s&\"',;)}\]]+"
)


def scrubbed(text):
    """`text` with secrets masked, without what PostgreSQL cannot store, and of its end at most 2,000 characters."""
    text = SECRET.sub(r"\1***", str(text)).replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8")[-MAX_CHARS:]


def described(error):
    """The traceback of `error`, scrubbed; the last lines, which name it, survive the cut."""
    return scrubbed("".join(traceback.format_exception(error)).strip())
