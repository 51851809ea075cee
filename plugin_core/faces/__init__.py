"""Faces of a clip: surveyed, chosen, their mouths refined; and the report on how well they are known."""
