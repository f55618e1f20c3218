"""What all apps share: files by their hash, and who did what."""

from django.conf import settings
from django.db import models


class StoredFile(models.Model):
    """A file that never changes, named by the SHA-256 of its content; see `core.files`."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=100, default="application/octet-stream")
    created_at = models.DateTimeField(auto_now_add=True)
    # When something that referred to it was deleted; see `core.discarding`.
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["discarded_at"],
                name="file_discarded",
                condition=models.Q(discarded_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class FileSet(models.Model):
    """Named files that belong together and never change, e.g. one upload: a run's input."""

    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"file set {self.pk}"


class FileSetItem(models.Model):
    file_set = models.ForeignKey(FileSet, on_delete=models.CASCADE, related_name="items")
    name = models.CharField(max_length=300)  # relative path of the file in a run's input folder
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file_set", "name"], name="file_set_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class SentForm(models.Model):
    """A form that has done its work, so that sending it again does nothing; see `core.once`."""

    key = models.CharField(max_length=64, primary_key=True)  # of its fields and its own key
    address = models.CharField(max_length=2000)  # where it led
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.key[:12]


class AuditEntry(models.Model):
    """Who did what to which object. Only ever added to; see `core.audit`."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.CharField(max_length=60)  # a verb in the past tense: "dataset.frozen"
    subject = models.CharField(max_length=80)  # "catalog.dataset:12"
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"])]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
