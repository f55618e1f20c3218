from django.apps import AppConfig


class SurveyConfig(AppConfig):
    name = "survey"

    def ready(self) -> None:
        from survey import lineage, receivers

        receivers.connect()
        lineage.register()
