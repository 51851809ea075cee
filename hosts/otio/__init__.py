"""Edits in OpenTimelineIO's own formats and in those that its adapters read."""
