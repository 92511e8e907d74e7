"""Ways to run the shipped networks, compared in one run: which is the fastest honest one."""

import importlib.util
import tempfile
import time
import warnings
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from fer_core.config import Settings
from fer_core.faces.alignment import to_tensor
from fer_core.networks import precision
from fer_core.networks.recogniser import Recogniser, softmax
from fer_core.records import FloatArray

BATCHES = (1, 8, 16)
REPEATS = 15
Run = Callable[[torch.Tensor], list[torch.Tensor]]
"""(N, 1, S, S) float32 -> the outputs of every network."""


class Absent(Exception):
    """A runtime that is not installed, or that cannot run these networks here."""


class Where(NamedTuple):
    """What runs the networks: ``kind`` is the product's precision."""

    device: str
    kind: torch.dtype

    @property
    def half(self) -> torch.dtype:
        """The product's half precision, the device's own where the product takes none."""
        return precision.HALVES[self.device] if self.kind is torch.float32 else self.kind

    def need(self, kind: torch.dtype) -> None:
        """Emulated, a precision takes minutes where float32 takes seconds.

        Raises:
            Absent: the device has no units for it.
        """
        if not precision.has_units(self.device, kind):
            raise Absent("not on this processor")


def compare(settings: Settings, seed: int = 0) -> dict[str, Any]:
    """Time every runtime on the same crops and with the same threads.

    Returns:
        ``runtimes`` {name: {ms: {batch: ms per face, both networks}, speedup: {batch: times as
        fast as eager float32}, difference: largest difference of a probability}, or {absent:
        why}}; ``precision``, the product's, and ``half``, the device's half precision;
        ``flops`` of a face, ``peak``, FLOP/s of a large matrix product measured in the same
        run in the product's precision, ``faces_per_second`` of the product at the largest
        batch, and ``limit_share``, its FLOP/s against the peak; the last three are None where
        the product's own row is absent.
    """
    recogniser = Recogniser(settings)
    networks = [n.eval() for n in recogniser.networks]
    device = recogniser.device
    where = Where(device, recogniser.precision)
    rng = np.random.default_rng(seed)
    crops = rng.integers(0, 255, (max(BATCHES), recogniser.crop, recogniser.crop), np.uint8)
    exact: FloatArray | None = None
    rows: dict[str, Any] = {}
    for name, make in RUNTIMES.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                run = make([deepcopy(n) for n in networks], where)
                read = _read(run, crops, device)
                ms = {b: _ms(run, crops[:b], device) / b for b in BATCHES}
        except Absent as error:
            rows[name] = {"absent": str(error)}
            continue
        exact = read if exact is None else exact
        base = rows.get("eager float32", {}).get("ms", ms)
        rows[name] = {"ms": {b: round(v, 3) for b, v in ms.items()},
                      "speedup": {b: round(base[b] / v, 2) for b, v in ms.items()},
                      "difference": round(float(np.abs(read - exact).max()), 4)}
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        for network in networks:
            network(to_tensor(crops[:1]).to(device))
    result = {"device": device, "threads": torch.get_num_threads(), "runtimes": rows,
              "precision": precision.name(where.kind), "half": precision.name(where.half),
              "flops": counter.get_total_flops(), "peak": None, "limit_share": None,
              "faces_per_second": None}
    own = rows.get("eager half" if where.kind is where.half else "eager float32", {})
    if "ms" in own:
        best, peak = own["ms"][max(BATCHES)] / 1000, _peak(where)
        result |= {"peak": round(peak), "faces_per_second": round(1 / best),
                   "limit_share": round(result["flops"] / best / peak, 3)}
    return result


def describe(result: dict[str, Any]) -> str:
    """The table, for people."""
    lines = [f"{'runtime':22} " + "  ".join(f"batch {b:2}: ms  times" for b in BATCHES)
             + "   largest difference"]
    for name, row in result["runtimes"].items():
        if "absent" in row:
            lines.append(f"{name:22} {row['absent']}")
            continue
        lines.append(f"{name:22} " + "  ".join(
            f"{row['ms'][b]:12.2f} {row['speedup'][b]:6.2f}" for b in BATCHES)
            + f"   {row['difference']:.4f}")
    lines.append(f"{result['device']}, {result['threads']} threads, half is {result['half']}, "
                 f"the product runs in {result['precision']}; "
                 f"{result['flops'] / 1e6:.0f} MFLOP a face")
    if result["limit_share"] is not None:
        lines.append(f"{result['faces_per_second']} faces/s, {result['limit_share']:.0%} of the "
                     f"{result['peak'] / 1e9:.0f} GFLOP/s of a large matrix product")
    return "\n".join(lines)


def _float32(networks: list[nn.Module], where: Where) -> Run:
    return lambda x: [n(x) for n in networks]


def _autocast(networks: list[nn.Module], where: Where, kind: torch.dtype | None = None) -> Run:
    """In a precision, the product's by default."""
    kind = kind or where.kind
    where.need(kind)

    def run(x: torch.Tensor) -> list[torch.Tensor]:
        with precision.autocast(kind, where.device):
            return [n(x) for n in networks]
    return run


def _half(networks: list[nn.Module], where: Where) -> Run:
    return _autocast(networks, where, where.half)


def _half_weights(networks: list[nn.Module], where: Where) -> Run:
    where.need(where.half)
    halved = [n.to(where.half) for n in networks]
    return lambda x: [n(x.to(where.half)) for n in halved]


def _channels_last(networks: list[nn.Module], where: Where) -> Run:
    turned = [n.to(memory_format=torch.channels_last) for n in networks]  # type: ignore[call-overload]
    run = _autocast(turned, where)
    return lambda x: run(x.to(memory_format=torch.channels_last))


def _compiled(networks: list[nn.Module], where: Where) -> Run:
    run = _autocast([torch.compile(n) for n in networks], where)  # type: ignore[misc]
    try:
        run(torch.zeros(2, 1, 48, 48, device=where.device))
    except Exception as error:  # no compiler here, or one that fails: as many kinds as backends
        raise Absent(f"does not compile here ({type(error).__name__})") from error
    return run


def _int8(networks: list[nn.Module], where: Where) -> Run:
    if where.device != "cpu":
        raise Absent("CPU only")
    quantised = [torch.ao.quantization.quantize_dynamic(n, {nn.Linear}, torch.qint8)
                 for n in networks]
    return lambda x: [n(x) for n in quantised]


def _onnx(networks: list[nn.Module], where: Where) -> Run:
    if where.device != "cpu":
        raise Absent("CPU only")
    if not _installed("onnxruntime", "onnx"):
        raise Absent("onnxruntime and onnx are not installed")
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    sessions = [onnxruntime.InferenceSession(_exported(n), options) for n in networks]
    return lambda x: [torch.from_numpy(s.run(None, {"x": x.numpy()})[0]) for s in sessions]


def _openvino(networks: list[nn.Module], where: Where) -> Run:
    if where.device != "cpu":
        raise Absent("CPU only")
    if not _installed("openvino"):
        raise Absent("openvino is not installed")
    import openvino
    core = openvino.Core()
    options = {"INFERENCE_NUM_THREADS": torch.get_num_threads(), "PERFORMANCE_HINT": "LATENCY"}
    try:
        models = [core.compile_model(openvino.convert_model(
            n, example_input=torch.zeros(2, 1, 48, 48)), "CPU", options) for n in networks]
    except RuntimeError as error:  # units that it needs are switched off
        raise Absent(f"does not compile here ({type(error).__name__})") from error
    return lambda x: [torch.from_numpy(m(x.numpy())[0]) for m in models]


RUNTIMES: dict[str, Callable[[list[nn.Module], Where], Run]] = {
    "eager float32": _float32, "eager half": _half, "half weights": _half_weights,
    "channels last": _channels_last, "torch.compile": _compiled, "int8 (dynamic)": _int8,
    "ONNX Runtime": _onnx, "OpenVINO": _openvino}


def _installed(*names: str) -> bool:
    return all(importlib.util.find_spec(n) for n in names)


def _exported(network: nn.Module) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        torch.onnx.export(network, (torch.zeros(2, 1, 48, 48),), path, input_names=["x"],
                          dynamic_axes={"x": {0: "n"}}, dynamo=False)
        return path.read_bytes()


@torch.inference_mode()
def _read(run: Run, crops: NDArray[np.uint8], device: str) -> FloatArray:
    return np.stack([softmax(y.float().cpu().numpy().astype(np.float64))
                     for y in run(to_tensor(crops).to(device))])


@torch.inference_mode()
def _ms(run: Run, crops: NDArray[np.uint8], device: str) -> float:
    """Median ms of a batch."""
    x = to_tensor(crops).to(device)
    times = []
    for _ in range(REPEATS + 3):
        began = time.perf_counter()
        run(x)
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return 1000 * float(np.median(times[3:]))


@torch.inference_mode()
def _peak(where: Where, side: int = 1024) -> float:
    """FLOP/s of a square matrix product in the product's precision, the best of a few."""
    side *= 8 if where.device == "cuda" else 1
    a = torch.randn(side, side, dtype=where.kind, device=where.device)
    best = np.inf
    for _ in range(8):
        began = time.perf_counter()
        a @ a
        if where.device == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - began)
    return float(2 * side**3 / best)
