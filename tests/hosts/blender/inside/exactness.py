"""What Blender shows of strips of every kind, what `mapping` says they show, and what the bake makes of them."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict
from pathlib import Path

import bpy
from strips_built import Builder

from hosts.blender.bake import bake_script as _unused  # noqa: F401 - it must import without running
from hosts.blender.bake import baking
from hosts.blender.timeline import compat, mapping, strips
from hosts.blender.timeline.mapping import ToBake


def lend(movie, size, fps, folder):
    """A .blend with the scene "adjusted", for Blenders that can't make it themselves."""
    bpy.ops.wm.read_homefile(app_template="Video_Editing", use_factory_startup=True)
    Builder(movie, [], size, fps).build("adjusted")
    return str(baking.save_copy(folder))


def study(movie, pictures, size, fps, folder, features=None, lent=""):
    """For each feature: the numbers' pictures as rendered by the sequencer, and the footage, baked where it must be."""
    bpy.ops.wm.read_homefile(app_template="Video_Editing", use_factory_startup=True)
    builder = Builder(movie, pictures, size, fps, lent)
    built = {}
    for feature in features or builder.features():
        scene, strip = builder.build(feature)
        facts = strips.read_strip(scene, strip)
        built[feature] = strips.read_scene(scene), facts, mapping.footage_of(facts, strips.read_scene(scene))
    blend = baking.save_copy(folder)
    told = {name: told_of(*facts) for name, facts in built.items()}
    for feature, (_, facts, _) in built.items():
        told[feature]["shown"] = [] if facts.muted else rendered(feature, facts.range, Path(folder) / feature)
    for feature, (scene, facts, footage) in built.items():
        if isinstance(footage, ToBake):
            home = Path(folder) / f"bake of {feature}"
            home.mkdir()
            errand = baking.Errand(scene, facts, (), facts.range, str(home))
            told[feature]["footage"] = footage_told(baked_here(blend, errand))
    return told


def study_movies(movies, size, fps, folder):
    """For each movie file, whole, by the data API: as `study`, with both the direct footage and a bake."""
    bpy.ops.wm.read_homefile(app_template="Video_Editing", use_factory_startup=True)
    read = {}
    for name, movie in movies.items():
        builder = Builder(movie, [], size, fps)
        scene = builder.scene(name)
        facts = strips.read_strip(scene, builder.plain(scene))
        read[name] = strips.read_scene(scene), facts, mapping.footage_of(facts, strips.read_scene(scene))
    blend = baking.save_copy(folder)
    told = {}
    for name, (scene, facts, footage) in read.items():
        told[name] = told_of(scene, facts, footage)
        told[name]["shown"] = rendered(name, facts.range, Path(folder) / name)
    for name, (scene, facts, _) in read.items():
        home = Path(folder) / f"bake of {name}"
        home.mkdir()
        told[name]["baked"] = footage_told(baked_here(blend, baking.Errand(scene, facts, (), facts.range, str(home))))
    return told


def told_of(scene, facts, footage):
    """Plain JSON."""
    return {
        "rate": str(scene.rate),
        "range": [facts.range.start, facts.range.stop],
        "reason": footage.reason if isinstance(footage, ToBake) else "",
        "footage": None if isinstance(footage, ToBake) else footage_told(footage),
        "facts": {name: str(value) for name, value in asdict(facts).items()},
    }


def footage_told(footage):
    """Plain JSON."""
    return {**asdict(footage), "rate": str(footage.rate), "range": [footage.range.start, footage.range.stop]}


def baked_here(blend, errand):
    """What `baking.bake` does in a second process, in this one."""
    words = baking._words(errand, Path(blend), Path(errand.folder) / "answer.json")
    bake_script().run(words)
    return mapping.baked_footage(errand.picture, errand.scene, words["clip"])


def bake_script():
    """As Blender runs it: a script, of no package."""
    spec = importlib.util.spec_from_file_location("bake_script_alone", baking.SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rendered(scene_name, span, folder):
    """Pictures of the sequencer's own render, one for each frame of the span."""
    folder.mkdir()
    scene = bpy.data.scenes[scene_name]
    scene.frame_start, scene.frame_end = span.start, span.stop - 1
    compat.set_picture_output(scene, "PNG")
    scene.render.filepath = str(folder / "####")
    scene.view_settings.view_transform = "Standard"
    scene.render.dither_intensity = 0
    bpy.ops.render.render(animation=True, scene=scene_name)
    return [str(folder / f"{frame:04d}.png") for frame in range(span.start, span.stop)]
