from tests.web.conftest import connection_kept, quick_passwords, storage

__all__ = ["connection_kept", "quick_passwords", "storage"]
