"""Renders laid on the timelines of a real Blender, and what came of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import bpy
from edits import Shown, lay, new_edit, select, strips

from hosts.blender.core import FrameRange, HostError, Outcome, Render
from hosts.blender.host import read_orders, why_not
from hosts.blender.timeline import compat, mapping, placing
from hosts.blender.timeline.marks import MARK, mark_of
from hosts.blender.timeline.planning import shot_of
from hosts.blender.timeline.sounds import cues_of

SPAN = (21, 51)  # what the source covers
FIRST = 10  # frame of the media that it begins with
HANDLES = 8


def scene_now():
    return compat.shown_scene(Shown())


def level():
    return compat.strips_in(scene_now().sequence_editor)


def edit(media):
    """A source on channel 2 and a voice on channel 1, both selected."""
    scene = new_edit()
    source = lay(scene.sequence_editor, media["movie"], "head", 2, SPAN, FIRST)
    voice = lay(scene.sequence_editor, media["voice"], "voice", 1, (11, 61), kind="sound")
    select(source, voice)
    return source, voice


def order_now(media, **options):
    (order,) = read_orders(Shown(), options, media["folder"])
    return order


def outcome_of(order, media, file="handles", handles=HANDLES):
    """As if the engine had rendered the order; the movie is the media's own frames."""
    footage = mapping.footage_of(order.picture, order.scene)
    shot = shot_of(order, footage, cues_of(order.sounds, order.picture, order.scene))
    span = FrameRange(shot.range.start - handles, shot.range.stop + handles)
    return Outcome(shot, "rendered", Render(media[file], "", span, shot.rate, "neutral"))


def place(media, file="handles", handles=HANDLES, **options):
    order = order_now(media, **options)
    return level()[placing.place(order, outcome_of(order, media, file, handles)).strip]


def refused(order, outcome):
    """The message of the refusal; the timeline must be as it was."""
    before = strips()
    try:
        placing.place(order, outcome)
    except HostError as error:
        assert strips() == before, "the timeline was changed"
        return str(error)
    raise AssertionError("it was placed")


def shape(strip):
    return [
        strip.channel,
        compat.first_frame(strip),
        compat.stop_frame(strip),
        *map(round, compat.handle_offsets(strip)),
    ]


def positions(media):
    """Where new strips go."""
    told = {}
    edit(media)
    told["plain"] = shape(place(media))
    source, _ = edit(media)
    lay(scene_now().sequence_editor, media["movie"], "touching", 3, (51, 60), 20)
    told["neighbour"] = shape(place(media))
    source, _ = edit(media)
    lay(scene_now().sequence_editor, media["movie"], "over", 3, (50, 60), 20)
    channels = scene_now().sequence_editor.channels
    channels[4].lock, channels[5].mute = True, True
    told["closed"] = shape(place(media))
    neighbours = [strips(rendered=False)[name]["channel"] for name in ("head", "voice", "over")]
    told["neighbours"] = neighbours
    source, _ = edit(media)
    compat.new_effect(level(), "GLOW", (6, *SPAN), source)
    told["effect"] = channel_over_effect(media)
    source, _ = edit(media)
    order = order_now(media)
    outcome = outcome_of(order, media)
    compat.move_by(source, 7)
    told["moved alone"] = refused(order, outcome)
    compat.move_by(level()["voice"], 7)
    source.channel = 9
    told["moved"] = shape(level()[placing.place(order, outcome).strip])
    source, _ = edit(media)
    source.channel = 128
    order = order_now(media)
    told["128"] = refused(order, outcome_of(order, media))
    return told


def channel_over_effect(media):
    """The media would be baked; here any footage does."""
    order = order_now(media)
    plain = replace(order, picture=replace(order.picture, effects=()))
    return shape(level()[placing.place(order, outcome_of(plain, media)).strip])


def in_meta(media):
    """A source inside a meta strip keeps its render there."""
    source, voice = edit(media)
    editor = scene_now().sequence_editor
    meta = level().new_meta("both", 4, 1)
    source.move_to_meta(meta)
    compat.set_first_frame(meta, 11)
    compat.set_stop_frame(meta, 61)
    source = compat.all_strips(editor)["head"]
    meta = compat.all_strips(editor)["both"]
    if hasattr(editor, "display_stack"):
        editor.display_stack(meta)
    select(source, voice)
    order = order_now(media)
    span = shape(meta)[:3]
    before = strips(rendered=False)["head"]
    name = placing.place(order, outcome_of(order, media)).strip
    strip = compat.all_strips(editor)[name]
    return [strip.parent_meta().name, *shape(strip)], shape(meta)[:3] == span and before == strips()["head"]


def refusals(media):
    """Everything that keeps a render off the timeline."""
    told = {}
    source, _ = edit(media)
    order = order_now(media)
    outcome = outcome_of(order, media)
    told["failed"] = refused(order, replace(outcome, status="failed", render=None, message="no face"))
    told["gone"] = refused(order, replace(outcome, render=replace(outcome.render, output="/nowhere.mkv")))
    told["length"] = refused(order, replace(outcome, render=replace(outcome.render, output=media["short"])))
    told["no movie"] = refused(order, replace(outcome, render=replace(outcome.render, output=media["voice"])))
    compat.set_stop_frame(source, 48)
    told["trimmed"] = refused(order, outcome)
    compat.set_stop_frame(source, SPAN[1])
    source.name = "renamed"
    told["renamed"] = refused(order, outcome)
    level().remove(source)
    told["removed"] = refused(order, outcome)
    source, _ = edit(media)
    old = place(media)
    old.lock = True
    order = order_now(media)
    told["locked"] = refused(order, outcome_of(order, media, "other"))
    old.lock = False
    short = outcome_of(order, media)
    told["in place"] = refused(order, replace(short, render=replace(short.render, output=media["short"])))
    return told


def again(media):
    """Rendered again in place: what a person did to the strip stays."""
    told = {}
    edit(media)
    strip = place(media)
    strip.name, strip.color_saturation, strip.channel = "mine", 0.5, 5
    select(strip)
    told["order"] = [order_now(media).replaces, [sound.name for sound in order_now(media).sounds]]
    new = place(media, "other", 2, gain=1.5)
    told["strip"] = [new.name, new.color_saturation, *shape(new), Path(new.filepath).name, len(level())]
    told["mark"] = mark_of(new[MARK]).options
    select(level()["head"], level()["voice"])
    told["by source"] = order_now(media).replaces
    compat.set_stop_frame(level()["head"], 45)
    order = order_now(media)
    lay(scene_now().sequence_editor, media["movie"], "in the way", 5, (10, 20))
    place(media, "cut", 4)
    told["source trimmed"] = shape(level()["mine"])
    first = [strips(rendered=True), place(media, "cut", 4).name]
    told["twice"] = first == [strips(rendered=True), "mine"]
    compat.new_movie(level(), "copy", media["other"], (20, 30))[MARK] = level()["mine"][MARK]
    level()["copy"].select = False
    order = order_now(media)
    told["cut into two"] = [order.replaces, placing.place(order, outcome_of(order, media, "cut", 4)).strip]
    patched = place(media, "cut", 4, form="patch")
    told["patch"] = patched.blend_type
    return told


def all_or_nothing(media):
    """Two strips, the second of which can't be placed."""
    source, voice = edit(media)
    other = lay(scene_now().sequence_editor, media["movie"], "second", 5, (30, 40), 3)
    key_frames(source)
    select(source, voice, other)
    orders = read_orders(Shown(), {}, media["folder"])
    outcomes = [outcome_of(order, media) for order in orders]
    before, moves = strips(), len(compat.curves_of(scene_now(), source))
    bad = replace(outcomes[1], render=replace(outcomes[1].render, output=media["voice"]))
    try:
        placing.place_all(zip(orders, [outcomes[0], bad], strict=True))
    except HostError:
        whole = sum(len(curves) for curves in compat.animation_curves(scene_now()))
        return strips() == before, moves, whole
    raise AssertionError("both were placed")


def key_frames(strip):
    strip.transform.offset_x = 0
    strip.transform.keyframe_insert("offset_x", frame=21)
    strip.transform.offset_x = 20
    strip.transform.keyframe_insert("offset_x", frame=50)
    strip.blend_alpha = 1.0
    driver = strip.driver_add("color_multiply").driver
    driver.expression = "0.5 + frame / 100"


def dress(strip):
    """Everything that changes how a strip looks."""
    strip.transform.scale_x, strip.transform.scale_y, strip.transform.rotation = 0.5, 0.75, 0.3
    strip.transform.offset_y, strip.transform.origin = 9, (0.2, 0.9)
    if "filter" in strip.transform.bl_rna.properties:
        strip.transform.filter = "NEAREST"
    strip.crop.min_x, strip.crop.max_y = 11, 7
    strip.use_flip_x, strip.color_saturation = True, 0.6
    strip.colorspace_settings.name = "Non-Color"
    key_frames(strip)
    curves = strip.modifiers.new("curves", "CURVES").curve_mapping
    curves.curves[3].points.new(0.4, 0.7)
    curves.curves[1].points[0].location = (0.1, 0.0)
    curves.update()
    balance = strip.modifiers.new("balance", "COLOR_BALANCE")
    balance.color_balance.gain, balance.color_multiply = (1.2, 0.9, 0.8), 1.1
    strip.modifiers.new("dim", "BRIGHT_CONTRAST").bright = 10
    strip.modifiers["dim"].mute = False
    strip.modifiers["dim"].keyframe_insert("bright", frame=25)
    strip.modifiers["dim"].bright = -20
    strip.modifiers["dim"].keyframe_insert("bright", frame=45)


def looks(media):
    """The sequencer's own pictures with the source alone, and with its render alone, after saving and opening again."""
    source, _ = edit(media)
    dress(source)
    order = order_now(media)
    plain = replace(order, picture=replace(order.picture, animated=False))
    name = placing.place(order, outcome_of(plain, media)).strip
    bpy.ops.wm.save_as_mainfile(filepath=str(Path(media["folder"]) / "looks.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(Path(media["folder"]) / "looks.blend"))
    level()[name].mute = True
    before = pictures("source", media)
    level()[name].mute, level()["head"].mute = False, True
    select(level()["head"])
    refusal = why_not(Shown())
    return before, pictures("render", media), refusal


def pictures(name, media):
    scene = scene_now()
    compat.set_picture_output(scene, "PNG")
    scene.render.filepath = str(Path(media["folder"]) / name / "####")
    scene.frame_start, scene.frame_end = SPAN[0], SPAN[1] - 1
    scene.render.dither_intensity = 0
    bpy.ops.render.render(animation=True, scene=scene.name)
    return [str(Path(media["folder"]) / name / f"{frame:04d}.png") for frame in range(*SPAN)]


def kept(media):
    """Marks and the choice after saving, opening and appending the scene to another file."""
    edit(media)
    place(media, gain=1.5)
    file = str(Path(media["folder"]) / "kept.blend")
    before = strips(rendered=True)
    bpy.ops.wm.save_as_mainfile(filepath=file)
    bpy.ops.wm.open_mainfile(filepath=file)
    told = {"mark": told_mark(), "order": order_now(media).replaces, "same": same(before, strips(rendered=True))}
    new_edit()
    with bpy.data.libraries.load(file) as (there, here):
        here.scenes = list(there.scenes)
    scene = here.scenes[0]
    window = bpy.context.window_manager.windows[0]
    window.scene = scene
    if hasattr(window.workspace, "sequencer_scene"):
        window.workspace.sequencer_scene = scene
    select(*(strip for strip in level() if strip.name in ("head", "voice")))
    order = order_now(media)
    strip = level()[placing.place(order, outcome_of(order, media, "other", 2)).strip]
    told["appended"] = [told_mark()["gain"], order.replaces, strip.name, shape(strip)]
    return told


def told_mark():
    (strip,) = [strip for strip in level() if MARK in strip]
    return mark_of(strip[MARK]).options or {"gain": None}


def same(before, after):
    """But for paths, which Blender writes relative, and what it counts anew."""
    left, right = (json.loads(json.dumps(one)) for one in (before, after))
    for one in (*left.values(), *right.values()):
        for name in ("filepath", "elements", "proxy"):
            one.pop(name, None)
    return (
        []
        if left == right
        else sorted(
            (name, key) for name in left for key in left[name] if left[name][key] != right.get(name, {}).get(key)
        )
    )
