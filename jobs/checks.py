"""jobs.E001: a name that some app enqueues has nobody to handle it; found at the start, not at the first message."""

from django.core.checks import Error, register

from . import queue


@register
def every_declared_job_has_a_handler(app_configs, **kwargs):
    return [
        Error(f"The job {name!r} is declared, but no app registers a handler for it.", id="jobs.E001")
        for name in sorted(queue.declared - queue.handlers.keys())
    ]
