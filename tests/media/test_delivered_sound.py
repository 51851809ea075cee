"""Sound beside the pictures: in place, and as long as they are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from fakes.frames import FakeSource, number_of
from fakes.movies import call_ffmpeg, write_movie

from plugin_core.errors import SoundError
from plugin_core.media import SoundTrack, delivery, open_clip
from plugin_core.media.sound import cut_sound
from plugin_core.timing import FrameRange

NTSC_FILM = Fraction(24000, 1001)


def _sound(path: Path, *resampling: str) -> np.ndarray:
    """(samples,) of the first channel at 48 kHz, from the moment of the first picture on, as a player gives them."""
    call_ffmpeg("-i", str(path), "-map", "0:a", "-c:a", "pcm_f32le", *resampling, str(path) + ".check.wav")
    with av.open(str(path) + ".check.wav") as container:
        assert container.streams.audio[0].rate == 48_000
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Muffled noise, 2 s long, 44.1 kHz: it fits itself at one place only."""
    path = tmp_path_factory.mktemp("sound") / "noise.wav"
    call_ffmpeg(
        *("-f", "lavfi", "-i", "anoisesrc=d=2:r=44100:seed=3,lowpass=f=4000,volume=4", "-c:a", "pcm_s24le", str(path))
    )
    return path


def _lag(sound: np.ndarray, original: np.ndarray, start: Fraction) -> int:
    """By how many samples `sound` comes later than `original` from `start` seconds on; it must be the same sound."""
    wanted = np.zeros(len(sound))
    places = np.arange(len(sound)) + round(start * 48_000)
    there = (places >= 0) & (places < len(original))
    wanted[there] = original[places[there]]
    size = 2 * len(sound)
    fits = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size)), size)
    best = int(fits.argmax())
    assert fits[best] > 0.95 * np.sqrt((sound**2).sum() * (wanted**2).sum())
    return best if best < len(sound) else best - size


@pytest.mark.parametrize("rate", [NTSC_FILM, Fraction(25), Fraction(12)], ids=str)
@pytest.mark.parametrize("start", [Fraction(0), Fraction(1, 3), Fraction(-1, 4), Fraction(17, 10)], ids=str)
def test_sound_lies_where_it_should_and_is_as_long_as_the_pictures(
    tmp_path: Path, noise: Path, rate: Fraction, start: Fraction
) -> None:
    source = FakeSource.numbered(20, 64, 48, rate)
    write_movie(tmp_path / "a.mov", source, cuts=[7], sound=SoundTrack(noise, start=start))
    sound = _sound(tmp_path / "a.mov")
    assert len(sound) == int(20 / rate * 48_000 + Fraction(1, 2))
    assert abs(_lag(sound, _sound(noise, "-ar", "48000"), start)) <= 1


@pytest.mark.parametrize("name", ["a.mov", "a.mkv", "a.mp4", "a.mxf"])
@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg", "m4a", "flac"])
def test_every_container_carries_every_sound_in_place(tmp_path: Path, noise: Path, name: str, kind: str) -> None:
    call_ffmpeg("-i", str(noise), "-b:a", "128k", str(tmp_path / f"voice.{kind}"))
    track = SoundTrack(tmp_path / f"voice.{kind}", start=Fraction(1, 2))
    write_movie(tmp_path / name, FakeSource.numbered(25, 256, 120), sound=track)
    sound = _sound(tmp_path / name)
    assert len(sound) == 48_000
    assert abs(_lag(sound, _sound(noise, "-ar", "48000"), Fraction(1, 2))) <= 1


def test_sound_deep_in_a_long_file_is_found_exactly(tmp_path: Path, noise: Path) -> None:
    for name, coding in (("long.mp3", "libmp3lame"), ("long.m4a", "aac"), ("long.flac", "flac")):
        delayed = "adelay=60s:all=1,apad=pad_dur=5"
        call_ffmpeg("-i", str(noise), "-af", delayed, "-c:a", coding, "-b:a", "256k", str(tmp_path / name))
        start = Fraction(601, 10)
        write_movie(tmp_path / "a.mov", FakeSource.numbered(25), sound=SoundTrack(tmp_path / name, start=start))
        assert abs(_lag(_sound(tmp_path / "a.mov"), _sound(noise, "-ar", "48000"), start - 60)) <= 1, name


@pytest.mark.parametrize("name", ["late.mov", "late.mkv", "late.ts"])
def test_a_clips_own_sound_that_starts_late_stays_late(tmp_path: Path, noise: Path, name: str) -> None:
    write_movie(tmp_path / "mute.mov", FakeSource.numbered(50, 320, 128))
    video = ("-c:v", "mpeg2video", "-q:v", "2") if name == "late.ts" else ("-c:v", "copy")
    call_ffmpeg(
        *("-i", str(tmp_path / "mute.mov"), "-itsoffset", "0.5", "-i", str(noise), "-map", "0:v", "-map", "1", *video),
        *("-c:a", "aac", "-b:a", "256k", "-output_ts_offset", "4", str(tmp_path / name)),
    )
    source = open_clip(tmp_path / name)
    own = SoundTrack(tmp_path / name, start=source.facts.start_time + 5 / source.facts.rate)
    write_movie(tmp_path / "a.mov", FakeSource.numbered(25), sound=own)
    assert abs(_lag(_sound(tmp_path / "a.mov"), _sound(noise, "-ar", "48000"), Fraction(-3, 10))) <= (
        48 if name == "late.mkv" else 1
    )


def test_sixteen_bit_sound_at_48_khz_is_kept_to_the_bit(tmp_path: Path) -> None:
    call_ffmpeg("-f", "lavfi", "-i", "anoisesrc=d=1:r=48000:seed=1", "-c:a", "pcm_s16le", str(tmp_path / "n.wav"))
    write_movie(tmp_path / "a.mov", FakeSource.numbered(25), sound=SoundTrack(tmp_path / "n.wav"))
    np.testing.assert_array_equal(_sound(tmp_path / "a.mov"), _sound(tmp_path / "n.wav"))


def test_a_sound_stream_that_is_not_there_is_told(tmp_path: Path, noise: Path) -> None:
    with pytest.raises(SoundError, match="number 3"):
        write_movie(tmp_path / "a.mov", FakeSource.numbered(3), sound=SoundTrack(noise, stream=3))
    assert not (tmp_path / "a.mov").exists()


def test_a_png_sequence_gets_its_sound_beside_it_and_replaces_an_older_one(tmp_path: Path, noise: Path) -> None:
    write_movie(tmp_path / "shot.%04d.png", FakeSource.numbered(9))
    write_movie(tmp_path / "shot.%04d.png", FakeSource.numbered(5), cuts=[2], sound=SoundTrack(noise))
    assert sorted(file.name for file in tmp_path.glob("shot.*g")) == [f"shot.{n:04d}.png" for n in range(1, 6)]
    assert len(_sound(tmp_path / "shot.wav")) == 9600
    source = open_clip(tmp_path / "shot.%04d.png")
    numbers = [number_of(picture) for picture in source.frames(FrameRange(0, source.facts.frames))]
    assert numbers == list(range(5))


def test_the_sound_on_its_way_bears_our_mark(tmp_path: Path, noise: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def noting(track: SoundTrack, samples: int, target: Path, program: Path) -> None:
        names.append(target.name)
        cut_sound(track, samples, target, program)

    monkeypatch.setattr(delivery, "cut_sound", noting)
    for name in ("shot.%04d.png", "a.mov"):
        write_movie(tmp_path / name, FakeSource.numbered(3), sound=SoundTrack(noise))
    assert names == [".shot._04d.png.lipflap-sound.wav", ".a.mov.lipflap-sound.mov"]
    assert not list(tmp_path.glob(".*sound*"))
