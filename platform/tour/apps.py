from django.apps import AppConfig


class TourConfig(AppConfig):
    name = "tour"

    def ready(self) -> None:
        from tour import receivers

        receivers.connect()
