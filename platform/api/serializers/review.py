from rest_framework import serializers

from review.models import MaskVersion, Review, ReviewItem


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
