"""A look at a data set before anybody trains on it: one HTML page that works offline."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from jinja2 import Environment
from numpy.typing import NDArray
from plotly.io import to_html

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS, convert
from fer_core.lab.cropping import aligned
from fer_core.lab.datasets import Samples, aihub, landmarks, load
from fer_core.lab.datasets.samples import digest
from fer_core.lab.datasets.teachers import SPOKEN, read_teachers
from fer_core.lab.duplicates import NEAR, near_copies
from fer_core.lab.evaluation import read_members
from fer_core.media.pictures import small_jpeg
from fer_core.networks.recogniser import Recogniser
from fer_core.records import FloatArray

EXAMPLES, SUSPECTS = 12, 24
FLAT = 6.0
"""Standard deviation of the grey levels under which a picture shows nothing."""

_PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<style>body{font:16px/1.5 sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem;color:#2b2a33}
table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #ece7df;
text-align:right}td:first-child,th:first-child{text-align:left}
.grid{display:flex;flex-wrap:wrap;gap:6px}figure{margin:0;width:104px}
img{width:104px;height:104px;object-fit:cover}figcaption{font-size:11px;color:#6f6b7d}</style>
</head><body><h1>{{ title }}</h1><p>{{ lead }}</p>
{% for heading, body in sections %}<h2>{{ heading }}</h2>
{% if body.figure %}{{ body.figure | safe }}{% endif %}
{% if body.table %}<table><tr>{% for c in body.table[0] %}<th>{{ c }}</th>{% endfor %}</tr>
{% for row in body.table[1] %}<tr>{% for c in row %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}
</table>{% endif %}
{% if body.text %}<p>{{ body.text }}</p>{% endif %}
{% if body.pictures %}<div class="grid">{% for src, caption in body.pictures %}<figure>
<img src="{{ src }}" alt="{{ caption }}"><figcaption>{{ caption }}</figcaption></figure>
{% endfor %}</div>{% endif %}{% endfor %}</body></html>
""")

Section = tuple[str, dict[str, Any]]


def explore(path: Path, samples: Samples, settings: Settings) -> str:
    """The page of a data set's split.

    It holds counts by emotion and by every attribute, the annotators' agreement and the
    ceiling that it sets, examples, what two published networks say of it (where ``teachers.npz``
    lies beside), near copies of the test pictures of FER2013, and what looks wrong: copies with
    different labels, empty pictures, pictures without a face, and those where the shipped
    networks are surest that the label is another.

    Args:
        path: where the samples came from; an AI-Hub folder tells more than its samples do.

    Returns:
        HTML that asks nothing of any network.
    """
    marks = landmarks(samples, settings)
    sections = [_emotions(samples), *_attributes(samples), *_agreement(path, samples),
                _examples(samples), *_taught(path, samples), *_near_tests(path, samples, settings),
                *_suspects(samples, marks, settings)]
    lead = (f"{len(samples)} pictures; a face was found on "
            f"{1 - np.isnan(marks[:, 0, 0]).mean():.1%} of them.")
    return _PAGE.render(title=f"{path.name}: {samples.labels.name}", lead=lead, sections=sections)


def _emotions(samples: Samples) -> Section:
    counts = np.bincount(samples.label, minlength=len(samples.labels.classes))
    figure = go.Figure(go.Bar(x=list(samples.labels.keys), y=counts,
                              marker_color=[e.colour for e in samples.labels.classes]))
    return "Emotions", {"figure": _html(figure, True), "table": (
        ("emotion", "pictures", "share"),
        [(k, int(n), f"{n / counts.sum():.1%}") for k, n in
         zip(samples.labels.keys, counts, strict=True)])}


def _attributes(samples: Samples) -> list[Section]:
    """A chart of each attribute that has few values or is a number."""
    found: list[Section] = []
    table = samples.attributes if samples.attributes is not None else pd.DataFrame()
    for name in table.columns:
        column = table[name].dropna()
        if name == "row":
            continue
        if pd.api.types.is_numeric_dtype(column):
            traces = [go.Histogram(x=column[samples.label[column.index] == i], name=k,
                                   marker_color=samples.labels.classes[i].colour)
                      for i, k in enumerate(samples.labels.keys)]
        elif 0 < column.nunique() <= 20:
            traces = [go.Bar(x=(c := column[samples.label[column.index] == i].value_counts()).index,
                             y=c.to_numpy(), name=k,
                             marker_color=samples.labels.classes[i].colour)
                      for i, k in enumerate(samples.labels.keys)]
        else:
            continue
        figure = go.Figure(traces).update_layout(barmode="stack")
        found.append((f"By {name}", {"figure": _html(figure)}))
    return found


def _agreement(path: Path, samples: Samples) -> list[Section]:
    """How often annotators saw what the label says: nobody can read these pictures better
    than people agree on them."""
    if path.is_dir():
        rows = aihub.rows(path)
        if rows:
            lines = []
            for emotion in dict.fromkeys(r.asked for r in rows):
                agreed = np.array([r.agreement for r in rows if r.asked == emotion])
                lines.append((emotion, *np.bincount(agreed, minlength=4)[:4].tolist(),
                              f"{agreed.mean() / 3:.1%}"))
            return [("Agreement of the annotators", {"table": (
                ("emotion", "none", "one", "two", "all three", "ceiling"), lines)})]
    table = samples.attributes
    if table is None or "agreement" not in table:
        return []
    shares = [(k, f"{table['agreement'][samples.label == i].mean():.1%}")
              for i, k in enumerate(samples.labels.keys) if (samples.label == i).any()]
    return [("Agreement of the annotators", {"table": (
        ("emotion", "ceiling: share of the commonest answer"), shares)})]


_TAUGHT = {"fer2013plus.npz": "fer", "expw.npz": "expw", "web_expressions.npz": "web"}
"""Files whose pictures ``teachers.npz`` speaks of, and by which name."""


def _taught(path: Path, samples: Samples) -> list[Section]:
    """How often two published networks read a picture as its label says: where both say the same
    other thing, the label is in doubt."""
    file, table = path.with_name("teachers.npz"), samples.attributes
    if path.name not in _TAUGHT or table is None or not file.exists():
        return []
    taught = read_teachers(file, _TAUGHT[path.name], table["row"].to_numpy())
    asked = np.isfinite(taught.raf).all(1) & np.isfinite(taught.affect).all(1)
    first, second = (convert(said, SPOKEN, samples.labels).argmax(1)
                     for said in (taught.raf, taught.affect))
    rows = []
    for i, key in enumerate(samples.labels.keys):
        of = asked & (samples.label == i)
        if of.any():
            against = (first == second) & (first != i)
            rows.append((key, int(of.sum()), *(f"{share[of].mean():.1%}" for share in (
                first == i, second == i, against))))
    return [("What two published networks say", {"table": (
        ("label", "pictures", "RAF-DB agrees", "AffectNet agrees", "both say the same other"),
        rows), "text": f"Not asked: {int((~asked).sum())} pictures."})]


def _near_tests(path: Path, samples: Samples, settings: Settings) -> list[Section]:
    """Pictures that look like one of FER2013's validation or test pictures."""
    tests = settings.data / "fer2013plus.npz"
    grey = [p if p.ndim == 2 else p.mean(axis=2).astype(np.uint8) for p in samples.pictures]
    if not tests.exists():
        return []
    fer, splits = LABEL_SETS["fer2013"], ("val", "test")
    held = [p for split in splits for p in load(tests, split, fer).pictures]  # type: ignore[arg-type]
    near = np.flatnonzero(near_copies(grey, held)).tolist()
    if len(near) == len(samples):  # they are those pictures
        return []
    return [("Looks like a validation or test picture of FER2013", {
        "text": f"{len(near)} pictures within {NEAR} of 64 bits of a perceptual hash.",
        "pictures": [(_source(samples.pictures[i]), samples.labels.keys[samples.label[i]])
                     for i in near[:SUSPECTS]]})]


def _examples(samples: Samples) -> Section:
    rng = np.random.default_rng(0)
    chosen = [int(i) for c in range(len(samples.labels.classes))
              for i in rng.permutation(np.flatnonzero(samples.label == c))[:EXAMPLES]]
    return "Examples", {"pictures": [
        (_source(samples.pictures[i]), samples.labels.keys[samples.label[i]]) for i in chosen]}


def _suspects(samples: Samples, marks: FloatArray, settings: Settings) -> list[Section]:
    keys = samples.labels.keys
    by_pixels: dict[str, list[int]] = {}
    for i, picture in enumerate(samples.pictures):
        by_pixels.setdefault(digest(picture), []).append(i)
    torn = [g for g in by_pixels.values() if len({int(samples.label[i]) for i in g}) > 1]
    copies = sum(len(g) - 1 for g in by_pixels.values())
    flat = [i for i, p in enumerate(samples.pictures) if p.std() < FLAT]
    faceless = np.flatnonzero(np.isnan(marks[:, 0, 0])).tolist()
    recogniser = Recogniser(settings)
    if set(keys) & set(recogniser.labels.keys):
        read = recogniser.vote(read_members(
            recogniser, aligned(samples, marks, recogniser.crop), samples))
    else:  # masks: no expressions to doubt
        read = np.zeros((len(samples), len(keys)))
    doubt = read.max(1) - read[np.arange(len(read)), samples.label]
    surest = [int(i) for i in np.argsort(-doubt)[:SUSPECTS] if doubt[i] > 0]

    def shown(indices: list[int], caption: Any) -> list[tuple[str, str]]:
        return [(_source(samples.pictures[i]), caption(i)) for i in indices[:SUSPECTS]]

    return [
        ("The same picture under different labels", {
            "text": f"{len(torn)} pictures; {copies} exact copies, "
                    f"{int(samples.leak.sum())} also in the training split.",
            "pictures": shown([g[0] for g in torn], lambda i: " / ".join(sorted(
                {keys[samples.label[j]] for g in torn if i in g for j in g})))}),
        ("Pictures that show nothing", {"text": f"{len(flat)} pictures.",
                                        "pictures": shown(flat, lambda i: keys[samples.label[i]])}),
        ("No face found", {"text": f"{len(faceless)} pictures.",
                           "pictures": shown(faceless, lambda i: keys[samples.label[i]])}),
        ("Where the networks are surest that the label is another", {
            "pictures": shown(surest, lambda i: f"{keys[samples.label[i]]}, read as "
                              f"{keys[read[i].argmax()]} {read[i].max():.0%}")})]


def _html(figure: go.Figure, first: bool = False) -> str:
    figure.update_layout(height=320, margin={"t": 10, "b": 30}, template="plotly_white")
    return str(to_html(figure, full_html=False, include_plotlyjs=first))


def _source(picture: NDArray[np.uint8], side: int = 104) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(small_jpeg(picture, side)).decode()
