import re
import string
from pathlib import Path

import pytest

from fer_core.emotions import EMOTIONS
from fer_core.errors import Cancelled, PoiseError
from fer_core.sessions.quality import RECORDING
from fer_core.sessions.scoring import SCORES
from fer_core.sessions.signals import PARTS
from fer_core.texts import LANGUAGES, entries, explain, say

ROOT = Path(__file__).parent.parent
SOURCES = [p for d in ("fer_core", "pages") for p in (ROOT / d).rglob("*.py")] + [ROOT / "app.py"]


def fields(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_entry_speaks_both_languages():
    assert [key for key, entry in entries().items() if set(entry) - {"en_one"} != set(LANGUAGES)
            or not all(sentence.strip() for sentence in entry.values())] == []


def test_both_languages_take_the_same_placeholders():
    assert [key for key, entry in entries().items()
            if len({frozenset(fields(sentence)) for sentence in entry.values()}) > 1] == []


def test_one_is_said_in_the_singular():
    assert [say("page.history.list", "en", count=n) for n in (0, 1, 2)] == [
        "0 sessions", "1 session", "2 sessions"]
    assert say("page.history.list", "ko", count=1) == "기록 1개"


def test_everything_registered_has_its_sentence():
    wanted = [f"emotion.{key}" for key in EMOTIONS]
    wanted += [f"score.{name}.{what}" for name in SCORES for what in ("label", "about")]
    wanted += [f"part.{name}.{what}" for name in PARTS for what in ("label", "about")]
    wanted += [f"moment.{kind}.{what}" for kind in spoken_in("moments.py", r'_(?:peak|longest)')
               for what in ("title", "text")]
    wanted += [f"moment.glances.{what}" for what in ("title", "text")]
    wanted += [f"warning.{code}" for code in {*spoken_in("quality.py", r"QualityWarning"),
                                              *RECORDING}]
    assert set(wanted) <= set(entries())
    assert sum(key.startswith(("moment.", "warning.")) for key in wanted) == 7 * 2 + 22


def spoken_in(file, function):
    """The codes with which a source calls a function."""
    source = (ROOT / "fer_core" / "sessions" / file).read_text("utf-8")
    return re.findall(rf'{function}\(\s*"(\w+)"', source)


def test_every_key_in_the_source_exists():
    spoken = re.compile(r'"((?:error|page|report|plot|abstain)\.[a-z_.]*[a-z_])"')
    assert [(path.name, key) for path in SOURCES
            for key in spoken.findall(path.read_text("utf-8")) if key not in entries()] == []


def test_errors_explain_themselves():
    assert explain(PoiseError("error.model.missing", path="x"), "en").startswith("The model")
    assert "멈췄" in explain(Cancelled(), "ko")
    with pytest.raises(KeyError):
        say("no.such.key", "ko")
