"""How long a page of 50 images takes, among ten thousand and among a hundred thousand.

``python benchmarks/web.py`` fills a throw-away database, asks for each page in turn, in rounds, and
prints median and 95th percentile in milliseconds, in this process (Django's test client) and over
HTTP from a gunicorn of its own. ``x empty`` is the ratio to the page of an empty dataset, asked for
in the same rounds: milliseconds depend on the machine and on what else it does, ratios much less,
and the processor's own time, which only the first way can tell, hardly at all. At the end come the
seconds of what changes or freezes a whole dataset.

It takes SQLite; with SEMBLANCE_DATABASE_URL set, a database of its own on that PostgreSQL server.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from catalog.models import Dataset

ROOT = Path(__file__).resolve().parents[1]
Pages = dict[str, str]
Get = Callable[[str], int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="semblance-benchmark-") as home, database(Path(home)):
        import django

        django.setup()
        from django.db import connection

        pages = prepare(asked.images)
        print(f"{connection.vendor}, {asked.rounds} rounds, {os.cpu_count()} cores")
        with test_client() as get:
            report("test client", measure(get, pages, asked.rounds), processor=True)
        with server() as get:
            report("gunicorn", measure(get, pages, asked.rounds))
        whole_datasets(asked.images)
        connection.close()


# ---- a database of its own ----------------------------------------------------------------------


@contextlib.contextmanager
def database(home: Path) -> Iterator[None]:
    """Point the settings at a place that is gone afterwards."""
    os.environ |= {
        "SEMBLANCE_HOME": str(home),
        "SEMBLANCE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
    }
    sys.path += [str(ROOT), str(ROOT / "platform")]
    url = os.environ.get("SEMBLANCE_DATABASE_URL", "").strip()
    if not url:
        yield
        return
    import psycopg

    name = f"semblance_benchmark_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    os.environ["SEMBLANCE_DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    try:
        yield
    finally:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def prepare(sizes: list[int]) -> Pages:
    """Make the datasets and return the addresses to ask for."""
    from django.core.management import call_command
    from django.db import connection

    from accounts.models import User
    from catalog.services import dataset_create

    call_command("migrate", verbosity=0)
    owner = User.objects.create_superuser("benchmark")
    empty = dataset_create(owner=owner, name="Empty")
    pages = {"empty": f"/datasets/{empty.pk}/"}
    for size in sizes:
        began = time.perf_counter()
        pages |= fill(dataset_create(owner=owner, name=f"{size:,} images"), size)
        print(f"{size:,} images made in {time.perf_counter() - began:.0f} s")
    with connection.cursor() as cursor:
        # What PostgreSQL would do by itself in a minute, amid the measuring, on the same cores.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return pages


def fill(dataset: Dataset, size: int) -> Pages:
    """Add images as a curator has them: some excluded, some tagged, some without a pixel size."""
    from catalog.hashes import band_keys
    from catalog.models import HashBand, Image, Tag
    from core.files import bytes_store
    from core.models import StoredFile

    rng = random.Random(size)  # noqa: S311
    thumbnail = bytes_store(b"a thumbnail", media_type="image/png")
    tag = Tag.objects.create(dataset=dataset, name="rare")
    for start in range(0, size, 5000):
        numbers = range(start, min(start + 5000, size))
        files = [
            StoredFile(sha256=f"{dataset.pk:08x}{number:056x}", size_bytes=1) for number in numbers
        ]
        StoredFile.objects.bulk_create(files)
        Image.objects.bulk_create(
            Image(
                dataset=dataset,
                name=f"{rng.randrange(10**6):06d}.tif",
                file=file,
                view=thumbnail,
                thumbnail=thumbnail,
                width_px=1024,
                height_px=768,
                nm_per_px=None if rng.random() < 0.001 else 2.0,
                excluded_reason="blurred" if rng.random() < 0.001 else "",
                phash=f"{rng.getrandbits(64):016x}",
                split=rng.choice(["train", "train", "validation", "test"]),
                material=rng.choice(["gold", "titania", "silica"]),
            )
            for file in files
        )
    hashes = dict(Image.objects.filter(dataset=dataset).order_by("pk").values_list("pk", "phash"))
    keys = list(hashes)
    bands = (
        HashBand(dataset=dataset, image_id=pk, key=key)
        for pk, phash in hashes.items()
        for key in band_keys(phash)
    )
    while some := list(itertools.islice(bands, 20_000)):
        HashBand.objects.bulk_create(some)
    through = Image.tags.through
    through.objects.bulk_create(through(image_id=key, tag_id=tag.pk) for key in keys[::1000])
    out = Image.objects.filter(dataset=dataset).exclude(excluded_reason="").count()
    dataset.image_count, dataset.excluded_count = size, out
    dataset.save()
    middle = keys[len(keys) // 2]
    queries = {
        "first page": "",
        "page in the middle": f"after={middle}",
        "middle, by name": f"sort=name&after={middle}",
        "training, in the middle": f"split=train&after={middle}",
        "excluded (1 in 1,000)": "use=excluded",
        "no pixel size (1 in 1,000)": "problem=scale",
        "tag (1 in 1,000)": "tag=rare",
        "a part of the name": "name=123",
    }
    address = f"/datasets/{dataset.pk}/"
    pages = {f"{size:,}: {name}": f"{address}?{query}" for name, query in queries.items()}
    return pages | {f"{size:,}: one image": f"/datasets/images/{middle}/"}


# ---- asking -------------------------------------------------------------------------------------


@contextlib.contextmanager
def test_client() -> Iterator[Get]:
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.cookies["sessionid"] = session()
    yield lambda address: client.get(address).status_code


@contextlib.contextmanager
def server() -> Iterator[Get]:
    """Serve as `manage.py serve` does: one process, threads, one connection that is kept."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--keep-alive", "60"]
    command += ["--log-level", "error", "--no-control-socket", "config.wsgi:application"]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths})
    headers = {"Cookie": f"sessionid={session()}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(address: str) -> int:
        try:
            connection.request("GET", address, headers=headers)
            answer = connection.getresponse()
            answer.read()
        except OSError:
            connection.close()  # else it would wait for an answer to this for ever
            raise
        return answer.status

    try:
        wait_for(get, process)
        yield get
    finally:
        connection.close()
        process.terminate()
        process.wait(30)


def wait_for(get: Get, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError):
            get("/health")
            return
        time.sleep(0.2)
    raise SystemExit("gunicorn did not start")


def session() -> str:
    """Sign the owner in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import User

    owner = User.objects.get(username="benchmark")
    store = SessionStore()
    store[SESSION_KEY] = str(owner.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    store.create()
    return str(store.session_key)


Taken = dict[str, list[tuple[float, float]]]  # milliseconds: by the clock, of the processor


def measure(get: Get, pages: Pages, rounds: int) -> Taken:
    """Ask for the pages in rounds, so that a slow minute is slow for all of them."""
    taken: Taken = {name: [] for name in pages}
    for number in range(-3, rounds):  # three rounds to get warm
        for name, address in pages.items():
            began = time.perf_counter(), time.process_time()
            status = get(address)
            ended = time.perf_counter(), time.process_time()
            assert status == 200, f"{address} answered {status}"
            if number >= 0:
                taken[name].append((1000 * (ended[0] - began[0]), 1000 * (ended[1] - began[1])))
    return taken


def report(way: str, taken: Taken, *, processor: bool = False) -> None:
    print(f"\n{way:42} {'median':>8} {'p95':>8} {'x empty':>8}" + "  processor" * processor)
    empty = statistics.median(clock for clock, _ in taken["empty"])
    for name, pairs in taken.items():
        values = [clock for clock, _ in pairs]
        median, p95 = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        line = f"{name:42} {median:8.1f} {p95:8.1f} {median / empty:8.2f}"
        own = statistics.median(used for _, used in pairs)
        print(line + f" {own:10.1f}" * processor)


# ---- whole datasets -----------------------------------------------------------------------------


def whole_datasets(sizes: list[int]) -> None:
    """Seconds to change all images in slices, to freeze them twice, to add one, to delete them."""
    from accounts.models import User
    from catalog.filters import ImageFilter
    from catalog.models import Dataset
    from catalog.services import (
        bulk_start,
        bulk_step,
        dataset_create,
        dataset_delete,
        image_add,
        version_freeze,
    )
    from core.files import bytes_store

    print(f"\n{'seconds':42} {'all':>8} {'a slice':>8}")
    for dataset in Dataset.objects.filter(image_count__gt=0).order_by("pk"):
        slices = []
        edit = bulk_start(
            dataset=dataset,
            by=dataset.owner,
            action="random-split",
            value={"train": "70", "validation": "15", "test": "15"},
            matching=ImageFilter(),
        )
        while not edit.is_final:
            began = time.perf_counter()
            edit = bulk_step(edit=edit)
            slices.append(time.perf_counter() - began)
        row = f"{dataset}: split at random"
        print(f"{row:42} {sum(slices):8.2f} {statistics.median(slices):8.2f}")
        for row in (f"{dataset}: frozen", f"{dataset}: frozen again, with changes told"):
            began = time.perf_counter()
            version_freeze(dataset=dataset, by=None)
            print(f"{row:42} {time.perf_counter() - began:8.2f}")
        file = bytes_store(str(dataset.pk).encode(), media_type="image/png")
        began = time.perf_counter()
        image_add(
            dataset=dataset,
            name="one more.tif",
            file=file,
            view=file,
            thumbnail=file,
            width_px=1024,
            height_px=768,
            added_by=None,
            phash=f"{1:016x}",
        )
        row = f"{dataset}: one more, near-duplicates looked up"
        print(f"{row:42} {time.perf_counter() - began:8.3f}")
    for size in sizes:
        dataset = dataset_create(owner=User.objects.get(username="benchmark"), name="Goes")
        fill(dataset, size)
        began = time.perf_counter()
        dataset_delete(dataset=dataset, by=dataset.owner)
        row = f"{size:,} images: deleted"
        print(f"{row:42} {time.perf_counter() - began:8.2f}")


if __name__ == "__main__":
    main()
