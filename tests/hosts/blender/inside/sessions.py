"""A person presses Lip-Sync, goes on editing, opens other files: inside Blender, with an engine from outside."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import bpy

from hosts.blender import session
from hosts.blender.bake import baking
from hosts.blender.timeline import compat, strips
from hosts.blender.timeline.facts import Order
from plugin_core.errors import HostError

SECONDS = 100  # that anything may take


class Room:
    """A folder with an edit: a movie strip over channel 1, a sound strip in channel 2, both from frame 10."""

    def __init__(self, folder, movie, voice, engine):
        self.folder, self.movie, self.voice, self.engine = Path(folder), movie, voice, engine
        session.register(lambda: self.engine, logs=str(self.folder / "logs"))

    def new(self, name="", select="head"):
        """A new file; it is saved where it has a name."""
        bpy.ops.wm.read_factory_settings(use_empty=True)
        scene = bpy.context.scene
        scene.name = "Cut"
        scene.render.fps = 24
        scene.render.resolution_x = scene.render.resolution_y = 240
        level = compat.strips_in(scene.sequence_editor_create())
        compat.new_movie(level, select, self.movie, (1, 10))
        compat.new_sound(level, "voice", self.voice, (2, 10))
        self.save(name)

    def save(self, name):
        if name:
            bpy.ops.wm.save_as_mainfile(filepath=self.path(name))

    def path(self, name):
        return str(self.folder / name)

    def open(self, name):
        bpy.ops.wm.open_mainfile(filepath=self.path(name))

    @property
    def scene(self):
        return bpy.data.scenes["Cut"]

    def strip(self, name="head"):
        return compat.strips_in(self.scene.sequence_editor).get(name)

    def names(self):
        return sorted(strip.name for strip in strips.strips_of(self.scene))

    def order(self, **options):
        picture, sound = (strips.read_strip(self.scene, self.strip(name)) for name in ("head", "voice"))
        return Order(strips.read_scene(self.scene), picture, (sound,), options, str(self.folder / "renders"))

    def press(self, **options):
        return session.start([self.order(**options)])[0]

    def view(self, job):
        return next(view for view in session.jobs() if view.id == job)

    def pump(self, true):
        """As the timer does, until that is true."""
        until = time.monotonic() + SECONDS
        while not true():
            assert time.monotonic() < until, session.jobs()
            session.pump()
            time.sleep(0.02)

    def ended(self, job):
        self.pump(lambda: self.view(job).ended)
        return self.view(job)

    def rendering(self, job):
        self.pump(lambda: self.view(job).stage == "painting mouths" or self.view(job).ended)
        assert self.view(job).state == "rendering", self.view(job)

    def behave(self, text):
        """The fake engine's, as JSON."""
        part = Path(self.engine).with_name("behaviour.part")
        part.write_text(text)
        part.replace(Path(self.engine).with_name("behaviour.json"))


def told(view):
    return {name: getattr(view, name) for name in ("state", "message", "strip", "render", "stage")}


def placed(room, name):
    strip = room.strip(name)
    return [compat.first_frame(strip), compat.stop_frame(strip), strip.channel, Path(strip.filepath).name]


def happy(**room):
    """Two jobs one after the other, a face, a test, a page."""
    room = Room(**room)
    room.new("mine.blend")
    before = room.names()
    state = session.engine_state().state
    log = session.log_file()
    job = room.press(gain=1.5)
    at_once = told(room.view(job))
    view = room.ended(job)
    again = room.ended(room.press(gain=0.5))
    answers = []
    session.look(room.order(), 12, answers.append)
    session.test_engine(answers.append)
    session.report(lambda page, problem: answers.append((page, problem)))
    room.pump(lambda: len(answers) == 3)
    pids = session.engine_pids()
    told_log = session.log_file()
    session.dismiss(job)
    left = [one.id for one in session.jobs()]
    idle = session.pump()
    session.unregister()
    return {
        "before": before, "names": room.names(), "state": [state, session.engine_state().state], "log": [log, told_log],
        "at once": at_once, "view": told(view), "again": told(again), "placed": placed(room, view.strip),
        "look": [answers[0].problem, answers[0].frame, len(answers[0].faces)], "engine": answers[1].state,
        "page": answers[2], "pids": pids, "left": [job, *left], "idle": idle,
    }  # fmt: skip


def closed_files(**room):
    """Files are closed and opened while a job renders; all of them have the same strips in a scene of the same name."""
    room = Room(**room)
    answer = {}
    room.new("other.blend")
    room.new("mine.blend")
    room.behave('{"how": "forever"}')
    job = room.press()
    room.rendering(job)
    room.open("other.blend")
    room.behave("{}")
    answer["parked"] = told(room.ended(job))
    answer["other"] = room.names()
    answer["can't"] = session.can_insert(job)
    answer["refused"] = refusal(job)
    room.new()
    answer["can't into a new one"] = session.can_insert(job)
    room.open("mine.blend")
    answer["mine before"], answer["can"] = room.names(), session.can_insert(job)
    answer["inserted"] = session.insert(job)
    answer["mine"], answer["view"] = room.names(), told(room.view(job))
    answer["twice"] = refusal(job)

    room.new()
    room.behave('{"how": "forever"}')
    job = room.press(gain=0.1)
    room.rendering(job)
    room.new()
    room.behave("{}")
    answer["unsaved parked"], answer["unsaved refused"] = told(room.ended(job)), refusal(job)

    room.new("first.blend")
    room.behave('{"how": "forever"}')
    job = room.press(gain=0.2)
    room.rendering(job)
    room.save("second.blend")
    room.behave("{}")
    answer["saved as"] = told(room.ended(job))
    session.unregister()
    return answer


def refusal(job):
    try:
        session.insert(job)
    except HostError as error:
        return str(error)
    return "it was not refused"


def edited_strips(**room):
    """The strip is moved, renamed, trimmed, removed while its job renders."""
    room = Room(**room)
    answer = {}

    def moved():
        for name in ("head", "voice"):
            compat.move_by(room.strip(name), 30)

    def renamed():
        room.strip().name = "face"

    def trimmed():
        compat.set_stop_frame(room.strip(), 20)

    def removed():
        compat.strips_in(room.scene.sequence_editor).remove(room.strip())

    def scene_renamed():
        room.scene.name = "Other"

    for number, change in enumerate((moved, renamed, trimmed, removed, scene_renamed)):
        room.new()
        room.behave('{"how": "forever"}')
        job = room.press(gain=0.1 * number)
        room.rendering(job)
        change()
        room.behave("{}")
        view = room.ended(job)
        answer[change.__name__] = told(view)
        if change is moved:
            answer["moved to"] = placed(room, view.strip)
        if change is renamed:
            room.strip("face").name = "head"
            answer["inserted after all"] = session.insert(job)
    session.unregister()
    return answer


def disabled(**room):
    """The add-on is disabled in the middle of a job, and enabled again."""
    room = Room(**room)
    room.new()
    room.behave('{"how": "forever"}')
    room.rendering(room.press())
    pids = session.engine_pids()
    began = time.monotonic()
    session.unregister()
    seconds = time.monotonic() - began
    alive = [pid for pid in pids if is_there(pid)]
    handlers = [one.__module__ for one in (*bpy.app.handlers.load_post, *bpy.app.handlers.save_post)]
    nothing = [session.jobs(), session.working(), session.pump(), session.log_file()]
    refused = ""
    try:
        session.start([room.order()])
    except HostError as error:
        refused = str(error)
    session.register(lambda: room.engine, logs=str(room.folder / "logs"))
    room.behave("{}")
    again = told(room.ended(room.press()))
    session.unregister()
    return {
        "pids": pids, "alive": alive, "seconds": seconds, "handlers": handlers, "nothing": nothing, "refused": refused,
        "again": again,
    }  # fmt: skip


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def left_alone(**room):
    """Blender ends in the middle of a job, without a word."""
    room = Room(**room)
    room.new()
    room.behave('{"how": "forever"}')
    room.rendering(room.press())
    return session.engine_pids()


def left_baking(**room):
    """Blender ends while a second one bakes for it; the bake would take minutes."""
    room = Room(**room)
    room.new()
    room.strip().use_reverse_frames = True
    compat.set_stop_frame(room.strip(), 50_000)
    runner = os.environ.get("LIPFLAP_BAKING_PYTHON")
    if runner:
        baking.blender_command = lambda: [runner]
    job = room.press()
    room.pump(lambda: room.view(job).done > 3 or room.view(job).ended)
    return told(room.view(job))


def reversed_strip(**room):
    """A strip that has to be baked first; this Blender starts a second one where it has a program."""
    room = Room(**room)
    room.new()
    room.strip().use_reverse_frames = True
    with contextlib.ExitStack() as stack:
        runner = os.environ.get("LIPFLAP_BAKING_PYTHON")
        if runner:
            own = baking.blender_command
            stack.callback(lambda: setattr(baking, "blender_command", own))
            baking.blender_command = lambda: [runner]
        job = room.press()
        states = []

        def done():
            view = room.view(job)
            states.append(view.state)
            return view.ended

        room.pump(done)
    view = room.view(job)
    bakes = sorted(path.name for path in (room.folder / "renders").rglob("picture.mkv"))
    session.unregister()
    kept = sorted(path.name for path in (room.folder / "renders").rglob("picture.mkv"))
    return {"view": told(view), "states": sorted(set(states)), "bakes": bakes, "kept": kept}


def real(**room):
    """The real engine: a drawn face gets another voice."""
    room = Room(**room)
    room.new()
    job = room.press(painter="neutral", detector="toon", codec="ffv1")
    seen = []

    def done():
        view = room.view(job)
        seen.append((view.stage, view.fraction, view.seconds_left))
        return view.ended

    room.pump(done)
    view = room.view(job)
    answers = []
    session.look(room.order(painter="neutral"), 15, answers.append)
    session.report(lambda page, problem: answers.append((page, problem)))
    room.pump(lambda: len(answers) == 2)
    log = Path(session.log_file()).read_text()
    session.unregister()
    return {
        "view": told(view), "placed": placed(room, view.strip) if view.strip else None,
        "stages": list(dict.fromkeys(stage for stage, _, _ in seen)),
        "fractions": [fraction for _, fraction, _ in seen],
        "look": [answers[0].problem, [face.chosen for face in answers[0].faces], answers[0].picture],
        "page": answers[1], "log": log,
    }  # fmt: skip


def another_engine(**room):
    """States of the engine, without a wait in between: of a wrong path, of the right one, of that one tested."""
    room, right = Room(**room), room["engine"]
    room.engine = "/nowhere/python"
    states = [session.engine_state()]
    room.engine, answers = right, []
    session.test_engine(answers.append)  # which reads the preferences before the panel does
    states.append(session.engine_state())
    room.pump(lambda: bool(answers))
    return [state.state for state in (*states, session.engine_state())]
