"""The character and the place of the clip that `lipflap demo` draws."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np

from face_detection.pictures import Bgr8

from .canvas import Canvas, Colour, lay_over, placement
from .character import Character, Dress, Eyes, Hair, Head, MouthLook
from .curves import Points, bar, moved, oval, smooth
from .film import Shot, StudioFilm
from .motion import Action, Shapes
from .style import Style

SIZE = (1280, 720)
RATE = Fraction(24)

_SKY = ((238, 184, 104), (246, 238, 222))  # above, at the horizon
_HILLS: tuple[Colour, ...] = ((196, 190, 140), (150, 176, 104), (104, 158, 84), (72, 132, 66))

_EYES = Eyes(
    family="anime",
    x=0.42,
    y=-0.02,
    rx=0.225,
    ry=0.285,
    colour=(110, 150, 60),
    brow=0.055,
    brow_drop=0.26,
    brow_tilt=-0.06,
)
_MOUTH = MouthLook(
    family="cartoon",
    y=0.63,
    width=0.27,
    drop=0.36,
    smile=0.09,
    lip=(110, 110, 200),
    inside=(46, 22, 96),
    tongue=(128, 118, 232),
    line=0.032,
)


def demo_character() -> Character:
    """A girl with a red bob in front of green hills; made by hand, not by chance."""
    return Character(
        seed=16,
        head=Head(
            family="oval",
            width=0.98,
            top=1.22,
            bottom=1.08,
            bulge=2.15,
            chin=1.9,
            jaw=-0.03,
            colour=(176, 206, 250),
            ears="human",
            nose="hook",
            nose_size=0.1,
            blush=0.55,
        ),
        eyes=_EYES,
        mouth=_MOUTH,
        hair=Hair(front="parted", back="bob", colour=(38, 70, 178)),
        dress=Dress(body="bust", shoulders=1.65, length=4.0, colour=(150, 110, 44), second=(240, 240, 240)),
        style=Style(line=0.034, ink=(46, 26, 44), tapered=False, shading="cel", light=(-0.7, -0.7), contrast=0.17),
    )


def demo_film(shapes: Shapes, rate: Fraction = RATE) -> StudioFilm:
    """The demo clip: 1280x720, the head sways, the eyes blink.

    Args:
        shapes: (frames, 6), what her mouth does.
        rate: frames per second.
    """
    shot = Shot(SIZE, x=0.5, y=0.5, half_face=0.215, backdrop=demo_backdrop())
    return StudioFilm(demo_character(), shapes, rate, Action(motion="moving", seed=4), shot)


def demo_backdrop() -> Bgr8:
    """Hills under a morning sky, out of focus a little so that the character stands out."""
    width, height = SIZE
    picture = _sky(width, height)
    canvas = Canvas(SIZE, placement(1.0, 0.0, 0.0), 2)
    _draw_sun_and_clouds(canvas)
    for number, colour in enumerate(_HILLS):
        canvas.fill(_hill(number), colour)
        canvas.ramp(_hill(number), (_lighter(colour), colour), (0.0, -1.0), 0.0)
        _draw_trees(canvas, number, colour)
    _draw_fence(canvas)
    lay_over(picture, canvas.layer())
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.2), dtype=np.uint8)


def _sky(width: int, height: int) -> Bgr8:
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** 0.8
    above, below = (np.array(colour, np.float32) for colour in _SKY)
    return np.repeat((above * (1 - share) + below * share).astype(np.uint8), width, axis=1)


def _draw_sun_and_clouds(canvas: Canvas) -> None:
    canvas.fill(oval(1010, 150, 74, 74), (190, 240, 255))
    for x, y, size in ((230, 130, 1.0), (640, 80, 0.7), (1120, 250, 0.8)):
        for dx, dy, radius in ((-80, 12, 38), (-30, -10, 54), (36, -4, 46), (86, 14, 32)):
            canvas.fill(oval(x + dx * size, y + dy * size, radius * size, radius * 0.8 * size), (252, 250, 248))
        canvas.fill(oval(x, y + 26 * size, 118 * size, 24 * size, 4.0), (252, 250, 248))


def _hill(number: int) -> Points:
    x = np.linspace(-20, SIZE[0] + 20, 60)
    wave = np.sin(x / (260 - 30 * number) + 1.7 * number) * (46 - 5 * number) + np.sin(x / 97 + number) * 7
    edge = np.stack([x, 380 + 78 * number + wave], axis=1)
    return np.vstack([edge, [[SIZE[0] + 20, SIZE[1] + 20], [-20, SIZE[1] + 20]]])


def _draw_trees(canvas: Canvas, number: int, colour: Colour) -> None:
    edge = _hill(number)
    rng = np.random.default_rng(number)
    size = 15 + 13 * number
    for index in rng.choice(58, 6, replace=False):
        x, y = (float(v) for v in edge[index])
        canvas.fill(bar(x - size * 0.12, y - size, x + size * 0.12, y + 6), (50, 70, 92))
        leaves = smooth([(0, -3.2), (0.9, -2.0), (0.7, -0.8), (-0.7, -0.8), (-0.9, -2.0)], closed=True) * size
        shade: Colour = (round(colour[0] * 0.75), round(colour[1] * 0.86), round(colour[2] * 0.7))
        canvas.fill(moved(leaves, x, y), shade)
        canvas.crescent(moved(leaves, x, y), (-size * 0.25, -size * 0.2), _darker(shade))


def _draw_fence(canvas: Canvas) -> None:
    for x in range(-30, SIZE[0] + 60, 92):
        canvas.fill(bar(x, 596, x + 22, 720), (196, 214, 226))
        canvas.fill(bar(x + 15, 596, x + 22, 720), (160, 182, 198))
    canvas.fill(bar(-10, 622, SIZE[0] + 10, 638), (206, 222, 232))
    canvas.fill(bar(-10, 672, SIZE[0] + 10, 688), (206, 222, 232))


def _lighter(colour: Colour) -> Colour:
    return min(255, colour[0] + 34), min(255, colour[1] + 40), min(255, colour[2] + 40)


def _darker(colour: Colour) -> Colour:
    return round(colour[0] * 0.85), round(colour[1] * 0.85), round(colour[2] * 0.85)
