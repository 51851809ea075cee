"""A publish of the scene that is open in Blender, by the same steps. Runs inside Blender."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import pyblish.api
import pyblish.util

from hosts.blender.timeline import compat

PROJECT = Path(__file__).resolve().parents[3]
FACE = [60.0, 50.0, 120.0, 150.0]


def build_scene(media):
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.render.resolution_x = scene.render.resolution_y = 240
    editor = scene.sequence_editor_create()
    compat.new_sound(compat.strips_in(editor), "voice", media["voice"], (1, 1))
    compat.new_movie(compat.strips_in(editor), "head", media["movie"], (2, 5))
    return scene


def publish(media, root, engine):
    scene = build_scene(media)
    pyblish.api.deregister_all_paths()
    pyblish.api.register_host("blender")
    for folder in ("hosts/pyblish_publish/plugins", "hosts/blender/publish"):
        pyblish.api.register_plugin_path(str(PROJECT / folder))
    steps = pyblish.api.discover()
    collector = next(step for step in steps if step.__name__ == "CollectLipflapScene")
    collector.options = {"painter": "neutral", "face_box": tuple(FACE)}
    context = pyblish.api.Context()
    context.data.update(lipflapRoot=root, lipflapEngine=engine)
    pyblish.util.publish(context, steps)
    (shot,) = [instance for instance in context if instance.data["family"] == "lipflap"]
    return {
        "errors": [str(result["error"]) for result in context.data["results"] if result["error"] is not None],
        "published": json.loads(json.dumps(shot.data.get("lipflapPublished"))),
        "frames": [shot.data["frameStart"], shot.data["frameEnd"]],
        "strips": [
            [strip.name, strip.channel, compat.first_frame(strip), compat.stop_frame(strip)]
            for strip in compat.strips_in(scene.sequence_editor)
            if strip.type == "MOVIE"
        ],
    }
