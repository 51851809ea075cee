"""The plays: each is a generator that yields seconds to sleep and returns plain JSON."""

import os
import signal
from pathlib import Path

import bpy
from stage import view_to_json, workers


def opens(stage):
    """Nothing but a look at the window, and undo by the keys that a person presses."""
    stage.scene.frame_end = 77
    bpy.ops.ed.undo_push(message="End frame")
    yield from stage.picture("open")
    yield from stage.undo()
    undone = stage.scene.frame_end
    yield from stage.redo()
    return {"undone": undone, "redone": stage.scene.frame_end, "background": bpy.app.background}


def renders(stage, film):
    """To the end with an engine that is found by itself; undo and redo while it works, and of the insertion."""
    yield from stage.install(engine="")
    yield from stage.edit(**film)
    yield from stage.sidebar()
    yield from stage.picture("ready")
    stage.scene.frame_end = 77
    bpy.ops.ed.undo_push(message="End frame")
    before = stage.timeline()
    stage.press("start")
    yield from stage.job("rendering")
    yield from stage.undo()
    undone = stage.scene.frame_end
    yield from stage.redo()
    redone = stage.scene.frame_end
    yield from stage.picture("rendering")
    view = yield from stage.job("done", longest=240)
    placed = stage.timeline()
    yield from stage.picture("done")
    yield from stage.undo()
    without = stage.timeline()
    yield from stage.redo()
    again = stage.timeline()
    yield from stage.picture("redone")
    return {
        "during": [undone, redone],
        "before": before,
        "placed": placed,
        "undone": without,
        "redone": again,
        "end": stage.scene.frame_end,
        "job": view_to_json(view),
        "engine": stage.session.engine_state().place,
        "survives": signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN,
    }


def cancels(stage, film):
    """Cancel in the middle of a render; another press goes through."""
    yield from stage.install()
    yield from stage.edit(**film)
    yield from stage.sidebar()
    before = stage.timeline()
    stage.press("start")
    view = yield from stage.job("rendering")
    yield 1.0
    stage.press("cancel", job=view.id)
    took = yield from stage.until(lambda: stage.session.jobs()[-1].ended, 20, "the cancel")
    yield from stage.picture("cancelled")
    cancelled, after = stage.session.jobs()[-1].state, stage.timeline()
    stage.choose("Head", "Line")
    stage.press("start")
    yield from stage.job("done", longest=240)
    return {"state": cancelled, "took": took, "before": before, "after": after, "again": stage.timeline()}


def closes_the_file(stage, film):
    """Another file is opened while a job works; the render goes into the file that it was made for, and no other."""
    yield from stage.install()
    edit = str(stage.folder / "edit.blend")
    yield from stage.edit(**film)
    bpy.ops.wm.save_as_mainfile(filepath=edit)
    before = stage.timeline()
    stage.press("start")
    yield from stage.job("rendering")
    bpy.ops.wm.read_homefile(app_template="Video_Editing")
    yield 1.0
    yield from stage.edit(**film)  # strips of the same names, so that only the file tells them apart
    yield from stage.sidebar()
    parked = yield from stage.job("parked", longest=240)
    yield from stage.picture("parked")
    other, refused = stage.timeline(), stage.session.can_insert(parked.id)
    bpy.ops.wm.open_mainfile(filepath=edit)
    yield 1.0
    yield from stage.sidebar()
    back, allowed = stage.timeline(), stage.session.can_insert(parked.id)
    yield from stage.picture("reopened")
    stage.press("insert", job=parked.id)
    yield from stage.job("done")
    inserted = stage.timeline()
    yield from stage.picture("inserted")
    yield from stage.undo()
    undone = stage.timeline()
    yield from stage.redo()
    return {
        "parked": view_to_json(parked),
        "before": before,
        "other": other,
        "refused": refused,
        "back": back,
        "allowed": allowed,
        "inserted": inserted,
        "undone": undone,
        "redone": stage.timeline(),
    }


def lacks_an_engine(stage, film):
    """No engine anywhere, then one that is none: the panel says so, and pressing is refused."""
    yield from stage.install(engine="")
    yield from stage.edit(**film)
    yield from stage.sidebar()
    yield from stage.picture("no-engine")
    missing, refused = stage.session.engine_state(), stage.refused("start")
    stage.preferences.engine = "/nowhere/python"
    yield from stage.tested()
    yield from stage.picture("wrong-engine")
    wrong = stage.session.engine_state()
    stage.preferences.engine = stage.engine
    yield from stage.tested()
    yield from stage.picture("engine")
    ready = stage.session.engine_state()
    states = [{"state": one.state, "what": one.what, "mend": one.mend} for one in (missing, wrong, ready)]
    return {"states": states, "refused": refused, "allowed": stage.refused("start"), "after": stage.timeline()}


def loses_its_worker(stage, film):
    """The worker is killed from outside; the job says so and stays, and the next press goes through."""
    yield from stage.install()
    yield from stage.edit(**film)
    yield from stage.sidebar()
    before = stage.timeline()
    stage.press("start")
    yield from stage.job("rendering")
    yield 1.0
    killed = workers()
    for number in killed:
        os.kill(number, signal.SIGKILL)
    view = yield from stage.job("failed", "done", longest=240)
    yield from stage.picture("killed")
    after = stage.timeline()
    stage.press("dismiss", job=view.id)
    left = len(stage.session.jobs())
    stage.choose("Head", "Line")
    stage.press("start")
    yield from stage.job("done", longest=240)
    return {
        "killed": len(killed),
        "job": view_to_json(view),
        "before": before,
        "after": after,
        "left": left,
        "again": stage.timeline(),
    }


def points(stage, film):
    """What the engine sees is shown; a face is picked with a click, a box drawn with a drag; both are undone."""
    yield from stage.install()
    stage.opened("face")
    yield from stage.edit(**film)
    yield from stage.sidebar()
    told = {}
    stage.press("preview_face")
    preview = stage.part("faces.preview")
    yield from stage.until(lambda: preview.seen() is not None, 60, "the engine's look")
    yield from stage.picture("seen")
    told["faces"] = [[list(face.box), face.chosen] for face in preview.seen().faces]
    stage.press("pick_face")
    yield from stage.click(stage.at(0.5, 0.25))
    told["picked"] = stage.chosen_by_hand()
    yield from stage.picture("picked")
    yield from stage.undo()
    told["unpicked"] = stage.chosen_by_hand()
    stage.press("draw_box")
    yield from stage.click(stage.at(0.2, 0.1), stage.at(0.5, 0.5), stage.at(0.8, 0.9))
    told["drawn"] = stage.chosen_by_hand()
    yield from stage.picture("drawn")
    yield from stage.undo()
    told["undrawn"] = stage.chosen_by_hand()
    return told


def queues(stage, film):
    """Two pictures with one press; then one of the rendered strips again, in its place, with another setting."""
    yield from stage.install()
    yield from stage.edit(**film)
    stage.add("Twin", film["movie"], channel=5)
    stage.choose("Head", "Twin", "Line")
    bpy.ops.ed.undo_push(message="A twin")
    yield from stage.sidebar()
    yield from stage.picture("selected")
    stage.press("start")
    yield from stage.job("rendering", number=0)
    yield from stage.picture("queue")
    yield from stage.job("done", number=0, longest=240)
    yield from stage.job("done", number=1, longest=240)
    yield from stage.picture("both")
    both, first = stage.timeline(), stage.file_of("Head Lip-Sync")
    stage.scene.lipflap.gain = 0.4
    stage.choose("Head Lip-Sync")
    stage.press("render_again")
    yield from stage.job("done", longest=240)
    yield from stage.picture("again")
    again, second = stage.timeline(), stage.file_of("Head Lip-Sync")
    yield from stage.undo()
    return {"both": both, "again": again, "files": [first, second, stage.file_of("Head Lip-Sync")]}


def searches(stage, film):
    """Lip-Sync found with F3, which knows what is in menus, and cancelled at once."""
    yield from stage.install()
    yield from stage.edit(**film)
    yield from stage.search("lip-sync")
    started = len(stage.session.jobs())
    stage.session.cancel_all()
    yield from stage.until(lambda: not stage.session.working(), 60, "the cancel")
    return {"started": started, "after": stage.timeline()}


def ends(stage, film, how):
    """Blender ends in the middle of a render: "quit", or "kill" by force."""
    yield from stage.install()
    yield from stage.edit(**film)
    stage.press("start")
    yield from stage.job("rendering")
    yield 1.0
    if how == "kill":
        stage.killed = True
    return {"workers": workers()}


def shown_in_the_docs(stage, film):
    """The pictures of docs/blender.md, before they are cut. The edit is saved beside the film's movie."""
    yield from stage.install()
    stage.opened("face")
    yield from stage.alone()
    bpy.ops.wm.save_as_mainfile(filepath=str(Path(film["movie"]).with_name("film.blend")))
    yield from stage.edit(**film)
    yield from stage.sidebar()
    yield from stage.picture("ready")
    stage.press("preview_face")
    preview = stage.part("faces.preview")
    yield from stage.until(lambda: preview.seen() is not None, 60, "the engine's look")
    yield from stage.picture("face")
    preview.forget()
    stage.press("start")
    yield from stage.until(lambda: stage.session.jobs()[-1].fraction > 0.4, 300, "the half of it")
    yield from stage.picture("rendering")
    yield from stage.job("done", longest=240)
    stage.scene.frame_current = 84
    yield from stage.picture("done")
    return None
