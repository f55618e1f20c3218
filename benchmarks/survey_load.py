"""How many raters a small machine carries: whole surveys over HTTP, and no answer lost or doubled.

``python benchmarks/survey_load.py`` starts a server of its own (`manage.py web`) on a database
of its own, lets simulated raters take a study of 16 artificial and 12 real images from the link to
the end, and prints what it took. The load runs on the same cores. Three ways:

thinking  raters think three seconds in the mean (exponential), as people might
flat out  they think not at all
killing   they think, and every ten seconds a web worker is killed (SIGKILL)

With ``--signed-in`` raters come by accounts of their own instead of a link: their requests look an
account up, and at consent, at each page and after the last answer it is searched for what could
have shown it the images.

"next" is the time until the last byte of an image has come, "answer" until the answer is confirmed.
Lost are answers that a rater was told are kept and that are not in the database; doubled are those
that are there twice, or that a session counts twice.

SQLite is the embedded default; PostgreSQL is the one that Debian brings, started here with its
defaults, which sync to disk. SEMBLANCE_DATABASE_URL names another server.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import pwd
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from survey.models import Study
    from survey.simulated import Ask, Known, Reply, Told

ROOT = Path(__file__).resolve().parents[1]
REAL, ARTIFICIAL = 12, 16
ARRIVING_S = 20  # raters come one after the other, not all at once
KILL_EVERY_S = 10
WAYS = ("thinking", "flat out", "killing")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], nargs="+")
    parser.add_argument("--ways", choices=WAYS, nargs="+", default=WAYS)
    parser.add_argument("--raters", type=int, default=200)
    parser.add_argument("--thinking", type=float, default=3.0, help="seconds, in the mean")
    parser.add_argument("--pixels", type=int, nargs=2, default=[1024, 704], metavar=("W", "H"))
    parser.add_argument("--processes", type=int, help="of the web; default: the platform's")
    parser.add_argument("--signed-in", action="store_true", help="by accounts, not by a link")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    for database in asked.database or ["sqlite", "postgresql"]:
        # One process a database: Django is set up for one.
        if os.environ.get("SEMBLANCE_BENCHMARK") != database:
            again = [sys.executable, *sys.argv, "--database", database]
            environment = {**os.environ, "SEMBLANCE_BENCHMARK": database}
            subprocess.run(again, env=environment, check=True)
        else:
            run(database, asked)


def run(database: str, asked: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="semblance-benchmark-") as home:
        Path(home).chmod(0o755)
        with contextlib.ExitStack() as stack:
            configure(Path(home), asked)
            database_pid = 0
            if database == "postgresql" and "SEMBLANCE_DATABASE_URL" not in os.environ:
                url, database_pid = stack.enter_context(postgresql(Path(home)))
                os.environ["SEMBLANCE_DATABASE_URL"] = url
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            port, web_pid = stack.enter_context(web())
            head(database, asked, web_pid)
            for way in asked.ways:
                taking = Taking(way, port, web_pid, database_pid, asked)
                row(asyncio.run(taking.take(*prepare(way, asked))))


def configure(home: Path, asked: argparse.Namespace) -> None:
    os.environ |= {
        "SEMBLANCE_HOME": str(home / "home"),
        "SEMBLANCE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
    }
    if asked.processes:
        os.environ["SEMBLANCE_WEB_PROCESSES"] = str(asked.processes)
    # Not this folder, whose `survey` is this file.
    sys.path[0:1] = [str(ROOT), str(ROOT / "platform")]


# ---- servers of its own -------------------------------------------------------------------------


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def postgresql(home: Path) -> Iterator[tuple[str, int]]:
    """Debian's server with its defaults; it refuses to run as root, so somebody else runs it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise SystemExit("There is no PostgreSQL here:  apt-get install postgresql")
    data, port = home / "postgresql", free_port()
    data.mkdir()
    drop: dict[str, Any] = {}
    if os.geteuid() == 0:
        person = pwd.getpwnam("postgres")
        os.chown(data, person.pw_uid, person.pw_gid)
        drop = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": [], "cwd": "/"}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    begin = [str(found[-1]), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8"]
    subprocess.run(begin, check=True, **drop, **quiet)
    options = ["-p", str(port), "-k", str(data), "-c", "listen_addresses=127.0.0.1"]
    command = [str(found[-1].with_name("postgres")), "-D", str(data), *options]
    process = subprocess.Popen(command, **drop, **quiet)
    url = f"postgres://postgres@127.0.0.1:{port}/postgres"
    try:
        wait_until(lambda: can_connect(port), process)
        yield url, process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


@contextlib.contextmanager
def web() -> Iterator[tuple[int, int]]:
    port = free_port()
    environment = {**os.environ, "PORT": str(port)}
    command = [sys.executable, "manage.py", "web"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: is_up(port), process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def can_connect(port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


def is_up(port: int) -> bool:
    """The socket is open before the workers are loaded; then a page comes."""
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/health").status == 200)
    return False


def wait_until(ready: Any, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit("a server did not start")
        time.sleep(0.1)


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(one) for one in text.split()]
    return []


def processor_s(pid: int) -> float:
    """Seconds of the processor that a process and all its children, the dead too, have used."""
    if not pid:
        return 0.0
    used = 0.0
    with contextlib.suppress(OSError):
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used = sum(int(part) for part in parts[11:15]) / os.sysconf("SC_CLK_TCK")
    return used + sum(processor_s(child) for child in children(pid))


# ---- a study ------------------------------------------------------------------------------------


def name_of(image: bytes) -> str:
    """A name for an image that costs the load next to nothing: hashing it would be the load."""
    return f"{zlib.crc32(image[1000:5000]):08x}"


@dataclass(frozen=True, slots=True)
class Entrance:
    path: str
    cookies: dict[str, str] = field(default_factory=dict)


def prepare(way: str, asked: argparse.Namespace) -> tuple[Study, list[Entrance], dict[str, Known]]:
    """Open a study; returns it, each rater's way in, and what is true of its images."""
    import numpy as np
    from django.db import connection

    from core.files import bytes_store
    from pipeline.stimuli.bare_png import bare_png
    from survey import services
    from survey.simulated import Known
    from tests.web.survey.makers import link_to, make_draft

    width, height = asked.pixels
    study = make_draft(real=REAL, artificial=ARTIFICIAL, name=way, seed=asked.seed)
    rng, known = np.random.default_rng(asked.seed), {}
    for stimulus in study.stimuli.all():
        pixels = rng.integers(0, 256, (height, width), dtype=np.uint8)
        png = bare_png(pixels)
        stimulus.served = bytes_store(png, media_type="image/png")
        stimulus.width_px, stimulus.height_px = width, height
        stimulus.save()
        known[name_of(png)] = Known(stimulus.truth)
    services.study_open(study=study, by=study.owner)
    if asked.signed_in:
        entrances = [accounts_entrance(study) for _ in range(asked.raters)]
    else:
        link = link_to(study, kind="open", quota=asked.raters)
        entrances = [Entrance(link)] * asked.raters
    connection.close()
    return study, entrances, known


def accounts_entrance(study: Study) -> Entrance:
    """Ask a new rater by account, signed in already: passwords are no part of this load."""
    from django.test import Client
    from django.urls import reverse

    from accounts.models import Role
    from core.access import Visibility
    from survey.models import Study
    from tests.web.factories import make_user

    rater, client = make_user(Role.RATER), Client()
    Study.objects.filter(pk=study.pk).update(visibility=Visibility.SHARED)
    study.shared_with.add(rater)
    client.force_login(rater)
    cookies = {name: one.value for name, one in client.cookies.items()}
    return Entrance(reverse("survey:take", args=[study.code]), cookies)


# ---- raters -------------------------------------------------------------------------------------


class Wire:
    """One kept connection and its cookies: as little work as HTTP allows."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.port = port
        self.cookies = dict(cookies)
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, ask: Ask) -> Reply:
        from survey.simulated import Reply

        body, kind = b"", ""
        if ask.form is not None:
            body, kind = urlencode(ask.form).encode(), "application/x-www-form-urlencoded"
        elif ask.sent is not None:
            body, kind = json.dumps(ask.sent).encode(), "application/json"
        method, path = ask.method, ask.path
        try:
            for _ in range(5):
                head = f"X-CSRFToken: {ask.csrf}\r\n" if ask.csrf else ""
                if kind:
                    head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                status, location, content = await self._exchange(method, path, head, body)
                if status not in {301, 302, 303}:
                    return Reply(status, content, urlsplit(path).path)
                path, method, body, kind = urljoin(path, location), "GET", b"", ""
        except (OSError, EOFError):
            self.close()
        return Reply(0)

    async def _exchange(
        self, method: str, path: str, head: str, body: bytes
    ) -> tuple[int, str, bytes]:
        if self.reader is None or self.writer is None or self.reader.at_eof():
            self.close()
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", self.port, limit=1 << 21
            )
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        request = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{head}"
        self.writer.write(f"{request}Cookie: {cookies}\r\n\r\n".encode() + body)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        length, location, last = 0, "", False
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "location":
                    location = value
                case "set-cookie":
                    self._bake(value)
                case "connection":
                    last = value == "close"
        content = await self.reader.readexactly(length)
        if last:
            self.close()
        return int(lines[0].split(" ", 2)[1]), location, content

    def _bake(self, text: str) -> None:
        for name, cookie in SimpleCookie(text).items():
            self.cookies[name] = cookie.value
            if cookie["max-age"] == "0":
                del self.cookies[name]

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


@dataclass(slots=True)
class Taken:
    way: str
    seconds: float
    times_ms: dict[str, list[float]]
    told: list[Told]
    answers: int
    kills: int
    lost: int
    doubled: int
    processor_s: dict[str, float]


@dataclass(slots=True)
class Taking:
    way: str
    port: int
    web_pid: int
    database_pid: int
    asked: argparse.Namespace
    times_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    kills: int = 0

    async def take(self, study: Study, entrances: list[Entrance], known: dict[str, Known]) -> Taken:
        used = self._used()
        began = time.monotonic()
        killer = asyncio.create_task(self._kill()) if self.way == "killing" else None
        raters = [self._rate(number, one, known) for number, one in enumerate(entrances)]
        told = await asyncio.gather(*raters)
        seconds = time.monotonic() - began
        if killer is not None:
            killer.cancel()
        after = self._used()
        answers, lost, doubled = await asyncio.to_thread(compare, study, told)
        return Taken(
            self.way,
            seconds,
            self.times_ms,
            told,
            answers,
            self.kills,
            lost,
            doubled,
            {name: after[name] - used[name] for name in used},
        )

    def _used(self) -> dict[str, float]:
        web, database = processor_s(self.web_pid), processor_s(self.database_pid)
        return {"web": web, "database": database, "load": time.process_time()}

    async def _rate(self, number: int, entrance: Entrance, known: dict[str, Known]) -> Told:
        from survey.simulated import PROFILES, Mind, Pause, rate

        rng = random.Random(f"{self.way}/{self.asked.seed}/{number}")  # noqa: S311
        still = self.way == "flat out"
        d_prime = PROFILES["skilled"].d_prime
        mind = Mind(
            name="skilled", d_prime=d_prime, thinking_ms=1000 * self.asked.thinking, least_ms=0
        )
        wire = Wire(self.port, entrance.cookies)
        await asyncio.sleep(0 if still else rng.uniform(0, ARRIVING_S))
        steps = rate(
            mind,
            entrance=entrance.path,
            known=known,
            rng=rng,
            pace=0.0 if still else 1.0,
            name_of=name_of,
        )
        reply = None
        try:
            step = next(steps)
            while True:
                if isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                    reply = None
                else:
                    began = time.perf_counter()
                    reply = await wire.ask(step)
                    if reply.status == 200:
                        self.times_ms[step.what].append(1000 * (time.perf_counter() - began))
                step = steps.send(reply)
        except StopIteration as end:
            told: Told = end.value
            return told
        finally:
            wire.close()

    async def _kill(self) -> None:
        rng = random.Random(self.asked.seed)  # noqa: S311
        while True:
            await asyncio.sleep(KILL_EVERY_S)
            if workers := children(self.web_pid):
                os.kill(rng.choice(workers), signal.SIGKILL)
                self.kills += 1


def compare(study: Study, told: list[Told]) -> tuple[int, int, int]:
    """Answers in the database; of them lost and doubled, by what the raters were told."""
    from django.db import connection
    from django.db.models import Sum

    from survey.models import Event, Judgement, Session

    rows = list(
        Judgement.objects.filter(presentation__session__study=study).values_list(
            "client_id", "presentation_id"
        )
    )
    kept = {str(client_id) for client_id, _ in rows}
    confirmed = {client_id for one in told for client_id in one.confirmed}
    noted = Event.objects.filter(session__study=study, kind="answered").count()
    sessions = Session.objects.filter(study=study)
    counted = sessions.aggregate(sum=Sum("answered"))["sum"] or 0
    doubled = len(rows) - len({presentation for _, presentation in rows})
    doubled += abs(counted - len(rows)) + abs(noted - len(rows))
    connection.close()
    return len(rows), len(confirmed - kept), doubled


# ---- the table ----------------------------------------------------------------------------------


def head(database: str, asked: argparse.Namespace, web_pid: int) -> None:
    width, height = asked.pixels
    who = "raters with accounts" if asked.signed_in else "raters"
    print(
        f"\n{database}: {asked.raters} {who}, {REAL + ARTIFICIAL} images of {width} x {height} px,"
        f" {len(children(web_pid))} web process(es), {os.cpu_count()} cores, seed {asked.seed}"
    )
    print(
        f"{'':9} {'answers/s':>9} {'answer p50':>11} {'p95':>6} {'p99':>6}"
        f" {'next p50':>9} {'p95':>6} {'p99':>6} {'finished':>9} {'answers':>8} {'lost':>5}"
        f" {'doubled':>8} {'retries':>8} {'kills':>6}  processor ms an answer"
    )


def row(taken: Taken) -> None:
    def parts(what: str) -> list[float]:
        values = statistics.quantiles(taken.times_ms[what], n=100)
        return [values[49], values[94], values[98]]

    answer, image = parts("answer"), parts("image")
    finished = sum(one.finished for one in taken.told)
    used = ", ".join(
        f"{name} {1000 * seconds / taken.answers:.1f}"
        for name, seconds in taken.processor_s.items()
    )
    print(
        f"{taken.way:9} {taken.answers / taken.seconds:9.1f}"
        f" {answer[0]:11.1f} {answer[1]:6.1f} {answer[2]:6.1f}"
        f" {image[0]:9.1f} {image[1]:6.1f} {image[2]:6.1f}"
        f" {finished:5}/{len(taken.told):3} {taken.answers:8} {taken.lost:5} {taken.doubled:8}"
        f" {sum(one.retries for one in taken.told):8} {taken.kills:6}  {used}",
        flush=True,
    )
    for problem in sorted({one.problem for one in taken.told if one.problem})[:5]:
        print(f"          {problem}")


if __name__ == "__main__":
    main()
