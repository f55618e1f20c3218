from tests.web.conftest import connection_kept, storage

__all__ = ["connection_kept", "storage"]
