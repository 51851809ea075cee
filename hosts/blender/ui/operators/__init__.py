"""What can be pressed: `sequencer.lipsync_*`. Each reads the context, calls one function, and reports its errors."""
