from rest_framework import serializers

from catalog.models import Dataset, Image, Version


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    owner = serializers.SlugRelatedField[Dataset](slug_field="username", read_only=True)

    class Meta:
        model = Dataset
        fields = (
            "id",
            "name",
            "description",
            "kind",
            "source",
            "licence",
            "visibility",
            "owner",
            "image_count",
            "created_at",
        )
        read_only_fields = ("id", "owner", "image_count", "created_at")
        extra_kwargs = {"visibility": {"read_only": True}}  # sharing is done on the page


class ImageSerializer(serializers.ModelSerializer[Image]):
    """An image and what is known of it; `sha256` names the bytes that were uploaded."""

    sha256 = serializers.CharField(source="file_id", read_only=True)
    truth_sha256 = serializers.CharField(source="truth_id", read_only=True, allow_null=True)

    class Meta:
        model = Image
        fields = (
            "id",
            "dataset",
            "name",
            "sha256",
            "truth_sha256",
            "width_px",
            "height_px",
            "nm_per_px",
            "scale_source",
            "data_bar_row",
            "data_bar_confirmed",
            "material",
            "shape",
            "source",
            "licence",
            "notes",
            "split",
            "excluded_reason",
            "added_at",
        )
        read_only_fields = (
            "id",
            "dataset",
            "name",
            "width_px",
            "height_px",
            "scale_source",
            "data_bar_confirmed",
            "added_at",
        )

    def validate_nm_per_px(self, value: float | None) -> float | None:
        if value is not None and not 0 < value <= 1e5:
            raise serializers.ValidationError("The pixel size lies between 0 and 100,000 nm/px.")
        return value

    def validate_data_bar_row(self, value: int | None) -> int | None:
        if value is not None and self.instance is not None and value > self.instance.height_px:
            raise serializers.ValidationError(
                f"The image has {self.instance.height_px} rows; the data bar starts within them."
            )
        return value


class VersionSerializer(serializers.ModelSerializer[Version]):
    class Meta:
        model = Version
        fields = (
            "id",
            "dataset",
            "number",
            "note",
            "manifest_sha256",
            "image_count",
            "created_at",
        )
        read_only_fields = ("id", "dataset", "number", "manifest_sha256", "image_count")
