"""The plays: each is a generator that yields seconds to sleep and returns plain JSON."""

import bpy


def opens(stage):
    """Nothing but a look at the window, and undo by the keys that a person presses."""
    scene = stage.scene
    scene.frame_end = 77
    bpy.ops.ed.undo_push(message="End frame")
    yield from stage.picture("open")
    yield from stage.undo()
    undone = stage.scene.frame_end
    yield from stage.redo()
    return {"undone": undone, "redone": stage.scene.frame_end, "background": bpy.app.background}
