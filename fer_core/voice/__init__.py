"""Sound to speech: pauses, pitch, loudness, syllables, words, fillers, what was said.

In: ``Sound`` block by block. Out: a ``Voice``; facts of a transcript, by rule.
Must never know: pictures, scores, torch. Nothing that it hears is written anywhere or leaves
the computer; words are written down only where a model lies beside the weights.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "corrected": ["Edit", "corrected"],
    "ear": ["Ear", "LiveEar"],
    "summary": ["summed"],
    "scribe": ["Scribe", "Whisper"],
    "listening": ["Listener"],
    "said": ["content", "sentences", "star"],
})
