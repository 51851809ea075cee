"""Fetching a model file over https, only ever because the user asked. Resumes, verifies, all or nothing."""

from __future__ import annotations

import http.client
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from .digest import sha256_of
from .errors import FetchError, FileFormatError
from .finding import made_folder
from .manifest import WeightsEntry
from .sniffing import file_kind

log = logging.getLogger(__name__)

BLOCK = 1 << 18  # bytes between two reports of progress
TIMEOUT = 30  # seconds without a byte
ATTEMPTS = 5  # connections in one call; each must bring something new
LOOPBACK = ("127.0.0.1", "::1", "localhost")

FetchProgress = Callable[[int, int], None]
"""(bytes done, bytes in all or 0 where the server does not say) -> None. May raise, which stops the fetch."""


@dataclass(frozen=True, slots=True)
class _Partial:
    """A file on its way: the bytes that came so far, and the server's mark of which version they are."""

    file: Path
    mark: Path

    @property
    def done(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0

    def drop(self) -> None:
        self.file.unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)


def fetch(
    entry: WeightsEntry,
    *,
    accept_licence: bool,
    folder: Path | None = None,
    progress: FetchProgress = lambda done, total: None,
) -> Path:
    """Download a known model file. A broken download goes on where it stopped, in this call or the next.

    Args:
        entry: one of `known_weights()`.
        accept_licence: the user was shown `entry.licence` and agreed.
        folder: where to; `user_folder()` if None. Made if it is not there.
        progress: told how far it is.
    Returns:
        the file, verified.
    Raises:
        FetchError: not accepted, no direct link, not https, refused, cut off again and again, or another file than
            the published one (which is removed).
    """
    _check_may_fetch(entry, accept_licence)
    target = made_folder(folder) / entry.files[0]
    partial = _Partial(Path(f"{target}.part"), Path(f"{target}.part.mark"))
    _fill(entry, partial, progress)
    _check_content(entry, partial)
    partial.file.replace(target)
    partial.drop()
    log.info("fetched %s to %s", entry.name, target)
    return target


def _check_may_fetch(entry: WeightsEntry, accept_licence: bool) -> None:
    if not entry.url:
        raise FetchError(
            entry.page or entry.name,
            f"{entry.name} has no direct link: open this page in a browser, then `lipflap weights add FILE --name "
            f"{entry.name}`",
        )
    _check_address(entry.url)
    if not accept_licence:
        raise FetchError(entry.url, f"not fetched: its licence was not accepted ({entry.licence})")


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise FetchError(url, "not fetched: only https links are")


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but not out of https."""

    def redirect_request(  # six parameters, because urllib hands over six
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The next request. Raises `FetchError` where it would go over plain http."""
        _check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fill(entry: WeightsEntry, partial: _Partial, progress: FetchProgress) -> None:
    """Bring the partial file to its full length."""
    url = entry.url
    for _ in range(ATTEMPTS):
        before = partial.done
        try:
            total = _one_connection(entry, partial, progress)
        except urllib.error.HTTPError as error:
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and before:
                partial.drop()  # more is kept than the file has: it is another file now, so begin again
                continue
            raise FetchError(url, f"the server answered {error.code} {error.reason}") from error
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            log.info("connection to %s broke: %s", url, error)
            reason, total = str(error), 0
        else:
            if total in (0, partial.done):
                return
            reason = "the connection broke"
        if partial.done <= before:
            raise FetchError(url, f"{reason}; {partial.done:,} bytes are kept: fetch again to go on from there")
    raise FetchError(url, f"broke {ATTEMPTS} times; {partial.done:,} bytes are kept: fetch again to go on from there")


def _one_connection(entry: WeightsEntry, partial: _Partial, progress: FetchProgress) -> int:
    """Append what one connection brings. Returns the file's full length, 0 where the server does not say."""
    opener = urllib.request.build_opener(_SafeRedirects)
    with opener.open(_request(entry.url, partial), timeout=TIMEOUT) as answer:
        _refuse_page(entry, answer)
        resumed = answer.status == http.client.PARTIAL_CONTENT
        mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        partial.mark.write_text(mark, "utf-8")
        kept = partial.done if resumed else 0
        left = answer.headers.get("Content-Length")
        total = kept + int(left) if left else 0
        with partial.file.open("ab" if resumed else "wb") as file:
            while block := answer.read(BLOCK):
                file.write(block)
                progress(file.tell(), total)
    return total


def _request(url: str, partial: _Partial) -> urllib.request.Request:
    headers = {"User-Agent": "lipflap", "Accept-Encoding": "identity"}
    mark = partial.mark.read_text("utf-8") if partial.mark.exists() else ""
    if partial.done and mark:  # without a mark nobody can say whether the rest would fit
        headers |= {"Range": f"bytes={partial.done}-", "If-Range": mark}
    return urllib.request.Request(url, headers=headers)


def _refuse_page(entry: WeightsEntry, answer: http.client.HTTPResponse) -> None:
    if answer.headers.get_content_type() == "text/html":
        raise FetchError(
            entry.url,
            "gave a web page in place of the file (a sign-in, a warning or an error): open it in a browser, save the "
            f"file that it offers, then `lipflap weights add FILE --name {entry.name}`",
        )


def _check_content(entry: WeightsEntry, partial: _Partial) -> None:
    sha256 = sha256_of(partial.file)
    if entry.matches(sha256) is False:
        partial.drop()
        raise FetchError(
            entry.url,
            f"gave another file than the published one (sha256 {sha256[:16]}..., not {entry.sha256}...); removed",
        )
    try:
        file_kind(partial.file)
    except FileFormatError as error:
        partial.drop()
        raise FetchError(entry.url, f"gave something else than a model: it {error.reason}; removed") from error
