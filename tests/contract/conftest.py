from tests.web.conftest import storage

__all__ = ["storage"]
