from django.apps import AppConfig


class CompareConfig(AppConfig):
    name = "compare"

    def ready(self) -> None:
        from compare import lineage

        lineage.register()
