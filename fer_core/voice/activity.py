"""Where somebody speaks: Silero VAD, a network of a megabyte, run by ONNX Runtime.

Its Python package imports torch and is never imported: only the file in its wheel is used, the
variant that reads many frames in one call and so keeps off the GIL.
Reference: Silero Team, https://github.com/snakers4/silero-vad (MIT).
"""

from importlib.metadata import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HOP = 512
"""Samples that a value stands for: 32 ms at 16 kHz."""
_CONTEXT = 64
_FILE = "silero_vad_16k_sequence.onnx"


class Activity:
    """Probabilities of speech along one stream; keeps the network's memory between calls."""

    def __init__(self) -> None:
        import onnxruntime  # here, because it takes a tenth of a second and 30 MB

        options = onnxruntime.SessionOptions()
        # Frames depend on one another: more threads would only wait.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            network(), options, providers=["CPUExecutionProvider"])
        self._state = [np.zeros((1, 1, 128), np.float32)] * 2
        self._before = np.zeros(_CONTEXT, np.float32)

    def probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) 0 to 1, of every ``HOP`` samples.

        Args:
            samples: (n * HOP,) the stream's next, -1 to 1 at 16 kHz.
        """
        frames = samples.reshape(-1, HOP)
        ends = np.concatenate([self._before[None], frames[:, -_CONTEXT:]])
        self._before = ends[-1]
        found, *self._state = self._session.run(["speech_probs", "hn", "cn"], {
            "input": np.concatenate([ends[:-1], frames], axis=1),
            "h": self._state[0], "c": self._state[1]})
        return np.asarray(found)


def network() -> Path:
    """The network's file in the wheel ``silero-vad``."""
    return next(Path(str(f.locate())) for f in files("silero-vad") or () if f.name == _FILE)
