"""Builds strips of every kind over a movie whose pictures tell their numbers. One scene for each feature."""

from __future__ import annotations

import bpy

from hosts.blender.timeline import compat

START = 10  # timeline frame of the content's first frame


class Builder:
    """Media and settings of a study; `build` makes the scene of a feature and gives back the strip to lip-sync."""

    def __init__(self, movie, pictures, size, fps, lent=""):
        self.movie, self.pictures, self.size, self.fps, self.lent = movie, pictures, size, fps, lent

    def scene(self, name):
        scene = bpy.data.scenes.new(name)
        scene.render.fps, scene.render.fps_base = self.fps
        scene.render.resolution_x, scene.render.resolution_y = self.size
        scene.render.resolution_percentage = 100
        scene.sequence_editor_create()
        return scene

    def build(self, feature):
        strip = getattr(self, feature)(self.scene(feature))
        return bpy.data.scenes[feature], strip

    def features(self):
        known = [name for name in vars(Builder) if name not in ("build", "features", "scene") and name[0] != "_"]
        if bpy.app.version >= (4, 0, 0):
            known.remove("speed_factor")
        else:
            known = [name for name in known if "retimed" not in name]
        if bpy.app.version >= (5, 0, 0) and not self.lent:
            known.remove("adjusted")
        return known

    def _movie(self, holder, name="movie", start=START):
        return compat.new_movie(compat.strips_in(holder), name, self.movie, (1 if name == "movie" else 2, start))

    def plain(self, scene):
        return self._movie(scene.sequence_editor)

    def hard_trims(self, scene):
        strip = self.plain(scene)
        compat.set_trims(strip, 7, 5)
        return strip

    def soft_trims(self, scene):
        strip = self.plain(scene)
        compat.set_first_frame(strip, START + 6)
        compat.set_stop_frame(strip, START + 21)
        return strip

    def both_trims(self, scene):
        strip = self.hard_trims(scene)
        compat.set_first_frame(strip, compat.first_frame(strip) + 4)
        compat.set_stop_frame(strip, compat.stop_frame(strip) - 3)
        return strip

    def adjusted(self, scene):
        """As a person adds a movie: its playback rate is adjusted to the scene's. No Python can ask for that later."""
        if self.lent:  # made by another Blender, because the operator crashes this one
            bpy.data.scenes.remove(scene)
            with bpy.data.libraries.load(self.lent) as (_, wanted):
                wanted.scenes = ["adjusted"]
            return compat.strips_in(bpy.data.scenes["adjusted"].sequence_editor)[0]
        words = {"use_framerate": False, "sound": False, "set_view_transform": False, "adjust_playback_rate": True}
        with self._sequencer(scene, []):
            bpy.ops.sequencer.movie_strip_add(filepath=self.movie, frame_start=START, channel=1, **words)
        return compat.strips_in(scene.sequence_editor)[0]

    def held_ends(self, scene):
        strip = self.hard_trims(scene)
        compat.set_first_frame(strip, compat.first_frame(strip) - 5)
        compat.set_stop_frame(strip, compat.stop_frame(strip) + 6)
        return strip

    def reverse(self, scene):
        strip = self.plain(scene)
        strip.use_reverse_frames = True
        return strip

    def reverse_trimmed(self, scene):
        strip = self.both_trims(scene)
        strip.use_reverse_frames = True
        return strip

    def strobe(self, scene):
        strip = self.soft_trims(scene)
        strip.strobe = 3
        return strip

    def speed_factor(self, scene):
        strip = self.soft_trims(scene)
        strip.speed_factor = 2
        return strip

    def speed_effect(self, scene):
        strip = self.hard_trims(scene)
        span = (2, compat.first_frame(strip), compat.stop_frame(strip))
        effect = compat.new_effect(compat.strips_in(scene.sequence_editor), "SPEED", span, strip)
        effect.speed_control, effect.speed_factor = "MULTIPLY", 0.5
        return strip

    def retimed(self, scene):
        strip = self.plain(scene)
        self._retime(scene, strip)
        return strip

    def retimed_trimmed(self, scene):
        strip = self.soft_trims(scene)
        self._retime(scene, strip)
        return strip

    def _retime(self, scene, strip):
        first, stop = compat.first_frame(strip), compat.stop_frame(strip)
        with self._sequencer(scene, [strip]):
            for frame in (first + 8, first + 12):
                bpy.ops.sequencer.retiming_key_add(timeline_frame=frame)
        strip.retiming_keys[1].timeline_frame += 5
        assert len(strip.retiming_keys) >= 3, (first, stop)

    def _sequencer(self, scene, chosen):
        """The context of a person in the sequencer who has selected those strips."""
        window = bpy.context.window_manager.windows[0]
        window.scene = scene
        if hasattr(window.workspace, "sequencer_scene"):
            window.workspace.sequencer_scene = scene
        area = next(area for area in window.screen.areas if area.type == "SEQUENCE_EDITOR")
        region = next(region for region in area.regions if region.type == "WINDOW")
        for strip in compat.all_strips(scene.sequence_editor):
            strip.select = strip in chosen
        if chosen:
            scene.sequence_editor.active_strip = chosen[0]
        return bpy.context.temp_override(window=window, area=area, region=region, scene=scene)

    def sequence(self, scene):
        return self._sequence(scene, self.pictures)

    def sequence_part(self, scene):
        strip = self._sequence(scene, self.pictures[4:30])
        compat.set_trims(strip, 3, 2)
        compat.set_first_frame(strip, compat.first_frame(strip) + 2)
        compat.set_stop_frame(strip, compat.stop_frame(strip) - 4)
        return strip

    def sequence_held(self, scene):
        strip = self._sequence(scene, self.pictures[:12])
        compat.set_first_frame(strip, START - 3)
        compat.set_stop_frame(strip, START + 15)
        return strip

    def sequence_gaps(self, scene):
        return self._sequence(scene, self.pictures[2:8] + self.pictures[11:15])

    def sequence_unordered(self, scene):
        return self._sequence(scene, self.pictures[8:2:-1])

    def sequence_backward(self, scene):
        strip = self._sequence(scene, self.pictures[:20])
        strip.use_reverse_frames = True
        return strip

    def still(self, scene):
        strip = self._sequence(scene, self.pictures[9:10])
        compat.set_stop_frame(strip, START + 14)
        return strip

    def _sequence(self, scene, names):
        strips = compat.strips_in(scene.sequence_editor)
        strip = compat.new_image(strips, "pictures", names[0], (1, START))
        for name in names[1:]:
            strip.elements.append(name.rpartition("/")[2])
        return strip

    def scene_strip(self, scene):
        inner = self.scene("inner of scene_strip")
        self._movie(inner.sequence_editor, start=1)
        inner.frame_start, inner.frame_end = 3, 30
        strip = compat.strips_in(scene.sequence_editor).new_scene("scene", inner, channel=1, frame_start=START)
        strip.scene_input = "SEQUENCER"
        compat.set_first_frame(strip, START + 2)
        compat.set_stop_frame(strip, START + 20)
        return strip

    def meta(self, scene):
        return self._meta(scene)[0]

    def _meta(self, scene):
        strip = self.plain(scene)
        other = self._movie(scene.sequence_editor, "other", START + 45)
        other.use_reverse_frames = True
        meta = self._made_meta(scene, [strip, other])
        compat.set_first_frame(meta, START + 30)
        compat.set_stop_frame(meta, START + 50)
        return meta, strip

    def _made_meta(self, scene, chosen):
        editor = scene.sequence_editor
        with self._sequencer(scene, chosen):
            bpy.ops.sequencer.meta_make()
        return next(strip for strip in compat.strips_in(editor) if strip.type == "META")

    def movie_in_meta(self, scene):
        meta, strip = self._meta(scene)
        compat.set_first_frame(meta, START + 11)
        return strip

    def movie_in_metas(self, scene):
        meta, strip = self._meta(scene)
        compat.set_first_frame(meta, START)
        compat.set_stop_frame(meta, START + 50)
        meta.name = "inner"
        outer = self._made_meta(scene, [meta])
        compat.set_first_frame(outer, START + 5)
        compat.set_stop_frame(outer, START + 25)
        strip.use_reverse_frames = True
        return strip

    def looked_after(self, scene):
        """Muted, cropped, coloured, animated: what the new strip gets from the source does not go into its pictures."""
        strip = self.reverse(scene)
        strip.mute = True
        scene.sequence_editor.channels[1].mute = True
        strip.transform.offset_x, strip.transform.scale_y, strip.crop.min_x = 9, 0.5, 11
        strip.color_multiply, strip.use_flip_x, strip.blend_type = 0.3, True, "ALPHA_OVER"
        strip.modifiers.new("dark", "BRIGHT_CONTRAST").bright = -50
        strip.blend_alpha = 0.5
        strip.keyframe_insert("blend_alpha", frame=START)
        strip.transform.keyframe_insert("rotation", frame=START)
        return strip
