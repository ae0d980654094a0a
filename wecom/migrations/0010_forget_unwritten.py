"""Rows of before the ledger whose request nobody had written yet.

Sent as they are they would be an empty request, refused for good, and the answer lost. Nothing of them can have left, and
the job of each still waits: without the row it decides anew. A migration of its own: PostgreSQL alters no table from
which the same transaction has deleted.
"""

from django.db import migrations


def forget_unwritten(apps, schema_editor):
    apps.get_model("wecom", "Delivery").objects.filter(kind="answer", state="queued", request="").delete()


class Migration(migrations.Migration):
    dependencies = [("wecom", "0009_uploaded_media")]
    operations = [migrations.RunPython(forget_unwritten, migrations.RunPython.noop, elidable=True)]
