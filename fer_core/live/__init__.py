"""A webcam read while it is shown: the same way as a clip's, newest frame first.

In: the camera's pictures. Out: the picture to show, a ``Snapshot`` for the page, a ``Session``.
Must never know: streamlit, the page. The networks run in a process of their own.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "engine": ["LiveEngine"],
    "rounds": ["Round"],
    "snapshot": ["Snapshot"],
    "stream": ["Kept", "LiveAnalysis"],
    "overlay": ["Overlay"],
    "camera_check": ["Check", "NEUTRAL_SECONDS", "check_camera", "neutral_take"],
})
