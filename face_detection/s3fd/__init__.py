"""S3FD, the face detector that Wav2Lip was trained with, for weights that the user brings."""
