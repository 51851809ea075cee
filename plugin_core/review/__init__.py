"""The review page: one HTML file that shows every shot before and after, with its voice and what was measured."""

from .page import write_page

__all__ = ["write_page"]
