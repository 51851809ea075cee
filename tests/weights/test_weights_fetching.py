"""Fetching, against a real server on this machine's loopback."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from weights.errors import FetchError
from weights.fetching import BLOCK, fetch
from weights.manifest import WeightsEntry


def _checkpoint() -> bytes:
    buffer = io.BytesIO()
    torch.manual_seed(0)
    torch.save({"a.weight": torch.randn(300, 1000)}, buffer)  # 1.2 MB: several blocks
    return buffer.getvalue()


FILE = _checkpoint()
assert len(FILE) > 4 * BLOCK


@dataclass
class Shelf:
    """What the server gives, and what it was asked."""

    content: bytes = FILE
    mark: str = '"v1"'
    cut_after: list[int] = field(default_factory=list)  # bytes sent before each of the next connections is cut
    ranges: list[str | None] = field(default_factory=list)
    knows_ranges: bool = True


class Handler(BaseHTTPRequestHandler):
    shelf: Shelf

    def do_GET(self) -> None:
        self.shelf.ranges.append(self.headers["Range"])
        if self.path == "/page.pth":
            return self._answer(200, b"<html>sign in</html>", "text/html; charset=utf-8")
        if self.path == "/disguised.pth":
            return self._answer(200, b"<html>sign in</html>", "application/octet-stream")
        if self.path == "/moved.pth":
            return self._redirect("/model.pth")
        if self.path == "/astray.pth":
            return self._redirect("http://example.invalid/model.pth")
        if self.path != "/model.pth":
            return self._answer(404, b"nothing here", "text/plain")
        return self._file()

    def _file(self) -> None:
        start = 0
        asked = self.headers["Range"]
        if asked and self.shelf.knows_ranges and self.headers["If-Range"] == self.shelf.mark:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(self.shelf.content):
                return self._answer(416, b"", "text/plain")
        self._answer(206 if start else 200, self.shelf.content[start:], "application/octet-stream")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", self.shelf.mark)
        self.end_headers()
        if status in (200, 206) and self.shelf.cut_after:
            self.wfile.write(body[: self.shelf.cut_after.pop(0)])
            self.close_connection = True
            return
        self.wfile.write(body)

    def _redirect(self, target: str) -> None:
        self.send_response(302)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Shelf, str]]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    stock = Shelf()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"shelf": stock}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield stock, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def entry(url: str, content: bytes = FILE) -> WeightsEntry:
    return WeightsEntry(
        "model",
        "generator",
        ("model.pth",),
        "a model",
        "a test",
        "free",
        commercial=True,
        page="https://example.org/",
        url=url,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def test_a_file_is_fetched_whole_verified_and_alone(shelf, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = fetch(
        entry(shelf[1] + "/model.pth"),
        accept_licence=True,
        folder=tmp_path,
        progress=lambda done, total: told.append((done, total)),
    )
    assert path.read_bytes() == FILE
    assert list(tmp_path.iterdir()) == [path]
    assert told[-1] == (len(FILE), len(FILE))
    assert len(told) > 3


def test_nothing_is_fetched_without_the_licence_accepted(shelf, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"licence was not accepted \(free\)"):
        fetch(entry(shelf[1] + "/model.pth"), accept_licence=False, folder=tmp_path)
    assert shelf[0].ranges == []


def test_a_cut_connection_is_taken_up_where_it_broke(shelf, tmp_path: Path) -> None:
    shelf[0].cut_after = [300_000, 200_000]
    path = fetch(entry(shelf[1] + "/model.pth"), accept_licence=True, folder=tmp_path)
    assert path.read_bytes() == FILE
    assert shelf[0].ranges == [None, "bytes=300000-", "bytes=500000-"]


def test_a_dead_connection_keeps_what_came_and_the_next_call_goes_on(shelf, tmp_path: Path) -> None:
    shelf[0].cut_after = [300_000, 0]
    with pytest.raises(FetchError, match="300,000 bytes are kept"):
        fetch(entry(shelf[1] + "/model.pth"), accept_licence=True, folder=tmp_path)
    assert not (tmp_path / "model.pth").exists()
    path = fetch(entry(shelf[1] + "/model.pth"), accept_licence=True, folder=tmp_path)
    assert path.read_bytes() == FILE
    assert shelf[0].ranges[-1] == "bytes=300000-"
    assert list(tmp_path.iterdir()) == [path]


def test_a_fetch_that_the_user_stops_goes_on_later(shelf, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        fetch(entry(shelf[1] + "/model.pth"), accept_licence=True, folder=tmp_path, progress=stop)
    assert fetch(entry(shelf[1] + "/model.pth"), accept_licence=True, folder=tmp_path).read_bytes() == FILE
    assert shelf[0].ranges[1] is not None


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_file_that_changed_meanwhile_is_begun_anew(shelf, tmp_path: Path, knows_ranges: bool) -> None:
    shelf[0].cut_after = [300_000, 0]
    with pytest.raises(FetchError):
        fetch(entry(shelf[1] + "/model.pth"), accept_licence=True, folder=tmp_path)
    shelf[0].mark, shelf[0].knows_ranges = '"v2"', knows_ranges
    assert fetch(entry(shelf[1] + "/model.pth"), accept_licence=True, folder=tmp_path).read_bytes() == FILE


def test_more_kept_than_there_is_begins_anew(shelf, tmp_path: Path) -> None:
    (tmp_path / "model.pth.part").write_bytes(FILE + b"more")
    (tmp_path / "model.pth.part.mark").write_text('"v1"')
    assert fetch(entry(shelf[1] + "/model.pth"), accept_licence=True, folder=tmp_path).read_bytes() == FILE


def test_another_file_than_the_published_one_is_removed(shelf, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="another file than the published one"):
        fetch(entry(shelf[1] + "/model.pth", b"the real one"), accept_licence=True, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("absent.pth", "404 Not Found"),
        ("page.pth", r"web page in place of the file.*weights add FILE --name \w+`"),
        ("astray.pth", "only https"),
    ],
)
def test_what_the_server_gave_instead_is_named(shelf, tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(FetchError, match=words):
        fetch(entry(f"{shelf[1]}/{name}"), accept_licence=True, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_calls_itself_a_file_is_seen_through(shelf, tmp_path: Path) -> None:
    unhashed = replace(entry(shelf[1] + "/disguised.pth"), sha256="")
    with pytest.raises(FetchError, match="web page"):
        fetch(unhashed, accept_licence=True, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_redirects_are_followed(shelf, tmp_path: Path) -> None:
    assert fetch(entry(shelf[1] + "/moved.pth"), accept_licence=True, folder=tmp_path).read_bytes() == FILE


def test_a_server_that_is_not_there_is_an_error_not_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(FetchError, match="0 bytes are kept"):
        fetch(entry("http://127.0.0.1:9/model.pth"), accept_licence=True, folder=tmp_path)


@pytest.mark.parametrize("url", ["http://example.org/model.pth", "ftp://example.org/m", "file:///etc/passwd", "m.pth"])
def test_only_https_is_fetched(tmp_path: Path, url: str) -> None:
    with pytest.raises(FetchError, match="only https"):
        fetch(entry(url), accept_licence=True, folder=tmp_path)


def test_a_model_without_a_direct_link_names_the_page(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"https://example.org/: .*weights add"):
        fetch(entry(""), accept_licence=True, folder=tmp_path)
