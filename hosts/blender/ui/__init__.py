"""What a person sees and presses, and the settings behind it."""
