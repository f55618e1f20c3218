from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="pair",
            name="phash",
            field=models.CharField(blank=True, max_length=16),
        ),
    ]
