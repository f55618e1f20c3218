from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"

    def ready(self) -> None:
        from exchange import lineage, receivers  # noqa: F401 - importing receivers connects them

        lineage.register()
