"""Files that carry names and profiles go through the real stage and are fetched by HTTP."""

import io
import re
import struct

import numpy as np
import pytest
from PIL import Image as Picture
from PIL import ImageCms
from PIL.PngImagePlugin import PngInfo

from accounts.models import Role
from catalog.models import Kind
from core.files import bytes_store
from runs.local import run_here
from survey import services
from survey.protocol import MARK, Settings
from tests.web.factories import make_dataset, make_image, make_user
from tests.web.survey.makers import enter, payload, plan, send
from tests.web.survey.test_blinding import image

pytestmark = pytest.mark.django_db
SIZE = (128, 96)


def picture(seed: int) -> Picture.Image:
    rng = np.random.default_rng(seed)
    return Picture.fromarray(rng.integers(0, 256, SIZE[::-1], dtype=np.uint8))


def dirty(seed: int, kind: str) -> bytes:
    """One micrograph as instruments and programs save it, with all that they add."""
    exif = Picture.Exif()
    exif[0x010F], exif[0x0131], exif[0x8298] = "secret-maker", "secret-software", "secret-owner"
    told = PngInfo()
    told.add_text("Software", "secret-generator")
    told.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>secret-xmp</x:xmpmeta>")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    out = io.BytesIO()
    if kind == "png":
        picture(seed).save(out, "PNG", pnginfo=told, exif=exif, icc_profile=profile, dpi=(300, 300))
    elif kind == "jpeg":
        options = {"exif": exif, "comment": b"secret-comment", "icc_profile": profile}
        picture(seed).convert("RGB").save(out, "JPEG", quality=97, **options)
    else:
        picture(seed).save(out, "TIFF", description="secret-description", software="secret-tiff")
    assert b"secret" in out.getvalue()
    return out.getvalue()


def test_threat_2_and_3_dirty_files_leave_the_stage_as_pixels_of_one_size() -> None:
    owner = make_user(Role.ORGANISER, Role.CURATOR)
    study = services.study_create(owner=owner, name="Dirty", seed=7)
    for number, kind in enumerate((Kind.REAL, Kind.ARTIFICIAL)):
        dataset = make_dataset(owner=owner, kind=kind, name=f"set-{number}")
        for place, suffix in enumerate(("png", "jpeg", "tiff")):
            stored = bytes_store(dirty(10 * number + place, suffix), name=f"secret.{suffix}")
            one = make_image(
                dataset=dataset, name=f"secret-{place}.{suffix}", file=stored,
                width_px=SIZE[0], height_px=SIZE[1],
            )  # fmt: skip
            services.stimuli_add(study=study, by=owner, images=[one])
    lenient = Settings(
        width_px=96, height_px=64, shortcut_limit=1.0, bars=MARK, trained_images=MARK
    )
    services.study_update(study=study, by=owner, settings=lenient)
    done = run_here(services.stimuli_prepare(study=study, by=owner))
    assert done.status == "succeeded", done.problem
    services.study_open(study=study, by=owner, unchecked=True)
    client, session = enter(study)
    headers, lengths = set(), set()
    while following := plan(client, study)["next"]:
        answer = image(client, study, following[0]["token"])
        assert not re.search(rb"secret|Exif|ICC|xmp|tEXt|iTXt|pHYs|eXIf|iCCP", answer.content)
        kinds, at = [], 8
        while at < len(answer.content):
            (length,) = struct.unpack(">I", answer.content[at : at + 4])
            kinds.append(answer.content[at + 4 : at + 8])
            at += 12 + length
        assert kinds == [b"IHDR", b"IDAT", b"IEND"]
        headers.add(answer.content[:33])
        lengths.add(len(answer.content))
        send(client, study, payload(following[0]["token"]))
    assert session.total == 6
    assert (len(headers), len(lengths)) == (1, 1)
