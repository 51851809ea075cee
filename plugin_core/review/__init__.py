"""The review page: one HTML file that shows every shot before and after, with its voice and what was measured."""

from .burned import BurnIn, write_burned, write_still
from .figures import read_record
from .judging import doubts_of
from .one_render import outcome_of
from .page import write_page

__all__ = ["BurnIn", "doubts_of", "outcome_of", "read_record", "write_burned", "write_page", "write_still"]
