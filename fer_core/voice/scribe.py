"""Words, written down by Whisper on this computer (faster-whisper, CTranslate2, int8).

What is heard is packed into stretches of under 30 s, the length that the model reads at once:
long silences are left out and stretches are cut where somebody draws breath. So memory does not
grow with the recording, and the model, which invents sentences over silence, hears none.
Reference: Radford et al. 2022, "Robust speech recognition via large-scale weak supervision".
"""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.errors import ModelError
from fer_core.records import Stretch, Word
from fer_core.records.sound import RATE
from fer_core.sessions.timeline import runs_of
from fer_core.texts import LANGUAGES
from fer_core.voice.activity import HOP
from fer_core.voice.stretches import widened

_LONGEST = 29 * RATE  # samples of a pack
_AROUND = 10  # hops of silence left around speech: 0.3 s
_BEST = 2  # ways of going on that are compared: no slower than one, and five cost a quarter more
_REPEATED = 2.4  # compression of text from which it is the model that repeats itself (Whisper's)


class Whisper:
    """The model, loaded once; scribes of several streams share it.

    Args:
        model: a folder, or a name to be had from the internet.
        threads: that it computes with.

    Raises:
        ModelError: faster-whisper is not installed, or there is no such model.
    """

    def __init__(self, model: str, threads: int) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise ModelError("error.speech.package") from error
        try:
            self._model = WhisperModel(model, device="cpu", compute_type="int8",
                                       cpu_threads=threads, num_workers=1)
        except Exception as error:  # whatever CTranslate2, the hub or the disk have to say
            raise ModelError("error.speech.model", name=model) from error
        self._encode = self._model.encode
        self._encoded: tuple[NDArray[np.float32], Any] | None = None
        self._model.encode = self._encode_once
        self._one = threading.Lock()

    def _encode_once(self, features: NDArray[np.float32]) -> Any:
        """Finding out the language and reading begin with the same half of the work."""
        if self._encoded is None or not np.array_equal(self._encoded[0], features):
            self._encoded = features, self._encode(features)
        return self._encoded[1]

    def language(self, samples: NDArray[np.float32]) -> str:
        """``ko`` or ``en``, whichever is likelier: over music and accents the model thinks of
        Welsh first."""
        with self._one:
            # The last frame is padding, which reading leaves out.
            *_, every = self._model.detect_language(
                features=self._model.feature_extractor(samples)[..., :-1])
        shares = dict(every)
        return max(LANGUAGES, key=lambda code: shares.get(code, 0.0))

    def read(self, samples: NDArray[np.float32], language: str) -> list[Word]:
        """Words of a pack, times from its start.

        Args:
            samples: up to 30 s.
            language: spoken in it.
        """
        with self._one:
            segments, _ = self._model.transcribe(
                samples, language=language, beam_size=_BEST, temperature=0.0,
                condition_on_previous_text=False, word_timestamps=True)
            return [word for segment in segments if segment.compression_ratio <= _REPEATED
                    for word in _words(segment)]


def _words(segment: Any) -> list[Word]:
    """Lone punctuation belongs to the word before it, and a part without a space too."""
    found: list[Word] = []
    for part in segment.words or ():
        text = part.word.strip()
        if found and text and (not part.word.startswith(" ") or not any(map(str.isalnum, text))):
            found[-1] = replace(found[-1], text=found[-1].text + text, end=float(part.end))
        elif text:
            found.append(Word(float(part.start), float(part.end), text, float(part.probability)))
    return found


class Scribe:
    """Writes down one stream.

    Args:
        whisper: the model.
        language: spoken in it; None: found out from the first stretch of speech.
    """

    def __init__(self, whisper: Whisper, language: str | None = None) -> None:
        self.language = language
        self._whisper = whisper
        self._words: list[Word] = []
        self._pack: list[tuple[float, NDArray[np.float32], NDArray[np.bool_]]] = []

    def write(self, start: float, samples: NDArray[np.float32],
              speech: NDArray[np.bool_]) -> None:
        """The stream's next samples.

        Args:
            start: s of the first.
            samples: (n * 512,) at 16 kHz.
            speech: (n,) whether each 512 of them are speech.
        """
        kept = widened(speech, _AROUND)
        # Speech may begin with the next block: its first sound is already here.
        kept[-_AROUND:] = True
        for first, last in runs_of(kept):
            self._pack.append((start + first * HOP / RATE, samples[first * HOP:last * HOP],
                               speech[first:last]))
        while sum(len(piece) for _, piece, _ in self._pack) > _LONGEST:
            self._read(self._cut())

    def words(self) -> tuple[Word, ...]:
        """All words up to now, in order."""
        self._read(self._pack)
        self._pack = []
        return tuple(self._words)

    def _cut(self) -> list[tuple[float, NDArray[np.float32], NDArray[np.bool_]]]:
        """Take a pack off the front, up to its longest silence in the second half."""
        speech = np.concatenate([s for *_, s in self._pack])[:_LONGEST // HOP]
        half = len(speech) // 2
        silences = runs_of(~speech[half:])
        first, last = max(silences, key=lambda run: run[1] - run[0],
                          default=(len(speech) - half, len(speech) - half))
        cut = half + (first + last) // 2
        taken, rest, count = [], [], 0
        for start, samples, said in self._pack:
            here = min(max(cut - count, 0), len(said))
            count += len(said)
            if here:
                taken.append((start, samples[:here * HOP], said[:here]))
            if here < len(said):
                rest.append((start + here * HOP / RATE, samples[here * HOP:], said[here:]))
        self._pack = rest
        return taken

    def _read(self, pack: list[tuple[float, NDArray[np.float32], NDArray[np.bool_]]]) -> None:
        if not any(speech.any() for *_, speech in pack):
            return
        samples = np.concatenate([piece for _, piece, _ in pack])
        if self.language is None:
            self.language = self._whisper.language(samples)
        # Where each piece begins in the pack and in the recording; between, time runs evenly.
        begins = (np.cumsum([0, *(len(piece) for _, piece, _ in pack)]) / RATE).tolist()
        for word in self._whisper.read(samples, self.language):
            piece = int(np.searchsorted(begins, word.start + 1e-3, "right")) - 1
            start, whole, _ = pack[min(piece, len(pack) - 1)]
            shift = start - begins[min(piece, len(pack) - 1)]
            begin = max(word.start + shift, self._words[-1].end if self._words else 0.0)
            end = max(min(word.end + shift, start + len(whole) / RATE), begin)
            self._words.append(replace(word, start=round(begin, 2), end=round(end, 2),
                                       probability=round(word.probability, 3)))


def settled(words: tuple[Word, ...], spoken: tuple[Stretch, ...]) -> tuple[Word, ...]:
    """The words, each within the stretch of speech that holds most of it: the model lets a word
    begin in the silence before it, and end in the one after."""
    found = []
    for word in words:
        inside = [(max(s.start, word.start), min(s.end, word.end)) for s in spoken
                  if s.start < word.end and word.start < s.end]
        start, end = max(inside, key=lambda part: part[1] - part[0],
                         default=(word.start, word.end))
        found.append(replace(word, start=start, end=end))
    return tuple(found)
