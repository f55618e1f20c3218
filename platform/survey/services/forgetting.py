"""What is deleted is gone from the database's files too."""

from django.db import connection


def secure_delete() -> None:
    """SQLite leaves what was deleted in the file's free pages, unless it is told to zero them."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def forget_in_log() -> None:
    """Empty SQLite's write-ahead log, which holds pages as they were; readers may delay it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
