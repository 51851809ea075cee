"""What a press of Lip-Sync means for selections in a real Blender."""

from __future__ import annotations

from pathlib import Path

from edits import Shown, lay, new_edit, select

from hosts.blender.core import NothingSelectedError, OptionError
from hosts.blender.host import BlenderHost, preview_of, read_orders, why_not
from hosts.blender.timeline import compat


def study(media):
    """For each selection: [[picture, sounds, replaces, problem]], why not, and the orders' pictures."""
    scene = new_edit()
    told = {"empty": seen(media)}
    editor = scene.sequence_editor
    head = lay(editor, media["movie"], "head", 2, (21, 51), 10)
    voice = lay(editor, media["voice"], "voice", 1, (11, 61), kind="sound")
    select()
    told["nothing"] = seen(media)
    select(voice)
    told["sound alone"] = seen(media)
    select(head)
    told["picture alone"] = seen(media)
    select(head, voice)
    told["both"] = seen(media)
    head.mute = True
    told["muted"] = seen(media)
    head.mute = False
    editor.channels[2].mute = True
    told["muted channel"] = seen(media)
    editor.channels[2].mute = False
    title = compat.new_effect(compat.strips_in(editor), "COLOR", (6, 21, 51))
    select(title)
    told["colour"] = seen(media)
    speed = compat.new_effect(compat.strips_in(editor), "SPEED", (3, 21, 51), head)
    select(speed, voice)
    told["speed effect"] = seen(media)
    compat.strips_in(editor).remove(speed)
    told["meta of sounds"] = with_meta(media, editor, head, voice)
    return told


def with_meta(media, editor, head, voice):
    meta = compat.strips_in(editor).new_meta("voices", 7, 1)
    voice.move_to_meta(meta)
    select(head, compat.strips_in(editor)["voices"])
    return seen(media)


def seen(media):
    """The panel and the press must say the same."""
    choices = preview_of(Shown())
    shown = [[one.picture.name, [s.name for s in one.sounds], one.replaces, one.problem] for one in choices]
    try:
        ordered = [order.picture.name for order in read_orders(Shown(), {}, media["folder"])]
    except NothingSelectedError as error:
        ordered, refusal = [], str(error)
    else:
        refusal = ""
    return [shown, why_not(Shown()) if why_not(Shown()) == refusal else f"{refusal} / {why_not(Shown())}", ordered]


def refused(media):
    """Options that can't be, and a plan of nothing."""
    scene = new_edit()
    lay(scene.sequence_editor, media["movie"], "head", 2, (21, 51), 10).select = True
    lay(scene.sequence_editor, media["voice"], "voice", 1, (11, 61), kind="sound")
    told = []
    for options in ({"gain": 99.0}, {"nonsense": 1}):
        try:
            read_orders(Shown(), options, media["folder"])
        except OptionError as error:
            told.append(str(error))
    select()
    try:
        BlenderHost(Shown(), {}, media["folder"]).read_plan()
    except NothingSelectedError as error:
        told.append(str(error))
    return told


def baked(media):
    """The plan of strips that have to be baked, by the synchronous host."""
    scene = new_edit()
    head = lay(scene.sequence_editor, media["movie"], "head", 2, (21, 51), 10)
    head.use_reverse_frames = True
    voice = lay(scene.sequence_editor, media["voice"], "voice", 1, (11, 61), kind="sound")
    voice.volume = 0.5
    voice.keyframe_insert("volume", frame=30)
    select(head, voice)
    shot = BlenderHost(Shown(), {}, media["folder"]).read_plan().shots[0]
    cues = (
        [[Path(cue.path).name, str(cue.at), str(cue.duration)] for cue in shot.speakers[0].cues]
        if shot.speakers
        else []
    )
    return [shot.problem, shot.clip, [shot.range.start, shot.range.stop], shot.conform, cues]
