"""Characters by chance: every family with its proportions, colours and parts, varied."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from . import palette
from .character import HEAD_FAMILIES, MOUTH_FAMILIES, Character, Dress, Eyes, Hair, Head, MouthLook
from .shares import BEARDS, BEAST_MOUTHS, BEASTS, GLASSES, HATS, SHAPES
from .style import draw_style


def draw_character(
    seed: int | np.random.Generator,
    *,
    heads: tuple[str, ...] = HEAD_FAMILIES,
    mouths: tuple[str, ...] = MOUTH_FAMILIES,
    aside: float = 0.0,
) -> Character:
    """A character by chance, always the same for the same seed.

    Args:
        seed: a number, or a generator to take the next character from.
        heads: families to choose from; by default those that training may see.
        mouths: the same.
        aside: share of heads that are turned far or seen in profile: for pictures of scenes, for such a mouth can't
            be animated from drawings of the front.
    """
    rng = seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)
    family = str(rng.choice(heads, p=_weights(heads)))
    style = draw_style(rng, person=family == "person")
    head = _head(family, rng)
    if style.era == "hose" and family not in BEASTS:
        head = replace(head, nose="round", nose_size=rng.uniform(0.16, 0.34))
    eyes = _eyes(head, rng, style.era)
    character = Character(
        seed=int(rng.integers(1 << 31)),
        head=head,
        eyes=eyes,
        mouth=_mouth(head, eyes, mouths, rng),
        hair=_hair(head, rng),
        dress=_dress(head, rng),
        style=style,
        turn=_turn(rng, aside),
    )
    return _matched(character, rng)


def _turn(rng: np.random.Generator, aside: float) -> float:
    """Radians. Args: aside: share of heads turned by more than 0.6."""
    if rng.uniform() < aside:
        return float(
            rng.choice([-1.0, 1.0]) * (rng.uniform(0.6, 0.95) if rng.uniform() < 0.5 else rng.uniform(1, 1.35))
        )
    return float(np.clip(rng.normal(0, 0.22), -0.6, 0.6)) if rng.uniform() < 0.6 else 0.0


def _weights(heads: tuple[str, ...]) -> list[float]:
    share = [1.6 if name in {"person", "anime", "oval"} else 1.0 for name in heads]
    return [s / sum(share) for s in share]


def _head(family: str, rng: np.random.Generator) -> Head:
    """Proportions of the family, varied."""
    width, top, bottom, bulge, chin, jaw = (v * f for v, f in zip(SHAPES[family], rng.normal(1, 0.06, 6), strict=True))
    colour = palette.fur(rng) if family in BEASTS else palette.skin(rng, strange=_strangeness(family))
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
        ears=_ears(family, rng),
        nose=_nose(family, rng),
        nose_size=float(rng.uniform(0.08, 0.24)),
        blush=float(rng.uniform(0, 0.6)) if rng.uniform() < 0.35 else 0.0,
        snout=float(rng.uniform(0.2, 0.7)) * (1.4 if family == "bird" else 1.0) if family in BEASTS else 0.0,
    )


def _ears(family: str, rng: np.random.Generator) -> str:
    if family == "bird":
        return "tuft" if rng.uniform() < 0.4 else "none"
    ears = {"bear": "round", "dog": "floppy", "cat": "pointed", "mouse": "dish", "robot": "bolts", "tv": "aerial"}
    return ears.get(family, "human" if family != "blob" else "none")


def _strangeness(family: str) -> float:
    return {"person": 0.0, "anime": 0.06, "oval": 0.1, "robot": 0.9, "tv": 0.9, "blob": 0.8}.get(family, 0.18)


def _nose(family: str, rng: np.random.Generator) -> str:
    if family == "bird":
        return "none"
    if family in BEASTS:
        return "snout"
    if family in {"robot", "blob", "tv"}:
        return str(rng.choice(["none", "dot", "round"]))
    if family in {"anime", "chibi"}:
        return str(rng.choice(["none", "dot", "hook"]))
    if family == "person":
        return "person"
    return str(rng.choice(["none", "dot", "hook", "round", "wings", "long"], p=[0.08, 0.12, 0.3, 0.18, 0.22, 0.1]))


def _eye_family(head: Head, era: str, rng: np.random.Generator) -> str:
    families = {
        "anime": ["anime"],
        "chibi": ["anime", "oval", "round"],
        "person": ["almond"],
        "robot": ["round", "lamp", "oval"],
        "tv": ["round", "lamp"],
    }.get(
        head.family, ["round", "oval", "dot", "goggle", "almond", "anime", "smile", "ring", "sleepy", "pie", "button"]
    )
    families = ["pie", "pie", "pie", "oval", "goggle"] if era == "hose" else families
    return str(rng.choice(families))


def _eyes(head: Head, rng: np.random.Generator, era: str) -> Eyes:
    family = _eye_family(head, era, rng)
    size = {
        "anime": 0.27,
        "round": 0.22,
        "goggle": 0.3,
        "oval": 0.12,
        "dot": 0.07,
        "almond": 0.19,
        "smile": 0.18,
        "pie": 0.22,
    }
    rx = size.get(family, 0.2) * float(rng.uniform(0.75, 1.3)) * (0.85 if head.family == "person" else 1.0)
    tall = {"anime": 1.35, "almond": 0.5, "oval": 1.5, "smile": 0.7, "pie": 1.6}.get(family, 1.05) * float(
        rng.uniform(0.8, 1.2)
    )
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
        wink=float(rng.choice([-1.0, 1.0])) if rng.uniform() < (0.5 if head.family == "sailor" else 0.03) else 0.0,
        look=(float(rng.uniform(-0.6, 0.6)), float(rng.uniform(-0.4, 0.4))) if rng.uniform() < 0.6 else (0.0, 0.0),
    )


def _mouth(head: Head, eyes: Eyes, mouths: tuple[str, ...], rng: np.random.Generator) -> MouthLook:
    fitting = {"person": ("soft",), "robot": ("slot", "line", "plain"), "tv": ("slot", "line", "plain")}
    wanted = BEAST_MOUTHS if head.family in BEASTS else fitting.get(head.family, ())
    elsewhere = [m for m in mouths if m not in {"muzzle", "beak"}]
    allowed = [m for m in wanted if m in mouths] or elsewhere or list(mouths)
    if head.family == "bird" and "beak" in mouths:
        allowed = ["beak"]
    if head.family in {"anime", "chibi"}:
        allowed = [m for m in allowed if m not in {"soft", "slot"}] or allowed
    small = 0.6 if head.family in {"anime", "chibi"} else 0.75 if head.family == "person" else 1.0
    below = eyes.y + eyes.ry
    y = below + (head.bottom - below) * float(rng.uniform(0.42, 0.62))
    width = head.width * float(rng.uniform(0.25, 0.55)) * small
    width *= float(rng.uniform(0.45, 0.8)) if rng.uniform() < 0.15 and head.family != "bird" else 1.0
    room = head.bottom * 0.94 - y
    return MouthLook(
        family=str(rng.choice(allowed)),
        x=float(rng.normal(0, 0.16)) * (head.width - width) if rng.uniform() < 0.12 and head.snout == 0 else 0.0,
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
    if head.family in BEASTS or head.family in {"robot", "blob", "tv"}:
        hats = ["none", "cap", "top", "beanie", "witch", "sailor", "straw", "crown", "glass", "hood"]
        hat = str(rng.choice(hats, p=[0.7, 0.05, 0.04, 0.04, 0.04, 0.03, 0.03, 0.03, 0.02, 0.02]))
        return Hair(front="none", hat=hat, hat_colour=palette.any_colour(rng))
    fronts = ["none", "short", "fringe", "parted", "spiky", "curly", "swept", "strands"]
    weights = [0.08, 0.17, 0.14, 0.14, 0.1, 0.1, 0.15, 0.12]
    if head.family in {"anime", "chibi"}:
        weights = [0.0, 0.05, 0.25, 0.1, 0.2, 0.0, 0.1, 0.3]
    front = str(rng.choice(fronts, p=weights))
    backs = ["none", "bob", "long", "curls", "bun", "ponytail", "pigtails", "flips"]
    back = "none" if front == "none" else str(rng.choice(backs, p=[0.3, 0.14, 0.2, 0.08, 0.08, 0.08, 0.06, 0.06]))
    hat = str(rng.choice(list(HATS), p=list(HATS.values())))
    if head.family == "sailor" and rng.uniform() < 0.6:
        hat = "sailor"
    return Hair(front, back, palette.hair(rng), hat, palette.any_colour(rng))


def _dress(head: Head, rng: np.random.Generator) -> Dress:
    manly = head.family not in BEASTS and head.family not in {"robot", "tv", "blob", "chibi"}
    share = 3.0 if head.family == "sailor" else 1.0
    beards = np.array(list(BEARDS.values())) * share
    beard = str(rng.choice(["none", *BEARDS], p=[1 - beards.sum(), *beards])) if manly else "none"
    glasses = str(rng.choice(list(GLASSES), p=list(GLASSES.values())))
    trims = ["none", "buttons", "stripes", "tie", "belt", "badge"]
    return Dress(
        body=str(rng.choice(["none", "bust", "figure"], p=[0.22, 0.53, 0.25])),
        shoulders=float(rng.uniform(0.9, 2.3)) * (0.8 if head.family in {"anime", "chibi"} else 1.0),
        length=float(rng.uniform(2.5, 8.0)),
        colour=palette.any_colour(rng),
        second=palette.any_colour(rng),
        glasses=glasses,
        beard=beard,
        trim=str(rng.choice(trims)),
    )


def _matched(character: Character, rng: np.random.Generator) -> Character:
    """Parts made to agree: a mouth must stand out from dark skin where no line helps."""
    mouth, head = character.mouth, character.head
    if abs(palette.brightness(mouth.inside) - palette.brightness(head.colour)) < 0.15:
        darker = palette.brightness(head.colour) > 0.3
        mouth = replace(mouth, inside=palette.times(mouth.inside, 0.3) if darker else (200, 200, 220))
    if mouth.family == "beak":
        horn = palette.from_hsv(rng.uniform(0.05, 0.16), rng.uniform(0.1, 0.95), rng.uniform(0.3, 1.0))
        mouth = replace(
            mouth, lip=horn, inside=palette.from_hsv(rng.uniform(-0.05, 0.05), 0.6, rng.uniform(0.05, 0.35))
        )
    if head.family == "mouse" and rng.uniform() < 0.6:
        skin = palette.skin(rng, strange=0.1)
        head = replace(head, colour=palette.times(palette.INK, rng.uniform(0.8, 2.5)), second=skin)
        mouth = replace(mouth, inside=palette.times(skin, 0.25))
    character = replace(character, head=head)
    if character.style.shading == "paper":
        hair = palette.between(character.hair.colour, palette.WHITE, rng.uniform(0, 1))
        return replace(character, mouth=mouth, hair=replace(character.hair, colour=hair))
    return replace(character, mouth=mouth)
