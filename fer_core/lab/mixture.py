"""A training set of FER2013, FER+, ExpW and web portraits under soft labels of one kind.

FER+'s votes stay what they are. Where labels are noisy (ExpW, the portraits), a picture's target
is what its own label, the shipped pair and two published teachers together make likely: a
logistic regression learns, out of fold, how far each of them can be trusted for each class
(so that a teacher who calls many neutral faces angry is believed less when it says anger), and
the label speaks as an annotator who errs one time in five. Near copies of test and validation
pictures are taken out.
"""

import json
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS, convert
from fer_core.errors import DatasetError
from fer_core.lab.cropping import aligned
from fer_core.lab.datasets import Joint, Samples, landmarks, load
from fer_core.lab.datasets.arrays import read_arrays
from fer_core.lab.datasets.close import close_landmarks
from fer_core.lab.datasets.teachers import Teachers, read_teachers
from fer_core.lab.duplicates import near_copies
from fer_core.networks.models import CROP
from fer_core.networks.recogniser import Recogniser
from fer_core.records import FloatArray

PLUS, BASIC = LABEL_SETS["ferplus"], LABEL_SETS["fer2013"]
NEUTRAL = PLUS.keys.index("neutral")
ERROR = 0.2
"""How often a label of ExpW is wrong, spread over the other classes."""
FOLDS = 5
SEPARATE = 500
"""East Asian pictures from which on trust in each opinion is learnt for them alone."""
SIDE = 96
"""px to which larger pictures are scaled down: twice what a crop needs."""


@dataclass(frozen=True)
class Plan:
    """What goes into the mixture.

    Attributes:
        common: neutral and happy pictures of ExpW, drawn at random; its rare classes all go in.
        portraits: neutral and happy web portraits; the others all go in.
        east_asian: times that a picture found by East Asian search words goes in; 0: never, to
            learn what these pictures are worth.
        shift: share of a FER+ target that goes to a non-neutral FER2013 label with which the
            RAF-DB teacher agrees, where FER+'s annotators mostly said neutral.
        error: how often a label of ExpW or of the portraits is taken to be wrong.
        certain: a noisy picture whose likeliest class is less likely than this stays out.
        seed: of what is drawn.
    """

    common: int = 15000
    portraits: int = 2000
    east_asian: int = 3
    shift: float = 0.2
    error: float = ERROR
    certain: float = 0.4
    seed: int = 0


def mix(settings: Settings, plan: Plan) -> tuple[Joint, dict[str, Any]]:
    """The mixture, and what was counted on the way.

    Args:
        settings: where the data lies (``fer2013plus``, ``expw``, ``web_expressions`` and
            ``teachers``, all ``.npz``) and the networks that give their opinion.

    Returns:
        pictures under both of the shipped networks' heads, and counts: pictures of each
        source, near copies taken out, labels overruled, unsure pictures left out.

    Raises:
        DatasetError: a file is missing or damaged.
    """
    recogniser, rng = Recogniser(settings), np.random.default_rng(plan.seed)
    fer = settings.data / "fer2013plus.npz"
    tests = [p for split in ("val", "test") for p in load(fer, split, BASIC).pictures]  # type: ignore[arg-type]
    counts: dict[str, Any] = {"plan": asdict(plan)}
    parts = [_fer(settings, plan, tests, counts),
             _noisy(settings, "expw", _drawn(_grey(load(settings.data / "expw.npz", "train", PLUS)),
                                             plan.common, rng), recogniser, tests, plan, counts),
             _noisy(settings, "web", _drawn(_grey(load(settings.data / "web_expressions.npz",
                                                       "train", PLUS)), plan.portraits, rng),
                    recogniser, tests, plan, counts)]
    targets = tuple(np.concatenate([p.targets[h] for p in parts]) for h in range(2))
    joint = Joint((PLUS, BASIC), [q for p in parts for q in p.pictures],
                  np.concatenate([p.landmarks for p in parts]), targets,
                  np.concatenate([p.label for p in parts]))
    counts["pictures"] = len(joint)
    return joint, counts


def write(joint: Joint, counts: dict[str, Any], path: Path) -> None:
    """Keep a mixture for ``train --mixture``: one file, never to be published."""
    streams = [cv2.imencode(".png", p)[1].ravel() for p in joint.pictures]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, mixture_png=np.concatenate(streams),
             offsets=np.cumsum([0, *map(len, streams)]), landmarks=joint.landmarks,
             plus=joint.targets[0], basic=joint.targets[1], counts=np.array(json.dumps(counts)))


def read(path: Path) -> Joint:
    """A mixture that ``write`` kept.

    Raises:
        DatasetError: another kind of file, or a damaged one.
    """
    data = read_arrays(path, {"mixture_png", "offsets", "landmarks", "plus", "basic"})
    if data is None:
        raise DatasetError("error.data.format", path=path)
    png, offsets = data["mixture_png"], data["offsets"]
    pictures = [cv2.imdecode(png[a:b], cv2.IMREAD_GRAYSCALE)
                for a, b in pairwise(offsets)]
    targets = data["plus"], data["basic"]
    return Joint((PLUS, BASIC), pictures, data["landmarks"], targets, _labels(*targets))  # type: ignore[arg-type]


def believed(opinions: list[FloatArray], label: NDArray[np.int64],
             error: float = ERROR) -> FloatArray:
    """What noisy labels and several opinions together make likely.

    Args:
        opinions: (N, C) probabilities each.
        label: (N,) noisy classes.
        error: how often a label is wrong.

    Returns:
        (N, C) probabilities over the classes that occur among the labels; 0 for the others.
    """
    known, place = np.unique(label, return_inverse=True)
    evidence = np.concatenate([np.log(np.maximum(o, 1e-3)) for o in opinions], axis=1)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=300))
    said = cross_val_predict(model, evidence, place, method="predict_proba", cv=StratifiedKFold(
        FOLDS, shuffle=True, random_state=0))
    heard = np.full((len(label), len(known)), error / max(len(known) - 1, 1))
    heard[np.arange(len(label)), place] = 1 - error
    out = np.zeros((len(label), opinions[0].shape[1]))
    out[:, known] = said * heard
    return out / out.sum(1, keepdims=True)  # type: ignore[no-any-return]


def _fer(settings: Settings, plan: Plan, tests: list[NDArray[np.uint8]],
         counts: dict[str, Any]) -> Joint:
    path = settings.data / "fer2013plus.npz"
    basic, plus = load(path, "train", BASIC), load(path, "train", PLUS)
    copied = near_copies(basic.pictures, tests)
    basic = basic.take(np.flatnonzero(~copied))
    rows = basic.attributes["row"].to_numpy()  # type: ignore[index]
    target = np.zeros((len(basic), len(PLUS.classes)))
    order = {row: i for i, row in enumerate(rows)}
    for row, votes in zip(plus.attributes["row"], plus.target, strict=True):  # type: ignore[index]
        if row in order:
            target[order[row]] = votes
    named = np.array([PLUS.keys.index(key) for key in BASIC.keys])[basic.label]
    raf = read_teachers(settings.data / "teachers.npz", "fer", rows).raf
    lifted = (named != NEUTRAL) & (raf.argmax(1) == named) & (target.argmax(1) == NEUTRAL) \
        & (target.sum(1) > 0)
    target[lifted] *= 1 - plan.shift
    target[lifted, named[lifted]] += plan.shift
    counts["fer"] = {"pictures": len(basic), "near_copies": int(copied.sum()),
                     "lifted": int(lifted.sum())}
    return Joint((PLUS, BASIC), basic.pictures, close_landmarks(basic.pictures),
                 (target, basic.target), _labels(target, basic.target))


def _noisy(settings: Settings, name: str, samples: Samples, recogniser: Recogniser,
           tests: list[NDArray[np.uint8]], plan: Plan, counts: dict[str, Any]) -> Joint:
    """Pictures with noisy labels under targets that several opinions made."""
    copied = near_copies(samples.pictures, tests)
    samples = samples.take(np.flatnonzero(~copied))
    table = samples.attributes
    taught = read_teachers(settings.data / "teachers.npz", name, table["row"].to_numpy())  # type: ignore[index]
    asked = np.flatnonzero(np.isfinite(taught.raf).all(1) & np.isfinite(taught.affect).all(1))
    samples, table = samples.take(asked), table.iloc[asked]  # type: ignore[union-attr]
    taught = Teachers(taught.raf[asked], taught.affect[asked], taught.found[asked])
    marks = close_landmarks(samples.pictures) if name == "expw" else landmarks(samples, settings)
    logits = recogniser.logits(aligned(samples, marks, CROP))
    ours = recogniser.vote(recogniser.calibrated(logits, PLUS))
    ours_basic = recogniser.vote(recogniser.calibrated(logits, BASIC))
    eastern = table["east_asian"].to_numpy() if "east_asian" in table else np.zeros(
        len(samples), bool)
    likely = np.empty((len(samples), len(PLUS.classes)))
    apart = (eastern, ~eastern) if eastern.sum() >= SEPARATE else (np.ones(len(samples), bool),)
    for group in apart:
        likely[group] = believed([o[group] for o in (ours, taught.raf, taught.affect)],
                                 samples.label[group], plan.error)
    overruled = likely.argmax(1) != samples.label
    target = _with_rare(likely, (ours + taught.raf) / 2, samples.label)
    bolder, agreed = _agreed(ours, taught)
    target[agreed] = (target[agreed] + bolder[agreed]) / 2
    sure = target.max(1) >= plan.certain
    times = np.where(eastern, plan.east_asian, 1) * sure
    chosen = np.repeat(np.arange(len(samples)), times)
    basic = (ours_basic + convert(target, PLUS, BASIC)) / 2
    counts[name] = {
        "pictures": len(chosen), "different": int((times > 0).sum()),
        "near_copies": int(copied.sum()), "overruled": int(overruled.sum()),
        "unsure": int((~sure).sum()), "teachers_against_neutral": int(agreed.sum()),
        "east_asian": int((eastern & sure).sum()),
        "right": {who: round(float((o.argmax(1) == samples.label).mean()), 4) for who, o in (
            ("ours", ours), ("raf", taught.raf), ("affect", taught.affect), ("believed", likely))}}
    return Joint((PLUS, BASIC), [samples.pictures[int(i)] for i in chosen], marks[chosen],
                 (target[chosen], basic[chosen]), _labels(target[chosen], basic[chosen]))


def _with_rare(likely: FloatArray, opinion: FloatArray, label: NDArray[np.int64]) -> FloatArray:
    """Targets that leave classes which no label names the share that opinions give them."""
    unnamed = np.setdiff1d(np.arange(likely.shape[1]), label)
    share = opinion[:, unnamed].sum(1, keepdims=True)
    out = likely * (1 - share)
    out[:, unnamed] = opinion[:, unnamed]
    return out / out.sum(1, keepdims=True)  # type: ignore[no-any-return]


def _agreed(ours: FloatArray, taught: Teachers) -> tuple[FloatArray, NDArray[np.bool_]]:
    """What the teachers say together, and where both plainly see an expression that we read as
    neutral."""
    said = (taught.raf + taught.affect) / 2
    best = taught.raf.argmax(1)
    rows = np.arange(len(best))
    return said, ((ours.argmax(1) == NEUTRAL) & (best != NEUTRAL)
                  & (taught.affect.argmax(1) == best) & (taught.raf[rows, best] >= 0.5)
                  & (taught.affect[rows, best] >= 0.5))


def _drawn(samples: Samples, common: int, rng: np.random.Generator) -> Samples:
    """All rare classes and East Asian pictures, and as many neutral and happy ones as wanted."""
    table = samples.attributes
    often = np.isin(samples.label, [NEUTRAL, PLUS.keys.index("happiness")])
    if table is not None and "east_asian" in table:
        often &= ~table["east_asian"].to_numpy()
    few = rng.permutation(np.flatnonzero(often))[:common]
    return samples.take(np.sort(np.concatenate([np.flatnonzero(~often), few])))


def _grey(samples: Samples) -> Samples:
    pictures = []
    for p in samples.pictures:
        grey = p if p.ndim == 2 else cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)
        scale = SIDE / min(grey.shape[:2])
        pictures.append(grey if scale >= 1 else cv2.resize(
            grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    return replace(samples, pictures=pictures)


def _labels(*targets: FloatArray) -> NDArray[np.int64]:
    """(N, H) likeliest classes, -1 where a head has no label."""
    return np.column_stack([np.where(t.sum(1) > 0, t.argmax(1), -1) for t in targets])
