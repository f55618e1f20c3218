from typing import Any

from rest_framework import serializers

from exchange.models import Import


class UploadSerializer(serializers.Serializer[dict[str, Any]]):
    """Images, label images or ZIPs: several `files` in one request, or `uploads` by their keys."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), default=list, max_length=1000
    )
    uploads = serializers.ListField(
        child=serializers.UUIDField(),
        default=list,
        max_length=10_000,
        help_text="Resumable uploads into this dataset: the last part of the address of each.",
    )
    source = serializers.CharField(  # type: ignore[assignment]  # a field named like its own option
        max_length=300, default="", allow_blank=True
    )
    licence = serializers.CharField(max_length=120, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["files"] and not attrs["uploads"]:
            raise serializers.ValidationError(
                {"files": "Send at least one file, or name an upload that is finished."}
            )
        return attrs


class ImportSerializer(serializers.ModelSerializer[Import]):
    """What became of an upload; `lines` names each file that was left out, and why."""

    left_out = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = (
            "id",
            "dataset",
            "run",
            "state",
            "problem",
            "taken_count",
            "truth_count",
            "refused_count",
            "left_out",
        )
        read_only_fields = fields

    def get_left_out(self, batch: Import) -> list[dict[str, str]]:
        lines = batch.lines.filter(outcome="refused").order_by("position")[:1000]
        return [{"name": line.name, "kind": line.kind, "reason": line.reason} for line in lines]
