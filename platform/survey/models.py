"""Studies, their stimuli, who is asked, what was shown and what was answered.

A study's images and protocol are fixed when it opens. Each session gets its presentations as rows
before the first answer; a presentation takes one judgement. `survey.states` has the transitions.
"""

from __future__ import annotations

import secrets
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models

from catalog.models import Image
from core.access import Owned, OwnedQuerySet
from core.models import StoredFile
from runs.models import Pair, Run


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Use(models.TextChoices):
    STUDY = "study", "A study"
    GAME = "game", "“Can you tell?” on the front page"  # nothing of it enters a study


class Answer(models.TextChoices):
    """What an image is, and what a rater takes it for."""

    REAL = "real", "Real"
    ARTIFICIAL = "artificial", "Artificial"


def new_code() -> str:
    """A name for addresses that tells nothing, not even how many there are."""
    return secrets.token_urlsafe(9)


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Study(Owned):
    """A question put to raters. `session_count` numbers the sessions; each number has its order."""

    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)  # for colleagues, never shown to raters
    code = models.CharField(max_length=16, unique=True, default=new_code)
    use = models.CharField(max_length=8, choices=Use.choices, default=Use.STUDY)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    instructions = models.TextField()
    consent_text = models.TextField()
    settings = models.JSONField(default=dict)  # `survey.protocol.Settings`, until the study opens
    plan = models.JSONField(default=dict)  # `survey.plan.Plan`: how it will be analysed
    copy_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies"
    )
    seed = models.BigIntegerField()
    visitors_allowed = models.BooleanField(default=False)  # of the game: people who do not sign in
    # The run of the stage `stimuli` whose images are (or will be) shown.
    stimuli_run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.PROTECT, related_name="studies"
    )
    session_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OwnedQuerySet] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="study_name_once_per_owner")
        ]
        indexes = [models.Index(fields=["use", "state"])]

    def __str__(self) -> str:
        return self.name


class Protocol(models.Model):
    """What raters of a study are asked and shown, as it was frozen; never changed."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="protocols")
    version = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)  # over the document as canonical JSON (RFC 8785)
    # Published at the opening: SHA-256 over the nonce and the document. The document's own hash
    # could be guessed open (there are few ways to deal 16 and 12), so it stays inside as well.
    nonce = models.CharField(max_length=64, blank=True)  # 32 bytes, hex; published at the closing
    commitment = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "version"], name="protocol_version_once")
        ]

    def __str__(self) -> str:
        return f"protocol {self.version} of {self.study_id}"


class Stimulus(models.Model):
    """One image of a study: where it comes from, and the file that raters get instead of it."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="stimuli")

    class Use(models.TextChoices):
        MAIN = "main", "In the study"
        PRACTICE = "practice", "Practice, with feedback"
        ATTENTION = "attention", "Attention: a picture that says what to answer"

    number = models.PositiveIntegerField()  # in the study; names its file in the stage
    use = models.CharField(max_length=10, choices=Use.choices, default=Use.MAIN)
    truth = models.CharField(
        max_length=10, choices=Answer.choices
    )  # of attention: what it asks for
    # Of content-matched pairs: the same number for the real image and the artificial one.
    match = models.PositiveIntegerField(null=True, blank=True)
    # A generator was trained on it, or on a near-duplicate; it stays in only where that is allowed.
    trained_on = models.BooleanField(default=False)
    arm = models.CharField(max_length=80, blank=True)  # which generator; empty for real images
    image = models.ForeignKey(
        Image, null=True, blank=True, on_delete=models.PROTECT, related_name="stimuli"
    )
    pair = models.ForeignKey(
        Pair, null=True, blank=True, on_delete=models.PROTECT, related_name="stimuli"
    )
    source = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # none: an attention item, which the stage draws
    source_name = models.CharField(max_length=200)
    source_width_px = models.PositiveIntegerField(default=0)
    source_height_px = models.PositiveIntegerField(default=0)
    # Set by the stage; `problem` says why it refused the image.
    served = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    problem = models.CharField(max_length=300, blank=True)
    width_px = models.PositiveIntegerField(null=True, blank=True)
    height_px = models.PositiveIntegerField(null=True, blank=True)
    figures = models.JSONField(default=dict)  # sharpness, greys, perceptual hash
    # Somebody looked at the picture as raters get it: nothing of a data bar or scale bar is left.
    bar_signed_off_at = models.DateTimeField(null=True, blank=True)
    bar_signed_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="stimulus_number_once"),
            models.UniqueConstraint(fields=["study", "source"], name="stimulus_source_once"),
            models.CheckConstraint(
                condition=models.Q(use="attention", image__isnull=True, pair__isnull=True)
                | models.Q(~models.Q(use="attention"), image__isnull=False, pair__isnull=True)
                | models.Q(~models.Q(use="attention"), image__isnull=True, pair__isnull=False),
                name="stimulus_is_an_image_or_a_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"stimulus {self.number} of study {self.study_id}"


class Invitation(models.Model):
    """A link. Only its hash is kept: nobody who reads the database can use it."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", "Personal link"
        OPEN = "open", "Open link"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    label = models.CharField(max_length=120, blank=True)  # the organiser's own note
    token_sha256 = models.CharField(max_length=64, unique=True)
    quota = models.PositiveIntegerField(default=1)
    used = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used__lte=models.F("quota")), name="invitation_within_quota"
            )
        ]

    def __str__(self) -> str:
        return self.label or f"{self.get_kind_display()} {self.pk}"

    @property
    def is_spent(self) -> bool:
        return self.used >= self.quota


class Session(models.Model):
    """One rater taking a study once. No name, no address; an account only if they signed in."""

    class Kind(models.TextChoices):
        RATER = "rater", "Rater"  # the only kind whose answers are results
        PREVIEW = "preview", "Preview by the organiser"
        GAME = "game", "“Can you tell?”"
        SIMULATED = "simulated", "Simulated, in a dry run"

    class State(models.TextChoices):
        STARTED = "started", "Started"
        FINISHED = "finished", "Finished"
        WITHDRAWN = "withdrawn", "Withdrawn"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="sessions")
    protocol = models.ForeignKey(
        Protocol, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )  # none: a preview of a draft
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RATER)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STARTED)
    number = models.PositiveIntegerField()  # gives the order and the side
    pseudonym = models.CharField(max_length=16)
    key_sha256 = models.CharField(max_length=64, unique=True)  # of the cookie that is the session
    invitation = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    artificial_on_left = models.BooleanField()  # alternates, so that no side stands for an answer
    # They may know the images from elsewhere: left out of the primary analysis.
    saw_images_possible = models.BooleanField(default=False)
    consented_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)  # instructions read
    finished_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField()
    user_agent = models.CharField(max_length=300, blank=True)
    screen = models.JSONField(default=dict)  # viewport in CSS px, device pixel ratio
    background = models.JSONField(default=dict)  # answers to the protocol's questions, by key
    background_at = models.DateTimeField(null=True, blank=True)
    afterthoughts = models.JSONField(default=dict)  # believed share of artificial images, remarks
    afterthoughts_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)  # personal data taken out, for good
    dry_run = models.ForeignKey(
        "DryRun", null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )
    simulated_as = models.CharField(max_length=12, blank=True)  # "random", "biased", "skilled"
    # Presentations, practice included; it comes first. Counted here, so that no page counts rows.
    practice = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField()
    answered = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "pseudonym"], name="pseudonym_once"),
            models.UniqueConstraint(
                fields=["study", "number"],
                condition=models.Q(kind="rater"),
                name="session_number_once",
            ),
            models.UniqueConstraint(
                fields=["study", "rater"],
                condition=models.Q(kind="rater", rater__isnull=False),
                name="study_taken_once_by_an_account",
            ),
        ]
        indexes = [models.Index(fields=["study", "kind", "state"])]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def place(self) -> str:
        """Where the rater stands, in the words of the judging page."""
        if self.answered < self.practice:
            return f"Practice {self.answered + 1} of {self.practice}"
        return f"{self.answered_main + 1} of {self.total_main}"

    @property
    def answered_main(self) -> int:
        """Answers without practice, as raters are told."""
        return max(self.answered - self.practice, 0)

    @property
    def total_main(self) -> int:
        return self.total - self.practice


class Presentation(models.Model):
    """One image at one place of one session; made before the first answer, order included."""

    class Kind(models.TextChoices):
        MAIN = "main", "Main"
        PRACTICE = "practice", "Practice"
        ATTENTION = "attention", "Attention"
        REPEAT = "repeat", "Repeated"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="presentations")
    stimulus = models.ForeignKey(Stimulus, on_delete=models.PROTECT, related_name="presentations")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MAIN)
    position = models.PositiveIntegerField()  # from 1
    token = models.CharField(max_length=43, unique=True)  # the image's only name in a browser
    # Of a pair: `stimulus` stands on the left and is what the decision is about; this on the right.
    other = models.ForeignKey(
        Stimulus, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    other_token = models.CharField(max_length=43, null=True, blank=True, unique=True)
    served_at = models.DateTimeField(null=True, blank=True)  # first fetched, perhaps ahead

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="position_once")
        ]

    def __str__(self) -> str:
        return f"{self.position} of session {self.session_id}"


class Judgement(models.Model):
    """What a rater said of a presentation: once, never changed."""

    presentation = models.OneToOneField(
        Presentation, on_delete=models.CASCADE, related_name="judgement"
    )
    client_id = models.UUIDField(unique=True)  # made in the browser: a retry is the same answer
    decision = models.CharField(max_length=10, choices=Answer.choices)
    confidence = models.PositiveSmallIntegerField()  # 1 guess, 2 fairly sure, 3 sure
    shown_at = models.DateTimeField(null=True, blank=True)  # painted, by the server's clock
    response_ms = models.FloatField(null=True)  # painted frame to the last decision; None: unknown
    confirm_ms = models.FloatField(null=True)  # painted frame to the confirmation
    changes = models.PositiveSmallIntegerField(default=0)  # of the decision before confirming
    zooms = models.JSONField(default=list)  # [[ms since painted, scale], ...]; at 0 as first shown
    exposure_ms = models.FloatField(null=True)  # how long it was on the screen, where that is fixed
    reason = models.CharField(max_length=500, blank=True)
    # Where it looks artificial: [[x, y, width, height], ...] in px of the image, from its top left.
    regions = models.JSONField(default=list)
    seen_before = models.BooleanField(null=True)  # None: not asked, or not answered
    hidden_ms = models.FloatField(default=0)  # the page lay in the background meanwhile
    payload_sha256 = models.CharField(max_length=64)
    answered_at = models.DateTimeField(auto_now_add=True)
    slipped_at = models.DateTimeField(null=True, blank=True)  # "that was a slip"; the answer stays

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confidence__gte=1, confidence__lte=3),
                name="confidence_in_three_steps",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} ({self.confidence})"


class AppendOnly(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The log of events is only added to.")

    def delete(self) -> NoReturn:
        raise TypeError("The log of events is only added to.")


class Event(models.Model):
    """What happened in a session, in order. Only ever added to."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events")
    presentation = models.ForeignKey(
        Presentation, null=True, on_delete=models.CASCADE, related_name="events"
    )
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=30)  # "consented", "answered", "answer-refused", ...
    details = models.JSONField(default=dict)

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [models.Index(fields=["session", "id"])]

    def __str__(self) -> str:
        return self.kind

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The log of events is only added to.")
        super().save(*args, **kwargs)


class Job(models.Model):
    """Long work on a study: one worker at a time has it, and it outlives the worker's death."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        STOPPED = "stopped", "Stopped"

    ACTIVE = (State.QUEUED, State.RUNNING)

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    step = models.CharField(max_length=80, blank=True)  # what it does now, in words
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveIntegerField(default=0)  # workers that took it; the last one counts
    published_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)  # its worker's last sign of life
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE


class DryRun(Job):
    """A study taken by simulated raters, through the same addresses as by people.

    `done` and `total` count answers.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="dry_runs")
    plan = models.JSONField(default=dict)  # {"raters": {"random": 4, ...}, "seed": 1, ...}
    report = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"dry run {self.pk} of study {self.study_id}"


class Analysis(Job):
    """The figures of a closed study; the latest that is done is shown."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="analyses")
    answers_sha256 = models.CharField(max_length=64, blank=True)  # of the table that it used
    figures = models.JSONField(default=dict)  # `survey.statistics.analysis.Analysis.to_json`
    drawings = models.JSONField(default=dict)  # by name: the fields of `survey.figures.Drawing`

    class Meta:
        verbose_name_plural = "analyses"

    def __str__(self) -> str:
        return f"analysis {self.pk} of study {self.study_id}"


class Bundle(Job):
    """All of a closed study in one ZIP, made once its analysis is done."""

    analysis = models.OneToOneField(Analysis, on_delete=models.CASCADE, related_name="bundle")
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"bundle of analysis {self.analysis_id}"


class Planning(Job):
    """What the planner was asked, and what its simulation answered."""

    # None: somebody only tried the planner.
    study = models.ForeignKey(
        Study, null=True, blank=True, on_delete=models.CASCADE, related_name="plannings"
    )
    question = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"planning {self.pk}"


class Validation(Job):
    """Published and exact values, recomputed with the libraries that are installed here."""

    result = models.JSONField(default=dict)  # {"checks": [...], "versions": {library: version}}

    def __str__(self) -> str:
        return f"validation {self.pk}"
