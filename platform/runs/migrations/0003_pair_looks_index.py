from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0002_pair_looks")]

    operations = [
        migrations.AlterField(
            model_name="pair",
            name="phash",
            field=models.CharField(blank=True, db_index=True, max_length=16),
        ),
    ]
