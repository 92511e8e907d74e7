"""A person's own emoticons: what a picture tells of a face -> a face drawn from parts.

In: a picture and where its face is, or what somebody clicked. Out: ``Traits`` (a few words and
numbers, kept as JSON), drawings of it with any expression as SVG, and files that messengers take.
Must never know: who anybody is. Tones are measured (ITA in CIELAB), never named by origin.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "traits": ["FACIAL_HAIR", "GLASSES", "HAIR", "SKIN", "STYLES", "Proportions", "Traits"],
    "drawing": ["skin_colour", "svg"],
    "reading": ["TraitsRead", "TraitsReader", "from_picture"],
    "exports": ["EIGHT", "animated", "pack", "picture", "png", "shown"],
})
