"""A microphone beside the camera, on a clock that stands until it is told."""

import threading
from fractions import Fraction

import av
import numpy as np
import pytest

from fer_core.errors import Cancelled, PoiseError
from fer_core.live.camera_check import check_voice
from fer_core.live.dictation import Dictation, Written
from fer_core.live.hearing import FRAMES, METER
from fer_core.live.pace import FAST, SILENT, STALE, Pace, pace
from fer_core.live.rounds import Round
from fer_core.live.worker import Heard, Sounds, Unread, hear
from fer_core.records import Answer, Stretch, Voice, Word
from fer_core.records.sound import RATE, Sound
from fer_core.texts import LANGUAGES, say
from fer_core.voice.ear import Ear, LiveEar
from tests.live.answers import heard
from tests.live.scripted import Scripted
from tests.speech import ENGLISH, joined, speak, voice_like

EACH = 0.02  # s of a frame


def frame(samples: np.ndarray, number: int | None = None, rate: int = RATE) -> av.AudioFrame:
    """As a browser's comes: two channels of 16 bits."""
    sound = np.repeat((samples * 32767).astype(np.int16), 2)[None]
    made = av.AudioFrame.from_ndarray(sound, "s16", "stereo")
    made.sample_rate = rate
    if number is not None:
        made.pts, made.time_base = number * len(samples), Fraction(1, rate)
    return made


class Talking(Scripted):
    """Somebody sits before the camera and speaks for 0.8 of every 2 s."""

    def __init__(self) -> None:
        super().__init__()
        self.sound = self.stream.hearing
        self.frames = 0

    def talk(self, seconds: float, deaf: bool = False, loud: float = 0.2) -> None:
        for _ in range(round(seconds / EACH)):
            self.now = round(self.now + EACH, 6)
            said = self.now % 2 < 0.8
            at = np.arange(round(EACH * RATE)) / RATE
            tone = loud * np.sin(2 * np.pi * 120 * (self.now + at)) * said
            self.sound.callback(frame(tone.astype(np.float32), round(self.now / EACH)))
            self.frames += 1
            if self.frames % 5 == 0:
                self.push()
                self.read()
            if not deaf and (sounds := self.stream.take_sound()):
                self.stream.deliver_sound([heard(s) for s in sounds])


@pytest.fixture
def script() -> Talking:
    return Talking()


def test_what_was_said_in_the_answers_is_in_the_session_and_nothing_else(script):
    stream = script.stream
    script.talk(6)
    start = stream.begin()
    script.talk(12)
    first = Answer("one", start, stream.pause())
    script.talk(4)  # thinking
    start = stream.begin()
    script.talk(8)
    second = Answer("two", start, stream.pause())
    script.talk(1)
    session = stream.session((first, second))
    speech = session.timeline["speech"]
    assert len(speech) == 20
    assert not np.isnan(speech).any()
    assert speech.reshape(-1, 2).mean(axis=0) == pytest.approx([0.8, 0.0], abs=0.05)
    assert session.voice.words is None
    assert all(p.seconds == pytest.approx(1.2, abs=0.1) for p in session.voice.pauses)
    assert any(s.name == "delivery" and s.value is not None for s in session.scores)


def test_a_silence_between_two_answers_is_no_pause(script):
    stream = script.stream
    answers = []
    script.talk(1)
    for question in "ab":  # each begins with 1 s of silence and ends with 0.2
        start = stream.begin()
        script.talk(12)
        answers.append(Answer(question, start, stream.pause()))
        script.talk(2)
    voice = stream.session(tuple(answers)).voice
    assert len(voice.pauses) == 10
    assert not any(p.start < 12 < p.end for p in voice.pauses)
    whole = Voice((Stretch(0.0, 9.0),), (Stretch(0.0, 1.0), Stretch(4.0, 5.0)),
                  np.zeros(0), np.zeros(0), np.zeros(0))
    assert [len(whole.apart(edges).pauses) for edges in ((), (3.0,), (0.0, 0.5, 9.0))] == [1, 0, 1]


class Scribble:
    """Writes down a word a second, and remembers what it was given."""

    def __init__(self) -> None:
        self.given, self.languages = [], []

    def listen(self, sounds, *, language=None):
        sound = np.concatenate([s.samples for s in sounds])
        self.given.append(sound)
        self.languages.append(language)
        words = tuple(Word(i + 0.1, i + 0.5, f"{len(self.given)}.{i}", 0.9)
                      for i in range(round(len(sound) / RATE)))
        return Voice((), (), np.zeros(0), np.zeros(0), np.zeros(0), language="en", words=words)


def finish(stream) -> None:
    stream.last_words().finish(lambda share: None, lambda: False)


def test_an_answer_taken_back_is_not_heard(script):
    stream, scribble = script.stream, Scribble()
    script.sound.dictate(scribble)
    stream.begin()
    script.talk(6)
    stream.pause()
    stream.rewind(0)
    script.talk(2)
    assert (script.sound._sounds, scribble.given) == ([], [])
    stream.begin()
    script.talk(4)
    end = stream.pause()
    script.talk(1)
    finish(stream)
    voice = stream.session((Answer("x", 0, end),)).voice
    assert voice.heard[-1].end == pytest.approx(4, abs=0.1)
    assert voice.text == "1.0 1.1 1.2 1.3"


def test_every_answer_is_written_down_when_it_has_ended_and_its_sound_is_dropped(script):
    stream, scribble = script.stream, Scribble()
    stream.begin()
    script.talk(4)
    assert (stream.last_words(), script.sound._sounds) == (None, [])
    stream.pause()
    stream.rewind(0)
    script.talk(2)
    script.sound.dictate(scribble)
    answers = []
    for i, seconds in enumerate((4, 3)):
        start = stream.begin()
        script.talk(seconds)
        assert len(script.sound._sounds) > 0
        answers.append(Answer("x", start, stream.pause()))
        script.talk(1)
        assert script.sound._sounds == []
        if not i:
            finish(stream)
            script.sound.dictate(None)  # a page drawn anew, a camera connected anew
            script.sound.dictate(scribble)
    finish(stream)
    assert [len(sound) for sound in scribble.given] == pytest.approx(
        [4 * RATE, 3 * RATE], abs=0.1 * RATE)
    assert np.abs(scribble.given[0]).max() == pytest.approx(0.2, abs=0.05), "it is the sound itself"
    assert scribble.languages == [None, "en"]
    voice = stream.session(tuple(answers)).voice
    assert voice.text == "1.0 1.1 1.2 1.3 2.0 2.1 2.2"
    assert voice.language == "en"


def test_the_words_of_the_answer_just_given(script):
    """By them the interviewer asks about it."""
    stream = script.stream
    stream.begin()
    assert stream.said() == ""  # nobody writes
    script.sound.dictate(Scribble())
    script.talk(4)
    stream.pause()
    assert stream.said() is None
    script.talk(1)
    finish(stream)
    assert stream.said() == "1.0 1.1 1.2 1.3"


def test_writing_that_is_stopped_or_fails_leaves_no_half_a_transcript(script):
    class Failing(Scribble):
        def listen(self, sounds, *, language=None):
            if self.given:
                raise PoiseError("error.speech.none")
            return super().listen(sounds, language=language)

    stream = script.stream
    script.sound.dictate(Failing())
    for _ in range(2):
        stream.begin()
        script.talk(4)
        end = stream.pause()
        script.talk(1)
    with pytest.raises(PoiseError):
        finish(stream)
    assert stream.session((Answer("x", 0, end),)).voice.words is None


def test_whoever_waits_for_the_words_can_stop():
    going = threading.Event()

    class Slow(Scribble):
        def listen(self, sounds, *, language=None):
            next(sounds)
            going.wait(30)
            return super().listen(sounds, language=language)

    written = Written()
    dictation = Dictation(Slow(), written)
    dictation.write(1, [Sound(float(i), np.zeros(RATE, np.float32)) for i in range(3)])
    shares = []
    with pytest.raises(Cancelled):
        dictation.finish(shares.append, lambda: True)
    going.set()
    dictation._thread.shutdown()
    assert (written.words, shares) == ({}, [0.0])


def test_a_worker_that_hears_nothing_for_long_costs_no_more_than_the_queue(script):
    stream = script.stream
    stream.begin()
    script.talk(30, deaf=True)
    assert len(script.sound._raw) == FRAMES
    script.talk(4)
    end = stream.pause()
    session = stream.session((Answer("x", 0, end),))
    unknown = np.isnan(session.timeline["speech"])
    assert unknown[:19].all()
    assert not unknown[21:33].any()


def test_a_stream_that_is_only_watched_does_not_grow(script):
    script.talk(100)
    assert len(script.sound._rows._rows) < 100 * 100
    assert script.stream.hearing.recent(0, 30) is None
    assert script.stream.hearing.recent(70, 100) is not None
    assert any(s.name == "delivery" and s.value is not None for s in script.stream.scores())


def test_nothing_leaves_the_callback(script, caplog):
    class Broken:
        def to_ndarray(self):
            raise RuntimeError("no sound")

    script.sound.callback(Broken())
    assert "could not be taken" in caplog.text
    script.talk(1)
    assert script.sound.level is not None


def test_the_level_is_of_now_and_says_what_clips(script):
    assert script.sound.level is None
    script.talk(0.6)
    level = script.sound.level
    assert level.loudness == pytest.approx(20 * np.log10(0.2 / np.sqrt(2)), abs=1)
    assert not level.clips
    script.now += METER + 0.1
    assert script.sound.level is None
    script.now += 2 - script.now % 2
    script.talk(0.4, loud=1.0)
    assert script.sound.level.clips


def test_the_microphones_check(script):
    assert check_voice(script.sound).fault == "no_sound"
    script.talk(2)
    assert check_voice(script.sound).fault is None
    script.now += 2
    script.talk(8, loud=1.0)
    assert check_voice(script.sound).fault == "clipped"
    script.now += 1.2
    script.talk(STALE + 1, deaf=True)
    assert check_voice(script.sound).fault == "listening"
    quiet = Talking()
    quiet.talk(4, loud=0.0)
    assert check_voice(quiet.sound).fault == "muted"
    room = Talking()
    room.talk(4, loud=0.004)
    assert check_voice(room.sound).fault == "no_speech"
    for language in LANGUAGES:
        for fault in ("no_sound", "muted", "listening", "no_speech", "quiet", "clipped", "noise"):
            assert say(f"page.practice.fault.{fault}", language)


def test_pace_and_silence():
    syllables = np.arange(0.1, 10, 0.25)
    voice = Voice((Stretch(0, 20),), (Stretch(0.0, 10.0),), np.zeros(0), np.zeros(0), syllables)
    now = pace(voice, 14.0)
    assert now.silence == 4.0
    assert now.syllables == pytest.approx(240 / 0.76, rel=0.01)
    assert now.fast("en")
    assert Pace(300.0, 0).fast("ko") is False
    assert FAST["en"] / 1.4 == pytest.approx(190)
    assert pace(None, 7.0) == Pace(None, 7.0)


def test_silence_counts_from_the_answer_on(script):
    script.talk(0.4)
    script.now = 2.0
    script.talk(4, loud=0.0)
    script.stream.begin()
    script.talk(2, loud=0.0)
    assert script.stream.pace().silence < SILENT
    script.talk(2, loud=0.0)
    assert script.stream.pace().silence >= SILENT
    script.now += STALE + 1
    assert script.stream.pace() is None, "a microphone that is gone is no silence"


def test_a_round_goes_on_elsewhere_with_what_was_heard_and_written(script):
    stream = script.stream
    script.sound.dictate(Scribble())
    start = stream.begin()
    script.talk(12)
    answer = Answer("x", start, stream.pause())
    script.talk(1)
    finish(stream)
    kept = stream.keep()
    from fer_core.live.stream import LiveAnalysis
    from fer_core.sessions.interview import Plan
    before = Round("x", Plan(("x", "y"), 5, 30), 1, (answer,), None, True, True, False, "box",
                   (64, 48), kept, sound=True, hints=True, words=True)
    found = Round.unpack(before.pack())
    assert (found.sound, found.hints, found.words) == (True, True, True)
    voice = found.session().voice
    assert voice.words == stream.session((answer,)).voice.words
    assert len(voice.words) == 12
    assert voice.spoken == stream.session((answer,)).voice.spoken
    other = Talking()
    other.stream = LiveAnalysis(other, 2, "x", lambda image, *_: image, lambda: other.now,
                                found.kept)
    other.sound = other.stream.hearing
    other.sound.dictate(scribble := Scribble())
    other.now = 40.0
    start = other.stream.begin()
    other.talk(6)
    second = Answer("y", start, other.stream.pause())
    other.talk(1)
    finish(other.stream)
    both = other.stream.session((answer, second))
    assert len(both.timeline) == 18
    assert not np.isnan(both.timeline["speech"]).any()
    assert len(both.voice.words) == 18
    assert (scribble.languages, len(scribble.given)) == (["en"], 1), "the first has its words"


def test_a_live_ear_hears_what_an_ear_hears():
    sound, _ = joined([speak(text) for text in ENGLISH[:2]], 0.8)
    whole = Ear()
    whole.hear([Sound(0.0, sound)])
    parts = [Sound(i / RATE, sound[i:i + 700]) for i in range(0, len(sound), 700)]
    live, rows = LiveEar(), []
    for part in parts:
        rows += live.hear([part])
    at = [first for first, _ in rows]
    assert at == np.cumsum([0, *(len(r) for _, r in rows[:-1])]).tolist()
    from fer_core.voice.summary import summed
    found = summed(np.concatenate([r for _, r in rows]), (Stretch(0, len(sound) / RATE),))
    expected = whole.voice()
    assert found.spoken[0] == expected.spoken[0]
    assert len(found.syllables) == pytest.approx(len(expected.syllables), abs=2)
    (first, _), *_ = live.hear([Sound(100.0, sound[:RATE])])
    assert first == 10_000, "behind a gap it begins anew"


def test_the_worker_hears_and_says_what_it_could_not():
    from collections import defaultdict
    ears = defaultdict(LiveEar)
    tone = voice_like(120, 1.0)
    answer = hear(ears, Sounds(1, [Sound(2.0, tone)]))
    assert isinstance(answer, Heard)
    assert [(first, rows.shape[1], rows.dtype) for first, rows in answer.rows] == [
        (200, 4, np.float32)]
    assert isinstance(hear(ears, Sounds(1, [None])), Unread)
    assert not ears
