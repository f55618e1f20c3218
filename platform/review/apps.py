from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "review"

    def ready(self) -> None:
        from review import lineage, receivers  # noqa: F401 - importing receivers connects them

        lineage.register()
