"""Characters by chance: every family with its proportions, colours and parts, varied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import palette
from .character import HEAD_FAMILIES, MOUTH_FAMILIES, Character, Dress, Eyes, Hair, Head, MouthLook
from .style import draw_style


def draw_character(
    seed: int | np.random.Generator,
    *,
    heads: tuple[str, ...] = HEAD_FAMILIES,
    mouths: tuple[str, ...] = MOUTH_FAMILIES,
) -> Character:
    """A character by chance, always the same for the same seed.

    Args:
        seed: a number, or a generator to take the next character from.
        heads: families to choose from; by default those that training may see.
        mouths: the same.
    """
    rng = seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)
    family = str(rng.choice(heads, p=_weights(heads)))
    head = _head(family, rng)
    eyes = _eyes(head, rng)
    style = draw_style(rng, person=family == "person")
    character = Character(
        seed=int(rng.integers(1 << 31)),
        head=head,
        eyes=eyes,
        mouth=_mouth(head, eyes, mouths, rng),
        hair=_hair(head, rng),
        dress=_dress(head, rng),
        style=style,
        turn=float(np.clip(rng.normal(0, 0.22), -0.6, 0.6)) if rng.uniform() < 0.6 else 0.0,
    )
    return _matched(character, rng)


def _weights(heads: tuple[str, ...]) -> list[float]:
    share = [1.6 if name in {"person", "anime", "oval"} else 1.0 for name in heads]
    return [s / sum(share) for s in share]


def _head(family: str, rng: np.random.Generator) -> Head:
    """Proportions of the family, varied."""
    #            width top   bottom bulge chin jaw
    shapes = {
        "round": (1.1, 1.15, 1.0, 2.1, 2.1, 0.0),
        "square": (1.0, 1.2, 1.1, 3.4, 3.6, 0.05),
        "long": (0.82, 1.35, 1.45, 2.4, 2.2, -0.05),
        "oval": (0.92, 1.3, 1.2, 2.2, 1.9, -0.08),
        "chibi": (1.15, 1.2, 0.85, 2.2, 2.2, 0.05),
        "anime": (0.92, 1.3, 1.0, 2.2, 1.65, -0.12),
        "person": (0.86, 1.3, 1.25, 2.3, 2.05, -0.06),
        "pear": (0.95, 1.25, 1.2, 2.1, 2.6, 0.28),
        "bear": (1.15, 1.1, 1.0, 2.2, 2.2, 0.0),
        "dog": (0.95, 1.15, 1.15, 2.3, 2.2, 0.0),
        "cat": (1.15, 1.0, 0.9, 2.2, 2.0, 0.05),
        "robot": (1.0, 1.1, 1.1, 6.0, 6.0, 0.0),
        "tv": (1.3, 1.0, 1.0, 9.0, 9.0, 0.0),
        "blob": (1.1, 1.2, 1.1, 1.9, 2.5, 0.1),
    }
    width, top, bottom, bulge, chin, jaw = (v * f for v, f in zip(shapes[family], rng.normal(1, 0.06, 6), strict=True))
    beast = family in {"bear", "dog", "cat"}
    colour = palette.fur(rng) if beast else palette.skin(rng, strange=_strangeness(family))
    return Head(
        family=family,
        width=width,
        top=top,
        bottom=bottom,
        bulge=bulge,
        chin=max(chin, 1.4),
        jaw=jaw,
        colour=colour,
        second=palette.between(colour, palette.WHITE, rng.uniform(0.3, 0.8)) if rng.uniform() < 0.75 else colour,
        ears={"bear": "round", "dog": "floppy", "cat": "pointed", "robot": "bolts", "tv": "aerial"}.get(
            family, "human" if family != "blob" else "none"
        ),
        nose=_nose(family, rng),
        nose_size=float(rng.uniform(0.08, 0.24)),
        blush=float(rng.uniform(0, 0.6)) if rng.uniform() < 0.35 else 0.0,
    )


def _strangeness(family: str) -> float:
    return {"person": 0.0, "anime": 0.06, "oval": 0.1, "robot": 0.9, "tv": 0.9, "blob": 0.8}.get(family, 0.18)


def _nose(family: str, rng: np.random.Generator) -> str:
    if family in {"bear", "dog", "cat"}:
        return "snout"
    if family in {"robot", "blob", "tv"}:
        return str(rng.choice(["none", "dot", "round"]))
    if family in {"anime", "chibi"}:
        return str(rng.choice(["none", "dot", "hook"]))
    if family == "person":
        return "person"
    return str(rng.choice(["none", "dot", "hook", "round", "wings", "long"], p=[0.08, 0.12, 0.3, 0.18, 0.22, 0.1]))


def _eyes(head: Head, rng: np.random.Generator) -> Eyes:
    families = {
        "anime": ["anime"],
        "chibi": ["anime", "oval", "round"],
        "person": ["almond"],
        "robot": ["round", "lamp", "oval"],
        "tv": ["round", "lamp"],
    }.get(head.family, ["round", "oval", "dot", "goggle", "almond", "anime", "smile", "ring"])
    family = str(rng.choice(families))
    size = {"anime": 0.27, "round": 0.22, "goggle": 0.3, "oval": 0.12, "dot": 0.07, "almond": 0.19, "smile": 0.18}
    rx = size.get(family, 0.2) * float(rng.uniform(0.75, 1.3)) * (0.85 if head.family == "person" else 1.0)
    tall = {"anime": 1.35, "almond": 0.5, "oval": 1.5, "smile": 0.7}.get(family, 1.05) * float(rng.uniform(0.8, 1.2))
    apart = head.width * float(rng.uniform(0.38, 0.5))
    if family == "goggle":
        apart = rx * float(rng.uniform(0.9, 1.1))
    return Eyes(
        family=family,
        x=max(apart, rx * 0.9),
        y=-head.bottom * float(rng.uniform(-0.08, 0.16) + (-0.12 if head.family in {"anime", "chibi"} else 0.05)),
        rx=rx,
        ry=rx * tall,
        colour=palette.any_colour(rng) if rng.uniform() < 0.6 else (30, 50, 80),
        brow=float(rng.uniform(0.02, 0.14)) if rng.uniform() < 0.85 else 0.0,
        brow_drop=float(rng.uniform(0.12, 0.4)),
        brow_tilt=float(rng.normal(0, 0.18)),
        lashes=rng.uniform() < 0.35,
        look=(float(rng.uniform(-0.6, 0.6)), float(rng.uniform(-0.4, 0.4))) if rng.uniform() < 0.6 else (0.0, 0.0),
    )


def _mouth(head: Head, eyes: Eyes, mouths: tuple[str, ...], rng: np.random.Generator) -> MouthLook:
    fitting = {"person": ("soft",), "robot": ("slot", "line", "plain"), "tv": ("slot", "line", "plain")}
    beast = head.family in {"bear", "dog", "cat"}
    wanted = ("muzzle", "cartoon") if beast else fitting.get(head.family, ())
    allowed = [m for m in wanted if m in mouths] or [m for m in mouths if m != "muzzle" or beast] or list(mouths)
    if head.family in {"anime", "chibi"}:
        allowed = [m for m in allowed if m not in {"soft", "slot"}] or allowed
    small = 0.6 if head.family in {"anime", "chibi"} else 0.75 if head.family == "person" else 1.0
    below = eyes.y + eyes.ry
    y = below + (head.bottom - below) * float(rng.uniform(0.42, 0.62))
    width = head.width * float(rng.uniform(0.25, 0.55)) * small
    room = head.bottom * 0.94 - y
    return MouthLook(
        family=str(rng.choice(allowed)),
        y=y,
        width=width,
        drop=min(float(rng.uniform(0.7, 1.5)) * width, room * float(rng.uniform(0.7, 1.0))),
        smile=float(rng.normal(0.1, 0.16)) * width * 1.6,
        lip=palette.between(head.colour, palette.from_hsv(rng.uniform(-0.04, 0.03), 0.7, 0.7), rng.uniform(0.15, 0.8)),
        inside=palette.from_hsv(rng.uniform(-0.06, 0.05), rng.uniform(0.3, 0.9), rng.uniform(0.05, 0.5)),
        tongue=palette.from_hsv(rng.uniform(-0.06, 0.04), rng.uniform(0.3, 0.75), rng.uniform(0.65, 0.95)),
        line=float(rng.uniform(0.02, 0.07)),
    )


def _hair(head: Head, rng: np.random.Generator) -> Hair:
    if head.family in {"bear", "dog", "cat", "robot", "blob", "tv"}:
        hat = str(rng.choice(["none", "cap", "top", "beanie", "witch"], p=[0.75, 0.07, 0.06, 0.06, 0.06]))
        return Hair(front="none", hat=hat, hat_colour=palette.any_colour(rng))
    fronts = ["none", "short", "fringe", "parted", "spiky", "curly", "swept", "strands"]
    weights = [0.08, 0.17, 0.14, 0.14, 0.1, 0.1, 0.15, 0.12]
    if head.family in {"anime", "chibi"}:
        weights = [0.0, 0.05, 0.25, 0.1, 0.2, 0.0, 0.1, 0.3]
    front = str(rng.choice(fronts, p=weights))
    backs = ["none", "bob", "long", "curls", "bun", "ponytail", "pigtails", "flips"]
    back = "none" if front == "none" else str(rng.choice(backs, p=[0.3, 0.14, 0.2, 0.08, 0.08, 0.08, 0.06, 0.06]))
    hats = ["none", "cap", "top", "beanie", "witch", "helmet", "band"]
    hat = str(rng.choice(hats, p=[0.8, 0.05, 0.03, 0.04, 0.03, 0.03, 0.02]))
    return Hair(front, back, palette.hair(rng), hat, palette.any_colour(rng))


def _dress(head: Head, rng: np.random.Generator) -> Dress:
    manly = head.family not in {"robot", "tv", "blob", "bear", "dog", "cat", "chibi"}
    beards = ["none", "full", "goatee", "moustache", "stubble", "long"]
    beard = str(rng.choice(beards, p=[0.72, 0.08, 0.06, 0.07, 0.04, 0.03])) if manly else "none"
    glasses = str(rng.choice(["none", "round", "square", "shades"], p=[0.8, 0.09, 0.06, 0.05]))
    return Dress(
        body=str(rng.choice(["none", "bust", "figure"], p=[0.22, 0.53, 0.25])),
        shoulders=float(rng.uniform(0.9, 2.3)) * (0.8 if head.family in {"anime", "chibi"} else 1.0),
        length=float(rng.uniform(2.5, 8.0)),
        colour=palette.any_colour(rng),
        second=palette.any_colour(rng),
        glasses=glasses,
        beard=beard,
    )


def _matched(character: Character, rng: np.random.Generator) -> Character:
    """Parts made to agree: a mouth must stand out from dark skin where no line helps."""
    mouth, head = character.mouth, character.head
    if abs(palette.brightness(mouth.inside) - palette.brightness(head.colour)) < 0.15:
        darker = palette.brightness(head.colour) > 0.3
        mouth = replace(mouth, inside=palette.times(mouth.inside, 0.3) if darker else (200, 200, 220))
    if character.style.shading == "paper":
        hair = palette.between(character.hair.colour, palette.WHITE, rng.uniform(0, 1))
        return replace(character, mouth=mouth, hair=replace(character.hair, colour=hair))
    return replace(character, mouth=mouth)
