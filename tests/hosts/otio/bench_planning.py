"""Tells how long timelines of 1,250 to 5,000 clips take to plan.

Run it as `PYTHONPATH=.:tests python tests/hosts/otio/bench_planning.py`. Every clip has a line of dialogue; a twentieth
is nested, a tenth retimed; eight movies and four voices lie in a searched folder among two thousand other files. The
movies are real, so the time of looking at them is in it.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import opentimelineio as otio
from fakes.cuts import AUDIO, VIDEO, clip, span, stack, timeline, track
from fakes.movies import call_ffmpeg

from hosts.otio.finding import MediaFinder, MediaPlaces
from hosts.otio.planning import Choice, plan_timeline
from hosts.otio.reading import open_edit

MOVIES, VOICES, OTHERS = 8, 4, 2_000
SIZES = (1_250, 2_500, 5_000)


def edit_of(clips: int, path: Path) -> Path:
    pictures, lines = track(VIDEO, name="V1"), track(AUDIO, name="Dialogue")
    for number in range(clips):
        cut = clip(
            f"sh{number:05d}", number % 40, 24, media=f"D:/lost/movie{number % MOVIES}.mkv", available=span(0, 100)
        )
        if number % 10 == 3:
            cut.effects.append(otio.schema.LinearTimeWarp(time_scalar=0.5))
        pictures.append(stack(cut, trimmed=span(2, 20)) if number % 20 == 7 else cut)
        shown = 20 if number % 20 == 7 else 24
        lines.append(
            clip(f"line{number}", 0, shown, media=f"D:/lost/voice{number % VOICES}.wav", available=span(0, 240))
        )
    otio.adapters.write_to_file(timeline(pictures, lines), str(path))
    return path


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = folder / "archive"
        archive.mkdir()
        for number in range(MOVIES):
            picture = f"testsrc=s=160x160:r=24:d={100 / 24}"
            call_ffmpeg("-f", "lavfi", "-i", picture, "-c:v", "ffv1", str(archive / f"movie{number}.mkv"))
        for number in range(VOICES):
            call_ffmpeg("-f", "lavfi", "-i", "sine=f=200:d=10", str(archive / f"voice{number}.wav"))
        for number in range(OTHERS):
            (archive / f"other{number}.txt").touch()
        tell("clips   read s   plan s   us a clip   peak MiB")
        for size in SIZES:
            path = edit_of(size, folder / "edit.otio")
            start = time.perf_counter()
            edit = open_edit(path)
            opened = time.perf_counter()
            plan = plan_timeline(edit, Choice(), MediaFinder(MediaPlaces(folder, search=(archive,))))
            planned = time.perf_counter()
            assert len(plan.shots) == size
            assert not any(shot.problem for shot in plan.shots)
            seconds, peak = planned - opened, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            tell(f"{size:5d} {opened - start:8.2f} {seconds:8.2f} {seconds / size * 1e6:11.0f} {peak:10.0f}")


if __name__ == "__main__":
    main()
