"""What can be set about a study, and the document that is frozen when it opens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import rfc8785

from survey.plan import Plan

if TYPE_CHECKING:
    from survey.models import Study

VERSION = 1

CONSENT = (
    "Taking part is voluntary. We keep your answers and what you write, how long each took and "
    "when you looked elsewhere, and the kind of your browser and size of your screen, under a "
    "pseudonym; no name, no e-mail address and no network address. If you are signed in, your "
    "account is joined to your answers until the study closes, and we note whether it can open the "
    "images elsewhere here. You can stop and withdraw at any time until then. You can have your "
    "data erased at any time: until the study closes, or if you withdrew, nothing is left of them; "
    "afterwards your answers stay in the results, and all that says whose they are is taken out."
)


YES_NO, PAIRS = "yes-no", "pairs"
REFUSE, MARK = "refuse", "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something asked of a rater before the first image; all answers are optional.

    `kind` is "choice" (one of `options`), "number" or "text".
    """

    key: str
    text: str
    kind: str = "choice"
    options: tuple[str, ...] = ()


QUESTIONS = (
    Question(
        key="experience",
        text="How long have you worked with electron micrographs?",
        options=("Not at all", "Less than a year", "1 to 5 years", "More than 5 years"),
    ),
    Question(
        key="particles",
        text="How often do you look at micrographs of particles?",
        options=("Never", "A few times a year", "Monthly", "Weekly or more often"),
    ),
    Question(
        key="artificial",
        text="Have you worked with computed micrographs before?",
        options=("No", "I have seen some", "I have made some"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Choices of the organiser; None takes the largest size that all images have."""

    width_px: int | None = None
    height_px: int | None = None
    crop: str = "centre"  # or "seeded"
    zoom: bool = True
    key_real: str = "r"
    key_artificial: str = "a"
    break_every: int = 30  # images between two offers of a break; 0: none
    task: str = YES_NO  # or PAIRS
    exposure_ms: int | None = None  # None: free viewing
    attention: int = 0  # pictures that say what to answer
    repeats: int = 0  # images shown a second time, for test and retest
    images_per_rater: int | None = None  # None: each rater sees all
    ask_reason: bool = False
    ask_region: bool = False
    ask_seen: bool = True
    ask_share: bool = True  # at the end: which part of the images was artificial
    questions: tuple[Question, ...] = QUESTIONS
    expertise: str = ""  # key of the question by whose answers raters are compared; see below
    # Best leave-one-out AUC that trivial figures may have; 1.0: the audit is shown, not enforced.
    shortcut_limit: float = 0.8
    trained_images: str = REFUSE  # or MARK: images that a generator was trained on
    near_duplicates: str = REFUSE  # or MARK: images that look the same
    bars: str = REFUSE  # or MARK: images that may show a bar, and that nobody signed off
    own_score: bool = True  # raters see their own after the closing
    results_for: str = "members"  # or "organiser": who sees the results of a closed study

    @property
    def expertise_question(self) -> Question | None:
        """By whose answers raters are compared: the chosen one, else the first with a choice."""
        choices = [one for one in self.questions if one.kind == "choice"]
        chosen = (one for one in choices if one.key == self.expertise)
        return next(chosen, choices[0] if choices else None)

    @classmethod
    def of(cls, study: Study) -> Settings:
        known = {field.name for field in fields(cls)}
        found = {name: value for name, value in study.settings.items() if name in known}
        if "questions" in found:
            found["questions"] = tuple(
                Question(**{**one, "options": tuple(one["options"])}) for one in found["questions"]
            )
        # Ten images for fun, one at a time: whether they were seen before matters to no result.
        of_game = {"ask_seen": False, "task": YES_NO} if study.use == "game" else {}
        return cls(**found | of_game)


def instructions_for(settings: Settings) -> str:
    """What raters are told unless the organiser wrote something else: it fits task and exposure."""
    if settings.task == PAIRS:
        asked = (
            "You will see electron micrographs two at a time. Of each pair one was taken with a "
            "microscope, and the other was computed. Say which one is artificial, and how sure you "
            "are."
        )
    else:
        asked = (
            "You will see electron micrographs one at a time. Some were taken with a microscope, "
            "others were computed. Say of each whether you take it for real or artificial, and how "
            "sure you are."
        )
    if settings.exposure_ms:
        what = "Each pair" if settings.task == PAIRS else "Each image"
        time = (
            f"{what} is shown for {settings.exposure_ms / 1000:g} s, when you are ready and press "
            "the space bar or the button; so look at once. For your answer there is no clock."
        )
    else:
        time = "Take the time you need; there is no clock."
    return (
        f"{asked}\n\n{time} You can change an answer until you confirm it, and stop at any time: "
        "the page goes on where you left."
    )


def settings_json(settings: Settings) -> dict[str, Any]:
    """As it is stored and hashed: lists, where the dataclass has tuples."""
    told = asdict(settings)
    told["questions"] = [{**one, "options": list(one["options"])} for one in told["questions"]]
    return told


INSTRUCTIONS = instructions_for(Settings())


def document_of(
    study: Study,
    *,
    shortcuts: dict[str, Any] | None = None,
    alike: Sequence[tuple[int, int]] = (),
    bars_in_doubt: Sequence[int] = (),
    unchecked: str = "",
) -> dict[str, Any]:
    """All that a rater is asked and shown, how it will be analysed, and the hashes of the images.

    `shortcuts` is what the audit told, `alike` the numbers of images that look the same,
    `bars_in_doubt` those of images that may show a bar and were let in, `unchecked` which check
    there could not be, and why, where the organiser opened the study all the same.
    """
    return {
        "version": VERSION,
        "confidence_levels": 3,
        "instructions": study.instructions,
        "consent": study.consent_text,
        "settings": settings_json(Settings.of(study)),
        "plan": asdict(Plan.of(study)),
        "seed": str(study.seed),  # JSON's numbers are exact up to 2**53 only
        "shortcuts": shortcuts,
        "alike": [list(pair) for pair in alike],
        "bars_in_doubt": list(bars_in_doubt),
        "unchecked": unchecked,
        "stimuli": [
            {
                "number": stimulus.number,
                "use": stimulus.use,
                "match": stimulus.match,
                "trained_on": stimulus.trained_on,
                "bar_signed_off": stimulus.bar_signed_off_at is not None,
                "truth": stimulus.truth,
                "arm": stimulus.arm,
                "source_sha256": stimulus.source_id,
                "served_sha256": stimulus.served_id,
            }
            for stimulus in study.stimuli.order_by("number")
        ],
    }


def new_nonce() -> str:
    """32 random bytes as hex: what makes the commitment impossible to guess open."""
    return secrets.token_hex(32)


def bytes_of(document: Any) -> bytes:
    """Canonical JSON (RFC 8785): what is hashed, and what is published when the study closes."""
    return rfc8785.dumps(document)


def commitment_of(document: Any, *, nonce: str) -> str:
    """SHA-256 over the nonce's bytes and the document's."""
    return hashlib.sha256(bytes.fromhex(nonce) + bytes_of(document)).hexdigest()


def sha256_of(document: Any) -> str:
    return hashlib.sha256(bytes_of(document)).hexdigest()
