"""A clip's file or a picture's to frames: true times, upright, RGB.

In: a path or bytes. Out: ``Frame`` one after the other, a ``Source``, a small JPEG.
Must never know: faces, networks, what a frame shows. Decoding is PyAV's and OpenCV's; people's
clips are decoded ``apart``, in a process that may break.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "names": ["safe_name"],
    "video": ["probe", "read_frames"],
    "pictures": ["small_jpeg", "thumbnail"],
    "decode": ["read_picture"],
})
