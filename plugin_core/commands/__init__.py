"""The command line's commands: one module each, with `add_parser` and `run`. They print; nothing below them does."""
