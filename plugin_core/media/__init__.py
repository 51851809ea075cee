"""Pictures in and out, with exact time, and the sound beside them."""

from .clips import imposed_retime, open_clip
from .codecs import CODECS, Codec, check_codec, choose_codec
from .delivery import Delivery, deliver
from .outputs import check_output, existing_outputs
from .programs import find_ffmpeg
from .retimed import RetimedSource
from .segments import SegmentWriter
from .sound import SoundTrack
from .stills import read_picture, write_picture

__all__ = [
    "CODECS",
    "Codec",
    "Delivery",
    "RetimedSource",
    "SegmentWriter",
    "SoundTrack",
    "check_codec",
    "check_output",
    "choose_codec",
    "deliver",
    "existing_outputs",
    "find_ffmpeg",
    "imposed_retime",
    "open_clip",
    "read_picture",
    "write_picture",
]
