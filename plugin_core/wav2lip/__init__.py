"""Wav2Lip: the published networks with their own names and shapes, compact ones of ours, and what feeds them."""
