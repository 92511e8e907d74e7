"""Emotions and the label sets that networks are trained on.

A label set is the class order of a network. The scores never ask for a class by
name: they ask for a role (``calm``, ``positive``, ``fear``, ...), so that weights
trained on another set drop in.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Role = Literal["calm", "positive", "surprise", "fear", "sadness", "tension"]


@dataclass(frozen=True)
class Emotion:
    """One expression class.

    Attributes:
        key: name in ``texts.toml`` (``emotion.<key>``) and in every export.
        valence: -1 unpleasant to 1 pleasant; circumplex order of Russell (1980),
            the magnitudes are our judgement.
        roles: how the scores use it.
        colour: hex, distinct in lightness too, for readers who do not see hue.
        emoticon: shown instead of a face.
        aliases: folder and file names that mean this class.
    """

    key: str
    valence: float
    roles: frozenset[Role]
    colour: str
    emoticon: str
    aliases: tuple[str, ...] = ()


def _emotion(key: str, valence: float, roles: str, colour: str, emoticon: str,
             aliases: str = "") -> Emotion:
    named = frozenset(roles.split())
    return Emotion(key, valence, named, colour, emoticon, tuple(aliases.split()))  # type: ignore[arg-type]


EMOTIONS: dict[str, Emotion] = {e.key: e for e in (
    _emotion("neutral", 0.0, "calm", "#9AA5B1", "😐", "ne neu calm 중립 무표정"),
    _emotion("happiness", 0.9, "positive", "#F2B134", "😊", "happy ha hap joy smile 기쁨 행복"),
    _emotion("surprise", 0.1, "surprise", "#8E6BBF", "😮", "surprised su sur 놀람 놀라움"),
    _emotion("sadness", -0.7, "sadness tension", "#3E6FB0", "😢", "sad sa 슬픔"),
    _emotion("anger", -0.6, "tension", "#D1495B", "😠", "angry an ang 분노 화남"),
    _emotion("disgust", -0.7, "tension", "#5B8C5A", "🤢", "disgusted di dis 혐오 역겨움"),
    _emotion("fear", -0.8, "fear tension", "#2A9D8F", "😨",
             "fearful fe af afraid scared 공포 두려움"),
    _emotion("contempt", -0.5, "tension", "#A47148", "😒", "contemptuous con co 경멸"),
    _emotion("anxiety", -0.6, "fear tension", "#2A9D8F", "😟", "anxious 불안"),
    _emotion("panic", -0.5, "fear tension", "#8E6BBF", "😳", "embarrassed embarrassment 당황"),
    _emotion("hurt", -0.8, "sadness tension", "#5B7DB1", "🥺", "wounded 상처"),
)}


@dataclass(frozen=True)
class LabelSet:
    """A network's classes, in the order of its outputs."""

    name: str
    classes: tuple[Emotion, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(e.key for e in self.classes)

    @cached_property
    def valence(self) -> NDArray[np.float64]:
        """(C,) valence of each class."""
        return np.array([e.valence for e in self.classes])

    def role(self, role: Role) -> NDArray[np.float64]:
        """(C,) 1 where a class plays this role, else 0; all 0 where the set has none."""
        return np.array([float(role in e.roles) for e in self.classes])

    def index(self, name: str) -> int | None:
        """The class that a folder or label name means, or None.

        Matches the key or an alias, whatever the case, alone or beside digits and
        punctuation (``"AN"``, ``"03_anger"``, ``"Happy"``).
        """
        words = [w for w in re.split(r"[\W\d_]+", name.lower()) if w]
        for i, e in enumerate(self.classes):
            if any(w == e.key or w in e.aliases for w in words):
                return i
        return None


def _set(name: str, keys: str) -> LabelSet:
    return LabelSet(name, tuple(EMOTIONS[k] for k in keys.split()))


LABEL_SETS: dict[str, LabelSet] = {s.name: s for s in (
    _set("fer2013", "anger disgust fear happiness sadness surprise neutral"),
    _set("ferplus", "neutral happiness surprise sadness anger disgust fear contempt"),
    _set("aihub", "happiness anger sadness anxiety panic hurt neutral"),
    _set("facelog", "anger happiness panic sadness"),
    # Seed 000 kept three of AI-Hub's seven without naming them; these are the three
    # that an interview report can use.
    _set("interview3", "happiness panic neutral"),
)}


EVERY = LabelSet("every", tuple(EMOTIONS.values()))
"""All emotions: to tell a class that a label set lacks from a name that is no emotion."""


def heads(names: str) -> tuple[LabelSet, ...]:
    """The label sets of a network's heads: ``"ferplus+fer2013"`` -> (FER+, FER2013).

    Raises:
        KeyError: an unknown label set.
    """
    return tuple(LABEL_SETS[name] for name in names.split("+"))


def convert(probabilities: NDArray[np.float64], source: LabelSet,
            target: LabelSet) -> NDArray[np.float64]:
    """Read probabilities over one label set as another's.

    Classes that ``target`` lacks are dropped and the rest rescaled to sum to 1.

    Args:
        probabilities: (..., C_source).

    Returns:
        (..., C_target); zero for a class that ``source`` lacks.
    """
    out = np.zeros((*probabilities.shape[:-1], len(target.classes)))
    for i, key in enumerate(target.keys):
        if key in source.keys:
            out[..., i] = probabilities[..., source.keys.index(key)]
    total = out.sum(-1, keepdims=True)
    out /= np.where(total > 0, total, 1)
    return out
