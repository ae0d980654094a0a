import conversations.models.attachment
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('conversations', '0003_upload'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='conversion',
            field=models.CharField(blank=True, choices=[('', '无需转换'), ('waiting', '正在转换'), ('failed', '无法转换')], default='', max_length=16),
        ),
        migrations.AddField(
            model_name='attachment',
            name='thumbnail',
            field=models.FileField(blank=True, max_length=200, upload_to=conversations.models.attachment.thumbnail_path),
        ),
        migrations.AddField(
            model_name='conversation',
            name='silent_changes',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
