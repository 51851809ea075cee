"""The review page: one HTML file that shows every shot before and after, with its voice and what was measured."""

from .figures import read_record
from .judging import doubts_of
from .one_render import outcome_of
from .page import write_page

__all__ = ["doubts_of", "outcome_of", "read_record", "write_page"]
