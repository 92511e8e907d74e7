"""Where the candidate's face is, followed over time, and the crop that networks read.

In: ``Frame``. Out: ``Face`` (box, landmarks, track), head pose, the aligned grey crop: one
preprocessing for training and for use; how much the face changed.
Must never know: expressions, seconds, scores. torch begins here, for MTCNN.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "detector": ["FaceDetector"],
    "tracking": ["Follower"],
    "change": ["FaceChange"],
    "pose": ["head_pose"],
    "alignment": ["align", "alignment"],
})
