from typing import Any

from rest_framework import serializers

from runs.models import Artifact, Pair, Run, RunInput


class RunInputSerializer(serializers.ModelSerializer[RunInput]):
    class Meta:
        model = RunInput
        fields = ("field", "position", "source_run", "version", "part", "split")


class RunSerializer(serializers.ModelSerializer[Run]):
    owner = serializers.SlugRelatedField[Run](slug_field="username", read_only=True)
    inputs = RunInputSerializer(many=True, read_only=True)

    class Meta:
        model = Run
        fields = (
            "id",
            "name",
            "launch",
            "stage",
            "spec",
            "inputs",
            "seed",
            "device",
            "queue",
            "status",
            "owner",
            "visibility",
            "created_at",
            "queued_at",
            "started_at",
            "ended_at",
            "attempts",
            "phases",
            "problem",
            "code_version",
            "used_device",
            "threads",
            "metrics",
            "warnings",
            "refused",
        )
        read_only_fields = fields


class NewInputSerializer(serializers.Serializer[dict[str, Any]]):
    """What one folder field reads: exactly one of `run` and `version`."""

    field = serializers.CharField(max_length=40)
    run = serializers.IntegerField(required=False, min_value=1)
    version = serializers.IntegerField(required=False, min_value=1)
    part = serializers.ChoiceField(choices=RunInput.Part.choices, default=RunInput.Part.IMAGES)
    split = serializers.CharField(max_length=10, default="", allow_blank=True)
    position = serializers.IntegerField(default=0, min_value=0, max_value=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("run" in attrs) == ("version" in attrs):
            raise serializers.ValidationError("Name either a run or a version of a dataset.")
        return attrs


class NewRunSerializer(serializers.Serializer[dict[str, Any]]):
    """A run to start: `semblance schema STAGE` has the fields of `spec`."""

    stage = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=120, default="", allow_blank=True)
    spec = serializers.DictField(default=dict)
    inputs = NewInputSerializer(many=True, default=list)
    device = serializers.CharField(max_length=20, default="auto")
    seed = serializers.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


class ArtifactSerializer(serializers.ModelSerializer[Artifact]):
    sha256 = serializers.CharField(source="file_id", read_only=True)
    size_bytes = serializers.IntegerField(source="file.size_bytes", read_only=True)

    class Meta:
        model = Artifact
        fields = ("id", "run", "path", "role", "sha256", "size_bytes")


class PairSerializer(serializers.ModelSerializer[Pair]):
    image_sha256 = serializers.CharField(source="image_id", read_only=True)

    class Meta:
        model = Pair
        fields = (
            "id",
            "run",
            "number",
            "generator",
            "scene_run",
            "scene_index",
            "image_sha256",
            "parameters",
            "width_px",
            "height_px",
            "nm_per_px",
            "top_nm",
        )
