"""Where files lie: a folder, or a bucket of an S3-compatible storage."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.env import env_bool, env_str

_PREFIX = "SEMBLANCE_S3_"
_IN_MEMORY_BYTES = 8 << 20


def storages() -> dict[str, Any]:
    """Django's STORAGES: the bucket SEMBLANCE_S3_BUCKET if it is named, else MEDIA_ROOT."""
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    bucket = env_str(f"{_PREFIX}BUCKET", "")
    if not bucket:
        files = {"BACKEND": "core.storages.WholeFiles"}
        return {"default": files, "staticfiles": static}
    key, secret = env_str(f"{_PREFIX}KEY", ""), env_str(f"{_PREFIX}SECRET", "")
    if bool(key) != bool(secret):
        raise ImproperlyConfigured(
            f"{_PREFIX}KEY and {_PREFIX}SECRET go together; without both the machine's role counts."
        )
    options: dict[str, Any] = {
        "bucket_name": bucket,
        "access_key": key or None,
        "secret_key": secret or None,
        "endpoint_url": env_str(f"{_PREFIX}ENDPOINT", "") or None,
        "region_name": env_str(f"{_PREFIX}REGION", "") or None,
        "use_ssl": env_bool(f"{_PREFIX}USE_SSL", True),
        "addressing_style": env_str(f"{_PREFIX}ADDRESSING", "auto"),
        "default_acl": None,
        "querystring_auth": True,
        # What is larger is read by way of a temporary file; without a limit it is all in memory.
        "max_memory_size": _IN_MEMORY_BYTES,
        # A name is the hash of its content: an object that is there is the right one.
        "file_overwrite": True,
    }
    return {
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
        "staticfiles": static,
    }
