"""Faces in frames: detectors, tracks, box keyframes. Knows nothing of lips, clips or hosts."""
