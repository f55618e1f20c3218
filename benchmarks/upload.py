"""How long a large upload takes that is cut in the middle, goes on, and is checked by its hash.

``python benchmarks/upload.py`` serves a throw-away home, announces a file over tus, sends half of
it, drops the connection without a word, asks how far it came, and sends the rest from there. The
file is zeros, made while it is sent; nothing of it is held in memory here. Seconds are told of each
part; putting it into the storage (reading it twice, writing it once) is part of the last piece.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT), str(ROOT / "platform")]

from benchmarks.web import session  # noqa: E402 - a script beside this one

MB = 1_000_000
PIECE = bytes(1 << 20)
TOKEN = "a" * 32
TUS = {"Tus-Resumable": "1.0.0"}


@contextmanager
def served(port: int, home: str) -> Iterator[subprocess.Popen[bytes]]:
    """The web server as `manage.py serve` starts it."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "web"],
        env=os.environ | {"PYTHONPATH": paths, "PORT": str(port), "SEMBLANCE_HOME": home},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        server.terminate()
        server.communicate()


class Uploader:
    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        origin = f"http://127.0.0.1:{port}"
        self.headers = TUS | {"Cookie": cookie, "X-CSRFToken": TOKEN, "Origin": origin}

    def ask(self, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request(method, path, headers=self.headers | headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def offset(self, path: str) -> int:
        return int(self.ask("HEAD", path).getheader("Upload-Offset") or 0)

    def send(self, path: str, *, offset: int, announced: int, sent: int) -> bytes:
        """Send a piece; fewer bytes than announced, and the connection is dropped after them."""
        lines = {
            "Host": f"127.0.0.1:{self.port}",
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(announced),
            "Upload-Offset": str(offset),
            "Connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in (self.headers | lines).items())
        with socket.create_connection(("127.0.0.1", self.port), timeout=300) as connection:
            connection.sendall(f"PATCH {path} HTTP/1.1\r\n{head}\r\n".encode())
            for start in range(0, sent, len(PIECE)):
                connection.sendall(PIECE[: sent - start])
            if sent < announced:
                linger = struct.pack("ii", 1, 0)  # a reset, as when a cable is pulled
                time.sleep(0.2)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return b""
            return connection.recv(64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8190)
    parser.add_argument("--mb", type=int, default=2_100)
    asked = parser.parse_args()
    size = asked.mb * MB
    with tempfile.TemporaryDirectory(prefix="semblance-benchmark-") as home:
        os.environ |= {"SEMBLANCE_HOME": home, "DJANGO_SETTINGS_MODULE": "config.settings"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from accounts.models import User
        from catalog.services import dataset_create

        call_command("migrate", verbosity=0)
        owner = User.objects.create_superuser("benchmark")
        dataset = dataset_create(owner=owner, name="Large")
        cookie = f"sessionid={session()}; csrftoken={TOKEN}"
        connection.close()
        with served(asked.port, home):
            timed(Uploader(asked.port, cookie), f"/exchange/datasets/{dataset.pk}/uploads/", size)


def timed(uploader: Uploader, endpoint: str, size: int) -> None:
    from core.files import file_open
    from core.models import StoredFile

    name = base64.b64encode(b"large.tif").decode()
    facts = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    made = uploader.ask("POST", endpoint, **facts, **{"Content-Length": "0"})
    path = made.getheader("Location")
    assert made.status == 201, made.status
    assert path
    began = time.perf_counter()
    uploader.send(path, offset=0, announced=size, sent=size // 2)
    here = _settled(uploader, path)
    cut = time.perf_counter()
    print(f"cut after {here / MB:,.0f} of {size / MB:,.0f} MB: {cut - began:.1f} s")
    answer = uploader.send(path, offset=here, announced=size - here, sent=size - here)
    assert b" 204 " in answer, answer
    ended = time.perf_counter()
    print(f"the rest, stored and hashed: {ended - cut:.1f} s")
    digest = hashlib.sha256()
    for start in range(0, size, len(PIECE)):
        digest.update(PIECE[: size - start])
    stored = StoredFile.objects.get(pk=digest.hexdigest())
    with file_open(stored) as stream:
        kept = hashlib.sha256()
        while some := stream.read(len(PIECE)):
            kept.update(some)
        assert kept.hexdigest() == stored.sha256
    print(f"hash right; all in {ended - began:.1f} s, {size / MB / (ended - began):,.0f} MB/s")


def _settled(uploader: Uploader, path: str) -> int:
    """How far it is once the server has noticed that the connection is gone, and let go of it."""
    while True:
        here = uploader.offset(path)
        if here and b" 204 " in uploader.send(path, offset=here, announced=0, sent=0):
            return here
        time.sleep(0.3)


if __name__ == "__main__":
    main()
