"""Which codec a render is written in, and how its encoder is set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from ..errors import OptionError
from ..frames import ClipFacts
from .patterns import Pattern

# SMPTE 377 leaves no room for other rates; FFmpeg's writer refuses them.
MXF_RATES = frozenset(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "120")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Codec:
    """A way to write pictures.

    Attributes:
        name: as in `Options.codec`.
        segment_format: FFmpeg's name of the container for segments. NUT keeps packets and headers as the encoder gave
            them, where QuickTime would rewrite those of H.264; but it does not know the codecs that need no header.
        title: as an editor calls it.
        suffixes: of the files that may hold it; empty for PNG sequences.
        keeps_alpha: it has a fourth channel.
        lossless: pictures come back bit by bit, 8 and 16 bits.
    """

    name: str
    segment_format: str
    title: str
    suffixes: tuple[str, ...]
    keeps_alpha: bool = False
    lossless: bool = False


CODECS = {
    codec.name: codec
    for codec in (
        Codec("prores", "mov", "ProRes 422 HQ", (".mov", ".mkv")),
        Codec("prores4444", "mov", "ProRes 4444", (".mov", ".mkv"), keeps_alpha=True),
        Codec("dnxhr", "mov", "DNxHR HQ", (".mxf", ".mov")),
        Codec("ffv1", "nut", "FFV1", (".mkv",), keeps_alpha=True, lossless=True),
        Codec("h264", "nut", "H.264", (".mp4", ".mov", ".mkv")),
        Codec("png", "", "PNG sequence", (), keeps_alpha=True, lossless=True),
    )
}
_BY_SUFFIX = {".mov": "prores", ".mp4": "h264", ".mkv": "ffv1", ".mxf": "dnxhr"}


def choose_codec(codec: str, output: Path, *, needs_alpha: bool) -> Codec:
    """The codec that is asked for, or that goes by the output's name.

    Args:
        codec: a name of `CODECS`, or "auto": .mov ProRes 422 HQ (4444 with alpha), .mp4 H.264, .mkv FFV1, .mxf DNxHR,
            `%04d.png` PNG sequence.
        output: the file, or the sequence's pattern.
        needs_alpha: the pictures are transparent somewhere.
    Raises:
        OptionError: unknown name, unknown suffix, a file that can't hold the codec, or no room for alpha.
    """
    sequence = Pattern.parse(output) is not None
    if codec == "auto":
        codec = _codec_of(output, sequence=sequence, needs_alpha=needs_alpha)
    if codec not in CODECS:
        raise OptionError("codec", f"{codec!r} is unknown: choose one of auto, {', '.join(CODECS)}")
    chosen = CODECS[codec]
    if chosen.name == "png" and not (sequence and output.suffix.lower() == ".png"):
        raise OptionError("codec", f"png writes numbered pictures: name the output {output.stem}.%04d.png")
    if chosen.suffixes and (sequence or output.suffix.lower() not in chosen.suffixes):
        raise OptionError("codec", f"{chosen.title} does not go into {output.name}: use {' or '.join(chosen.suffixes)}")
    if needs_alpha and not chosen.keeps_alpha:
        raise OptionError("codec", f"{chosen.title} has no alpha channel: use prores4444, ffv1 or png")
    return chosen


def _codec_of(output: Path, *, sequence: bool, needs_alpha: bool) -> str:
    suffix = output.suffix.lower()
    if suffix == ".png":
        return "png"
    if suffix not in _BY_SUFFIX or sequence:
        raise OptionError("codec", f"{output.name} tells no codec: end it in .mov, .mp4, .mkv, .mxf or .%04d.png")
    return "prores4444" if suffix == ".mov" and needs_alpha else _BY_SUFFIX[suffix]


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoder's settings.

    Attributes:
        encoder, pixel_format, options: FFmpeg's names.
        note: what differs from the usual, for the user.
        matrices, transfers: H.273 numbers that the codec can tell apart; empty is all. BT.709's 1 stands in for others.
    """

    encoder: str
    pixel_format: str
    options: tuple[tuple[str, str], ...] = ()
    note: str = ""
    matrices: tuple[int, ...] = ()
    transfers: tuple[int, ...] = ()

    @property
    def rgb(self) -> bool:
        """The numbers of the pictures are kept; nothing is turned into YUV."""
        return not self.pixel_format.startswith("yuv")


def check_codec(codec: Codec, facts: ClipFacts, output: Path) -> str:
    """Make sure, before the work, that pictures of `facts` can be written.

    Args:
        codec: from `choose_codec`.
        facts: of the pictures to write.
        output: the final file, or pattern.
    Returns:
        what the user should know of the form that was chosen, or nothing.
    Raises:
        OptionError: DNxHR below 256x120, alpha without room for it, a rate that MXF doesn't know.
    """
    if output.suffix.lower() == ".mxf" and facts.rate not in MXF_RATES:
        raise OptionError("codec", f"MXF can't hold {float(facts.rate):g} frames per second: write a .mov")
    return "" if codec.name == "png" else choose_encoding(codec, facts).note


def choose_encoding(codec: Codec, facts: ClipFacts) -> Encoding:
    """How pictures of `facts` are written in `codec`. Every size works that the codec itself allows.

    Args:
        codec: not PNG, which needs no such settings.
        facts: of the pictures to write.
    Raises:
        OptionError: DNxHR below 256x120, alpha without room for it.
    """
    if facts.has_alpha and not codec.keeps_alpha:
        raise OptionError("codec", f"{codec.title} has no alpha channel: use prores4444, ffv1 or png")
    return _CHOOSERS[codec.name](facts)


_PRORES_MATRICES, _PRORES_TRANSFERS = (1, 6, 9), (1, 16, 18)  # what a ProRes frame header can say, SMPTE RDD 36


def _prores(facts: ClipFacts) -> Encoding:
    if facts.width % 2 == 0:
        options = (("profile", "3"),)  # HQ
        return Encoding("prores_aw", "yuv422p10le", options, "", _PRORES_MATRICES, _PRORES_TRANSFERS)
    # FFmpeg's ProRes 422 spoils the last columns of an odd width.
    note = f"{facts.width} is an odd width: written as ProRes 4444, because 422 pairs its columns"
    return replace(_prores4444(facts), note=note)


def _prores4444(facts: ClipFacts) -> Encoding:
    pixel_format = "yuva444p10le" if facts.has_alpha else "yuv444p10le"
    options = (("profile", "4444"), ("vendor", "apl0"), ("alpha_bits", "16"))
    return Encoding("prores_ks", pixel_format, options, "", _PRORES_MATRICES, _PRORES_TRANSFERS)


def _dnxhr(facts: ClipFacts) -> Encoding:
    if facts.width < 256 or facts.height < 120:
        raise OptionError(
            "codec", f"DNxHR starts at 256x120, the clip has {facts.width}x{facts.height}: use prores or ffv1"
        )
    if facts.bit_depth == 16:
        return Encoding("dnxhd", "yuv422p10le", (("profile", "dnxhr_hqx"),), "10 bits: DNxHR HQX", matrices=(1,))
    return Encoding("dnxhd", "yuv422p", (("profile", "dnxhr_hq"),), matrices=(1,))  # all that FFmpeg's encoder says


def _ffv1(facts: ClipFacts) -> Encoding:
    if facts.bit_depth == 16:
        pixel_format = "gbrap16le" if facts.has_alpha else "gbrp16le"
    else:
        pixel_format = "bgra" if facts.has_alpha else "bgr0"
    return Encoding("ffv1", pixel_format, (("level", "3"), ("slicecrc", "1")))


def _h264(facts: ClipFacts) -> Encoding:
    # Without B-frames every picture is stored where it is shown, so segments join frame by frame.
    options = (("crf", "16"), ("preset", "medium"), ("bf", "0"), ("g", str(max(1, round(facts.rate)))))
    if facts.width % 2 == 0 and facts.height % 2 == 0:
        return Encoding("libx264", "yuv420p", options)
    note = f"{facts.width}x{facts.height} is odd: H.264 is written as 4:4:4, which some players can't show"
    return Encoding("libx264", "yuv444p", options, note)


_CHOOSERS = {"prores": _prores, "prores4444": _prores4444, "dnxhr": _dnxhr, "ffv1": _ffv1, "h264": _h264}
