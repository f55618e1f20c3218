from typing import Any

from rest_framework import serializers

from review.models import Correction, MaskVersion, Review, ReviewItem, State


class ReviewSerializer(serializers.ModelSerializer[Review]):
    owner = serializers.SlugRelatedField[Review](slug_field="username", read_only=True)

    class Meta:
        model = Review
        fields = (
            "id",
            "title",
            "run",
            "owner",
            "visibility",
            "pending_count",
            "accepted_count",
            "rejected_count",
            "created_at",
        )
        read_only_fields = fields


class MaskVersionSerializer(serializers.ModelSerializer[MaskVersion]):
    author = serializers.SlugRelatedField[MaskVersion](
        slug_field="username", read_only=True, allow_null=True
    )
    labels_sha256 = serializers.CharField(source="labels_id", read_only=True)

    class Meta:
        model = MaskVersion
        fields = (
            "id",
            "item",
            "number",
            "parent",
            "particle_count",
            "labels_sha256",
            "edits",
            "note",
            "author",
            "made_by_run",
            "created_at",
        )
        read_only_fields = fields


class ReviewItemSerializer(serializers.ModelSerializer[ReviewItem]):
    """An image of a review; `head` is the newest version of its mask."""

    class Meta:
        model = ReviewItem
        fields = (
            "id",
            "review",
            "image",
            "name",
            "width_px",
            "height_px",
            "nm_per_px",
            "state",
            "reason",
            "head",
            "decided_at",
        )
        read_only_fields = fields


class CorrectionSerializer(serializers.ModelSerializer[Correction]):
    """Edits on their way to become `version`; `problem` says why they did not."""

    base = serializers.IntegerField(source="base.number", read_only=True)
    author = serializers.SlugRelatedField[Correction](
        slug_field="username", read_only=True, allow_null=True
    )

    class Meta:
        model = Correction
        fields = (
            "id",
            "item",
            "base",
            "edits",
            "note",
            "author",
            "run",
            "progress",
            "problem",
            "version",
            "created_at",
        )
        read_only_fields = fields


class NewCorrectionSerializer(serializers.Serializer[dict[str, Any]]):
    """Edits of a mask, in their order: `semblance schema edit-labels` has what each may hold."""

    base = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="The number of the version that was corrected."
    )
    edits = serializers.ListField(child=serializers.DictField(), allow_empty=False)
    note = serializers.CharField(max_length=300, default="", allow_blank=True)
    dismissed = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=65_535),
        default=list,
        max_length=65_535,
        help_text="Particles of the base that are no particles, by number.",
    )


class DecisionSerializer(serializers.Serializer[dict[str, Any]]):
    state = serializers.ChoiceField(choices=State.choices)
    reason = serializers.CharField(
        max_length=300, default="", allow_blank=True, help_text="Why it is rejected."
    )
    version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text="The number of the version that was looked at; another one is not decided on.",
    )


class ConflictSerializer(serializers.Serializer[dict[str, Any]]):
    detail = serializers.CharField()
    newest = serializers.IntegerField(help_text="The number of the newest version.")
    mask = serializers.IntegerField(help_text="Its key, for /api/masks/.")
    pending = serializers.IntegerField(
        allow_null=True, help_text="A correction that is being computed."
    )
