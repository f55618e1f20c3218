from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def keep(apps: Any, schema_editor: Any) -> None:
    presentations = apps.get_model("survey", "Presentation").objects.filter(
        pk=OuterRef("presentation")
    )
    apps.get_model("survey", "Judgement").objects.update(
        shown_at=Subquery(presentations.values("shown_at")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("survey", "0004_dry_run_life")]

    operations = [
        migrations.AddField(
            model_name="judgement",
            name="shown_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveField(model_name="presentation", name="shown_at"),
    ]
