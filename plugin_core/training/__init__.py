"""How the embedded models are made: the studio that draws, and the trainers."""
