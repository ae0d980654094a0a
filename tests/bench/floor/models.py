from django.db import models


class Message(models.Model):
    client_id = models.UUIDField(unique=True)
    content = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.content
