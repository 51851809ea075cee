"""What can't be read directly, rendered or mixed by a second Blender without windows."""
