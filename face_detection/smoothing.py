"""Smooth tracks: a face that stands still stands exactly still, one that moves is followed without lag.

Zero phase: each frame looks at as many frames after it as before. Drawings count, not frames: while a drawing is held,
its face keeps one place. And where the pictures themselves show that a head kept still while its mouth moved, the face
keeps one place through all those drawings, whatever the detector says.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .boxes import Box
from .face import Face, Mouth
from .held import ChangeMap
from .tracking import Track

Poses = NDArray[np.float64]
"""(drawings, 9): box centre x, y, width, height; mouth x, y, width, height, all in pixels; mouth angle in radians."""

STILL = 0.03  # of the face's size: detections that scatter less than this around one place show a still face
STILL_DRAWINGS = 5  # at least so many in a row
DRIFT = 0.002  # of the face's size: both halves of a still stretch agree within it, beside what chance allows
CHANCE = 3.0  # standard errors
REACH = 6.0  # frames to each side that a moving face is averaged over
TIME_SPREAD = 2.0  # frames, sigma of the weight over time
PLACE_SPREAD = 0.08  # of the face's size, sigma of the weight over place: a jump is not averaged away
SPIKE = 0.15  # of the face's size: one drawing that leaves its agreeing neighbours by more is a detector's slip
UPPER = 0.6  # share of the face's height, from above, in which a still head keeps still while it talks
STILL_CHANGES = 0.2  # share of changed cells there that a blink may cause; a head that moves changes half or more
JOIN = 4  # drawings over which a moving stretch is led into a still one


def smooth_track(track: Track, held_from: Sequence[int] = (), still: Collection[int] = ()) -> Track:
    """The track with its detector noise taken out; same frames, scores and flags.

    Args:
        track: without holes, as `link_tracks` makes it.
        held_from: for each frame of the clip, the frame at which its drawing first stood; empty: each its own.
        still: first frames of new drawings in which this track's head has not moved, see `still_drawings`.
    """
    drawings = _drawings(track, held_from, still)
    frames = np.array([run[0] for run in drawings], dtype=np.float64)
    poses = np.array([_run_pose(track, run) for run in drawings])
    poses[:, 8] = np.unwrap(poses[:, 8])
    size = float(np.median(np.sqrt(np.maximum(poses[:, 2] * poses[:, 3], 1e-6))))
    scale = np.array([size] * 8 + [1.0])  # one radian of turn moves a mouth about as far as one face size
    calm = smooth_poses(frames, poses / scale) * scale
    faces = {
        frame: _with_pose(track.faces[frame], pose) for run, pose in zip(drawings, calm, strict=True) for frame in run
    }
    return replace(track, faces=faces)


def smooth_poses(frames: NDArray[np.float64], poses: Poses) -> Poses:
    """The kernel: poses in units of the face's size, at increasing frame numbers."""
    poses = _without_spikes(poses)
    moving = np.array([_local_line(frames, poses, index) for index in range(len(poses))])
    return _with_stills(moving, poses)


def still_drawings(track: Track, changes: Mapping[int, ChangeMap], width: int, height: int) -> frozenset[int]:
    """The drawings in which the upper part of the track's head looks as in the drawing before.

    Args:
        track: its faces in pixels of the clip.
        changes: first frame of each new drawing to where it differs from the one before.
        width: of the clip's pictures, in pixels.
        height: the same.
    """
    return frozenset(
        frame
        for frame, changed in changes.items()
        if frame in track.faces
        and frame - 1 in track.faces
        and _changed_share(track.faces[frame].box, changed, width, height) < STILL_CHANGES
    )


def _changed_share(face: Box, changed: ChangeMap, width: int, height: int) -> float:
    grid = np.unpackbits(changed, axis=1)
    rows, columns = grid.shape
    left, right = face.left / width * columns, face.right / width * columns
    top, bottom = face.top / height * rows, (face.top + face.height * UPPER) / height * rows
    cells = grid[max(0, math.floor(top)) : math.ceil(bottom), max(0, math.floor(left)) : math.ceil(right)]
    return float(cells.mean()) if cells.size else 1.0


def _drawings(track: Track, held_from: Sequence[int], still: Collection[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    key: int | None = None
    for frame in sorted(track.faces):
        start = held_from[frame] if held_from else frame
        if not runs or (start != key and frame not in still):
            runs.append([])
        key = start
        runs[-1].append(frame)
    return runs


def _pose(face: Face) -> tuple[float, ...]:
    box, mouth = face.box, face.mouth
    return (*box.centre, box.width, box.height, mouth.x, mouth.y, mouth.width, mouth.height, mouth.angle)


def _run_pose(track: Track, run: Sequence[int]) -> NDArray[np.float64]:
    poses = np.array([_pose(track.faces[frame]) for frame in run])
    poses[:, 8] = np.unwrap(poses[:, 8])
    return np.asarray(np.median(poses, axis=0))


def _with_pose(face: Face, pose: NDArray[np.float64]) -> Face:
    x, y, width, height, *mouth = (float(value) for value in pose)
    box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return replace(face, box=box, mouth=Mouth(*mouth))


def _apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest difference over all nine values; broadcasts over leading axes."""
    largest: NDArray[np.float64] = np.abs(one - other).max(axis=-1)
    return largest


def _without_spikes(poses: Poses) -> Poses:
    if len(poses) < 3:
        return poses
    before, here, after = poses[:-2], poses[1:-1], poses[2:]
    middle = (before + after) / 2
    spike = (_apart(before, after) < SPIKE / 4) & (_apart(here, middle) > SPIKE)
    calm = poses.copy()
    calm[1:-1][spike] = middle[spike]
    return calm


def _local_line(frames: NDArray[np.float64], poses: Poses, index: int) -> NDArray[np.float64]:
    """The pose at `index` on a straight line fitted to its neighbours, weighted by nearness in time and place."""
    near = np.flatnonzero(np.abs(frames - frames[index]) <= REACH)
    # The same reach to both sides, or the ends of a track would lean on one side only and jitter more.
    steps = frames[near] - frames[index]
    away = _apart(poses[near], poses[index])
    weights = np.exp(-0.5 * (steps / TIME_SPREAD) ** 2 - 0.5 * (away / PLACE_SPREAD) ** 2)
    total = weights.sum()
    mean_step = (weights * steps).sum() / total
    mean_pose = (weights[:, None] * poses[near]).sum(axis=0) / total
    spread = (weights * (steps - mean_step) ** 2).sum()
    if spread < 1e-9:
        return np.asarray(mean_pose)
    slope = (weights[:, None] * (steps - mean_step)[:, None] * (poses[near] - mean_pose)).sum(axis=0) / spread
    line: NDArray[np.float64] = mean_pose - slope * mean_step
    return line


def _with_stills(moving: Poses, poses: Poses) -> Poses:
    """Still stretches take the median of their detections; the frames next to them are led into it."""
    result = moving.copy()
    still = np.zeros(len(poses), dtype=bool)
    stretches = _still_stretches(poses)
    for start, stop in stretches:
        result[start:stop] = np.median(poses[start:stop], axis=0)
        still[start:stop] = True
    for start, stop in stretches:
        _lead(result, moving, still, range(start - 1, max(-1, start - 1 - JOIN), -1), start)
        _lead(result, moving, still, range(stop, min(len(poses), stop + JOIN)), stop - 1)
    return result


def _lead(result: Poses, moving: Poses, still: NDArray[np.bool_], path: range, edge: int) -> None:
    step = result[edge] - moving[edge]
    if np.abs(step).max() > STILL:  # a real jump between two poses, not the seam of two estimates
        return
    for number, index in enumerate(path):
        if still[index]:
            return
        result[index] += step * (1 - (number + 1) / (JOIN + 1))


def _still_stretches(poses: Poses) -> list[tuple[int, int]]:
    """Longest runs from left to right whose values stay within `STILL`, peak to peak, and show no drift."""
    stretches = []
    start = 0
    while start < len(poses):
        low, high = poses[start].copy(), poses[start].copy()
        stop = start + 1
        while stop < len(poses):
            wider_low, wider_high = np.minimum(low, poses[stop]), np.maximum(high, poses[stop])
            if (wider_high - wider_low).max() > STILL:
                break
            low, high, stop = wider_low, wider_high, stop + 1
        if stop - start >= min(STILL_DRAWINGS, len(poses)) and not _drifts(poses[start:stop]):
            stretches.append((start, stop))
            start = stop
        else:
            start += 1
    return stretches


def _drifts(poses: Poses) -> bool:
    """Whether the second half stands elsewhere than the first by more than the scatter from drawing to drawing says."""
    if len(poses) < STILL_DRAWINGS:
        return False
    half = len(poses) // 2
    moved = np.abs(np.median(poses[-half:], axis=0) - np.median(poses[:half], axis=0))
    # Second differences are blind to drift; of independent noise they show its deviation times the root of 6.
    noise = 1.4826 * np.median(np.abs(np.diff(poses, 2, axis=0)), axis=0) / np.sqrt(6)
    return bool((moved > DRIFT + CHANCE * 1.2533 * noise * np.sqrt(2 / half)).any())
