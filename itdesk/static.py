"""How static files are named when they are collected."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names for our ES modules too: without the rewritten imports a page would mix two builds."""

    support_js_module_import_aggregation = True
