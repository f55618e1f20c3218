"""Lists of the API page by key, newest first: a page costs the same wherever it lies."""

from rest_framework.pagination import CursorPagination


class KeyPagination(CursorPagination):
    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
