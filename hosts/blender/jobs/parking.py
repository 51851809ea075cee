"""Which opened file a job belongs to, so that its render is never put into another."""

from __future__ import annotations

from pathlib import Path

CLOSED = "{what}, but {file} was closed meanwhile. The render is kept: {render}"
REOPEN = " Open {file} again and press Insert"
BY_HAND = " That file was never saved, so the render can only be added by hand"


class Files:
    """The files that were open in this session of Blender, by number; the last one is open now.

    Args:
        path: of the file that is open; "" for one that was never saved.
    """

    def __init__(self, path: str) -> None:
        self._paths = [path]

    @property
    def current(self) -> int:
        """Number of the open file. A file that is opened again gets another."""
        return len(self._paths) - 1

    def opened(self, path: str) -> None:
        """Another file was opened, or the same again."""
        self._paths.append(path)

    def saved(self, path: str) -> None:
        """The open file was saved, perhaps under another name: it goes on under that."""
        self._paths[-1] = path

    def path(self, file: int) -> str:
        """Where that file lies; "" where it was never saved."""
        return self._paths[file]

    def is_open(self, file: int) -> bool:
        """Whether it has not been closed since."""
        return file == self.current

    def why_not(self, file: int) -> str:
        """Why nothing of that file's jobs may go into the open one; "" where it may: it is that file, opened again."""
        path = self._paths[file]
        if self.is_open(file) or _same(path, self._paths[-1]):
            return ""
        if not path:
            return "its file was closed without having been saved: add the render as a movie strip by hand"
        return f"it belongs to {path}: open that file again"

    def closed(self, file: int, what: str, render: str) -> str:
        """What is told of a render whose file was closed meanwhile.

        Args:
            file: of the job.
            what: happened with the job ("the render is finished").
            render: path of it.
        """
        path = self._paths[file]
        name = Path(path).name if path else "its file"
        way = REOPEN.format(file=path) if path else BY_HAND
        return CLOSED.format(what=what, file=name, render=render) + "." + way


def _same(one: str, other: str) -> bool:
    if not one or not other:
        return False
    try:
        return Path(one).samefile(other)
    except OSError:
        return Path(one) == Path(other)
