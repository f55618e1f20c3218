from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "review"

    def ready(self) -> None:
        from review import lineage, receivers, showing  # noqa: F401 - receivers connect themselves

        lineage.register()
        showing.connect()
