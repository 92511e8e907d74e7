"""The one decision about precision: in which numbers networks run on a device.

Half precision is worth it only where the processor multiplies it itself: emulated it is many
times slower than float32. What is asked is what torch and oneDNN will really use, so that
``ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2`` imitates a processor without the units.
"""

import torch

from fer_core.config import Precision

HALVES = {"cpu": torch.bfloat16, "cuda": torch.float16}
"""The half precision in which a device reads."""


def choose(wish: Precision, device: str, *, training: bool = False) -> torch.dtype:
    """The precision of networks.

    Args:
        wish: ``Settings.precision``; ``auto`` takes the device's half precision where
            ``has_units``, else float32.
        device: ``cpu`` or ``cuda``.
        training: gradients vanish in float16's narrow range: bfloat16 is taken instead.
    """
    half = torch.bfloat16 if training or wish == "bfloat16" else HALVES[device]
    return half if wish == "bfloat16" or (wish == "auto" and has_units(device, half)) \
        else torch.float32


def has_units(device: str, kind: torch.dtype) -> bool:
    """Whether a device multiplies a kind of number itself."""
    if kind is torch.float32:
        return True
    if device == "cuda":
        return kind is torch.float16 or torch.cuda.is_bf16_supported(including_emulation=False)
    if kind is not torch.bfloat16 or not torch.backends.mkldnn.is_available():
        return False
    # oneDNN says yes from AVX-512 on, units or not; the processor does not know what was
    # forbidden to oneDNN.
    able = torch.cpu.get_capabilities()
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()) and any(
        able.get(unit) for unit in ("avx512_bf16", "amx_bf16", "bf16"))


def autocast(kind: torch.dtype, device: str) -> torch.autocast:
    """A context in which networks run in a precision."""
    return torch.autocast(device, kind, enabled=kind is not torch.float32)


def name(kind: torch.dtype) -> str:
    """``float32``, ``bfloat16`` or ``float16``."""
    return str(kind).removeprefix("torch.")
