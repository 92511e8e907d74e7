"""A webcam read while it is shown, newest frame first, and a microphone heard: as a clip's are.

In: the camera's pictures, the microphone's sound. Out: the picture to show, a ``Snapshot`` for
the page, a ``Session``.
Must never know: streamlit, the page. The networks run in a process of their own.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "census": ["Census", "census"],
    "engine": ["LiveEngine"],
    "rounds": ["Round"],
    "sitting": ["Kept"],
    "snapshot": ["Snapshot"],
    "stream": ["LiveAnalysis"],
    "overlay": ["Overlay"],
    "camera_check": ["Check", "check_camera", "check_voice"],
    "hearing": ["Hearing", "Level"],
    "neutral": ["NEUTRAL_SECONDS", "NeutralTake", "neutral_take"],
    "pace": ["Pace", "pace"],
})
