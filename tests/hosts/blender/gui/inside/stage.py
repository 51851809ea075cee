"""What plays do with Blender's windows: the add-on, an edit, keys, pictures, and waiting for things."""

import importlib
import json
import os
import time
from pathlib import Path

import addon_utils
import bpy

STEP = 0.2  # seconds between two looks at something that is waited for
TAB = "Lip-Sync"


class Stage:
    """The window that the play is in, and the add-on."""

    def __init__(self, errand):
        self.folder = Path(errand["folder"])
        self.engine = errand["engine"]
        self._zip = errand["zip"]
        self._pictures = 0
        self._package = ""
        self.view = "SEQUENCER"  # of the area that shows the strips
        self.killed = False  # whether Blender shall end as by a crash

    @property
    def window(self):
        return bpy.context.window_manager.windows[0]

    @property
    def scene(self):
        """The one that the sequencer shows."""
        workspace = self.window.workspace
        return getattr(workspace, "sequencer_scene", None) or self.window.scene

    # The add-on

    def install(self, engine=None):
        """As a person does it: the zip, then the engine's Python in the preferences ("" leaves it to be found)."""
        if self._zip is None:
            self._package = "hosts.blender"
        elif bpy.app.version >= (4, 2, 0):
            bpy.ops.extensions.package_install_files(filepath=self._zip, repo="user_default", enable_on_install=True)
            self._package = "bl_ext.user_default.lipflap"
        else:
            bpy.ops.preferences.addon_install(filepath=self._zip)
            self._package = "lipflap"
        if self._package not in bpy.context.preferences.addons:
            bpy.ops.preferences.addon_enable(module=self._package)
        assert addon_utils.check(self._package) == (True, True), f"{self._package} is not enabled"
        self.preferences.engine = self.engine if engine is None else engine
        self.session.engine_state()
        yield 0.5

    @property
    def preferences(self):
        return bpy.context.preferences.addons[self._package].preferences

    @property
    def session(self):
        return self.part("session")

    def part(self, name):
        """A module of the add-on that is installed here."""
        return importlib.import_module(f"{self._package}.{name}")

    def press(self, name, **arguments):
        """A button of the panel: the operator `sequencer.lipsync_NAME`."""
        with self.over():
            done = getattr(bpy.ops.sequencer, f"lipsync_{name}")("INVOKE_DEFAULT", **arguments)
        assert done in ({"FINISHED"}, {"RUNNING_MODAL"}), f"{name}: {done}"

    def opened(self, *names):
        """Show these sub-panels open from the first time they are drawn."""
        for name in names:
            panel = getattr(bpy.types, f"LIPFLAP_PT_{name}")
            panel.bl_options = panel.bl_options - {"DEFAULT_CLOSED"}
            bpy.utils.unregister_class(panel)
            bpy.utils.register_class(panel)

    def refused(self, name):
        """Whether the button is grey."""
        with self.over():
            return not getattr(bpy.ops.sequencer, f"lipsync_{name}").poll()

    def tested(self):
        """Press Test Engine and wait for what it says."""
        answers = []
        self.session.test_engine(answers.append)
        yield from self.until(lambda: bool(answers), 60, "the engine's answer")

    # The edit

    def edit(self, movie, sound, frames, rate=25, names=("Head", "Line")):
        """A movie strip on channel 2 and a sound strip below it, from frame 11, cut to `frames`, both chosen."""
        scene = self.scene
        scene.render.fps, scene.render.fps_base = rate, 1.0
        scene.frame_end = frames + 20
        editor = scene.sequence_editor_create()
        made = strips(editor)
        picture = made.new_movie(names[0], movie, 2, 11)
        voice = made.new_sound(names[1], sound, 1, 11)
        for strip in (picture, voice):
            strip.frame_final_duration = min(frames, strip.frame_final_duration)
        scene.render.resolution_x, scene.render.resolution_y = (
            picture.elements[0].orig_width,
            picture.elements[0].orig_height,
        )
        self.choose(*names)
        scene.frame_current = 30
        bpy.ops.ed.undo_push(message="An edit")
        with self.over():
            bpy.ops.sequencer.view_all()
        with self.over(None if self.view == "SEQUENCER_PREVIEW" else "PREVIEW", "PREVIEW"):
            bpy.ops.sequencer.view_all_preview()
        yield 0.5
        return picture.name, voice.name

    def add(self, name, movie, channel):
        """Another movie strip from frame 11."""
        strips(self.scene.sequence_editor).new_movie(name, movie, channel, 11)

    def file_of(self, name):
        """Path of a movie strip's file."""
        return bpy.path.abspath(strips(self.scene.sequence_editor)[name].filepath)

    def choose(self, *names):
        """Select these strips alone; the first is active."""
        editor = self.scene.sequence_editor
        for strip in strips(editor):
            strip.select = strip.name in names
        editor.active_strip = strips(editor).get(names[0])

    def chosen_by_hand(self, name="Head"):
        """What lies on the strip; None where nothing does."""
        told = strips(self.scene.sequence_editor)[name].get("lipflap_face")
        return json.loads(told) if told else None

    def timeline(self):
        """Every strip as [name, kind, channel, first frame, frame behind it], by channel and time."""
        told = [
            [strip.name, strip.type, strip.channel, int(strip.frame_final_start), int(strip.frame_final_end)]
            for strip in strips(self.scene.sequence_editor)
        ]
        return sorted(told, key=lambda one: one[2:])

    # The window

    def alone(self):
        """The sequencer fills the window: the preview above the strips, one sidebar beside both."""
        self.area().spaces.active.view_type = "SEQUENCER_PREVIEW"
        self.view = "SEQUENCER_PREVIEW"
        yield 0.5
        with self.over():
            bpy.ops.screen.screen_full_area(use_hide_panels=False)
        yield 0.5
        region = self.region(kind="PREVIEW")
        x = region.x + region.width // 2
        yield from self.click(*((x, region.y - down) for down in (0, 40, 100, 160, 220)))

    def area(self, view=None):
        """The sequencer area that shows that view; the one with the strips if none is named."""
        areas = [area for area in self.window.screen.areas if area.type == "SEQUENCE_EDITOR"]
        return next(area for area in areas if area.spaces.active.view_type == (view or self.view))

    def region(self, view=None, kind="WINDOW"):
        return next(region for region in self.area(view).regions if region.type == kind)

    def over(self, view=None, kind="WINDOW"):
        """A context override: as if the mouse were there."""
        return bpy.context.temp_override(window=self.window, area=self.area(view), region=self.region(view, kind))

    def sidebar(self):
        """Open it and turn to our tab."""
        with self.over():
            self.area().spaces.active.show_region_ui = True
        yield 0.5
        with self.over():
            bpy.ops.sequencer.view_all()
        region = self.region(kind="UI")
        if hasattr(region, "active_panel_category") and bpy.app.version >= (4, 2, 0):
            region.active_panel_category = TAB
        else:
            x, y = region.x + region.width // 2, region.y + region.height // 2
            for _ in range(8):  # as a person turns: with Ctrl and the wheel, up to the last tab
                self.window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
                self.window.event_simulate(type="WHEELDOWNMOUSE", value="PRESS", x=x, y=y, ctrl=True)
                yield 0.1
        yield from self.aside()

    def at(self, across, down):
        """The place in the window where the Preview shows that share of its picture, counted from its upper left.

        The picture has to fill the scene's own size.
        """
        region, render = self.region("PREVIEW", "PREVIEW"), self.scene.render
        x, y = (across - 0.5) * render.resolution_x, (0.5 - down) * render.resolution_y
        there = region.view2d.view_to_region(x, y, clip=False)
        return region.x + there[0], region.y + there[1]

    def click(self, *places):
        """Press the left button at the first place, move over the others, let go at the last."""
        simulate = self.window.event_simulate
        x, y = places[0]
        simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
        yield 0.2
        simulate(type="LEFTMOUSE", value="PRESS", x=x, y=y)
        yield 0.2
        for x, y in places[1:]:
            simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
            yield 0.2
        simulate(type="LEFTMOUSE", value="RELEASE", x=x, y=y)
        yield 0.3

    def aside(self):
        """Move the mouse over the strips, where keys mean the sequencer and no tooltip lies over a panel."""
        region = self.region()
        x, y = region.x + region.width // 2, region.y + region.height // 2
        self.window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
        yield 0.5
        return x, y

    def key(self, name, **held):
        """Press and let go over the strips; `held` are ctrl, shift, alt."""
        x, y = yield from self.aside()
        self.window.event_simulate(type=name, value="PRESS", x=x, y=y, **held)
        self.window.event_simulate(type=name, value="RELEASE", x=x, y=y, **held)
        yield 0.5

    def search(self, words):
        """F3 over the strips, the words, Enter: as a person finds what is in a menu."""
        yield from self.key("F3")
        for letter in words:
            name = {"-": "MINUS", " ": "SPACE"}.get(letter, letter.upper())
            self.window.event_simulate(type=name, value="PRESS", unicode=letter)
            self.window.event_simulate(type=name, value="RELEASE")
            yield 0.05
        yield from self.picture("searched")
        self.window.event_simulate(type="RET", value="PRESS")
        self.window.event_simulate(type="RET", value="RELEASE")
        yield 0.5

    def undo(self):
        """A real Ctrl-Z."""
        yield from self.key("Z", ctrl=True)

    def redo(self):
        """A real Ctrl-Shift-Z."""
        yield from self.key("Z", ctrl=True, shift=True)

    # Time

    def until(self, met, longest=60.0, what="that"):
        """Sleep until `met()` is true; returns how many seconds it took."""
        begun = time.monotonic()
        while not met():
            if time.monotonic() - begun > longest:
                yield from self._seen_in_vain()
                raise AssertionError(f"waited {longest} s in vain for {what}")
            yield STEP
        return time.monotonic() - begun

    def job(self, *states, number=-1, longest=200.0):
        """Wait until the newest job (or the one at `number`) is in one of these states; its view."""
        met = lambda: self.session.jobs()[number].state in states  # noqa: E731 - it is waited for
        while not met():
            yield from self.until(lambda: met() or self.session.jobs()[number].ended, longest, f"a job {states}")
            view = self.session.jobs()[number]
            assert view.state in states, view
        return self.session.jobs()[number]

    def picture(self, name):
        """Of the whole screen, as PNG, numbered in the order of the play."""
        self._ask_for(name)
        yield 0.6
        path = self._wanted(name)
        path.touch()
        yield from self.until(path.with_suffix(".png").exists, 10, f"the picture {name}")

    def _ask_for(self, name):
        self._pictures += 1
        for area in self.window.screen.areas:
            area.tag_redraw()

    def _wanted(self, name):
        return self.folder / "pictures" / f"{self._pictures:02d}-{name}.wanted"

    def _seen_in_vain(self):
        self._ask_for("in-vain")
        yield 0.6
        self._wanted("in-vain").touch()
        yield 1.0


def strips(editor):
    """By the name that this Blender has for them."""
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def view_to_json(view):
    """A job as plain JSON."""
    names = ("id", "title", "scene", "state", "stage", "done", "total", "message", "log", "strip", "render", "page")
    return {name: getattr(view, name) for name in names}


def workers():
    """Numbers of this Blender's worker processes, by Linux's own list."""
    found = []
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
            above = int((place / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue  # it has just ended
        if above == os.getpid() and b"plugin_core" in words and b"worker" in words:
            found.append(int(place.name))
    return found
