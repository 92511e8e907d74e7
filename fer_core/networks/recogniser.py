"""Aligned crops -> emotion probabilities: the ViT and MLP-Mixer average ensemble."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from safetensors.torch import load as load_tensors

from fer_core.config import RecogniserSettings, Settings
from fer_core.emotions import LABEL_SETS, LabelSet, heads
from fer_core.errors import ModelError, WeightsCorrupt, WeightsMissing
from fer_core.faces.alignment import to_tensor
from fer_core.networks import models, precision
from fer_core.networks.readying import readied
from fer_core.networks.voting import VOTES, cast
from fer_core.networks.weights import Checkpoint, read_told
from fer_core.records import FloatArray, ModelName


class Stanza(BaseModel):
    """One network of the manifest.

    Attributes:
        name: what people call it.
        architecture: for ``timm.create_model``.
        arguments: further arguments for it.
        labels: label sets of its heads, such as ``ferplus+fer2013``: the class order of the
            outputs, head after head. The first is the one that Poise speaks.
        temperatures: one for each head, by which its logits are divided; empty: 1.
        biases: of the classes of each head, added then; empty: 0. ``calibrate`` finds both.
        crop: side of its input, px.
        file: checkpoint beside the manifest.
        sha256: of that file.
        weight: in the ``weighted`` vote.
    """

    model_config = ConfigDict(frozen=True)
    name: str
    architecture: str
    arguments: dict[str, int | float | str | bool] = {}
    labels: str
    temperatures: tuple[Annotated[float, Field(gt=0)], ...] = ()
    biases: tuple[tuple[float, ...], ...] = ()
    crop: int = models.CROP
    file: str = Field(pattern=r"^[\w.-]+\.safetensors$")
    sha256: str
    weight: float = Field(1.0, gt=0)

    @model_validator(mode="after")
    def _calibration_fits_the_heads(self) -> "Stanza":
        sizes = [len(LABEL_SETS[h].classes) for h in self.labels.split("+") if h in LABEL_SETS]
        if self.temperatures and len(self.temperatures) != len(sizes):
            raise ValueError(f"{len(self.temperatures)} temperatures for {len(sizes)} heads")
        if self.biases and [len(b) for b in self.biases] != sizes:
            raise ValueError(f"biases that do not fit heads of {sizes} classes")
        return self


class OtherStanza(BaseModel):
    """A network that does not vote: its checkpoint beside the manifest."""

    model_config = ConfigDict(frozen=True)
    file: str = Field(pattern=r"^[\w.-]+\.safetensors$")
    sha256: str


class Manifest(BaseModel):
    """``weights/manifest.json``: the networks that may vote, the one that reads muscles, and the
    one that sees glasses and masks."""

    model_config = ConfigDict(frozen=True)
    models: tuple[Stanza, ...]
    muscles: OtherStanza | None = None
    accessories: OtherStanza | None = None

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read the manifest of a folder.

        Raises:
            WeightsMissing: there is none.
            ModelError: it cannot be understood.
        """
        path = folder / "manifest.json"
        if not path.is_file():
            raise WeightsMissing("error.model.missing", path=path)
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise ModelError("error.model.manifest", path=path) from error

    def write(self, folder: Path) -> None:
        """Replace the manifest of a folder."""
        text = self.model_dump_json(indent=2, exclude_none=True) + "\n"
        (folder / "manifest.json").write_text(text, "utf-8")

    def choose(self, names: tuple[str, ...]) -> tuple[Stanza, ...]:
        """The named networks, or all, in the manifest's order.

        Raises:
            ModelError: an unknown name, or networks that cannot vote together.
        """
        known = {m.name for m in self.models}
        for name in names:
            if name not in known:
                raise ModelError("error.model.unknown", name=name, known=", ".join(sorted(known)))
        chosen = tuple(m for m in self.models if not names or m.name in names)
        names_known = all(h in LABEL_SETS for h in chosen[0].labels.split("+")) if chosen else False
        if len({(m.labels, m.crop) for m in chosen}) != 1 or not names_known:
            raise ModelError("error.model.mixed", names=", ".join(m.name for m in chosen))
        return chosen

    def checkpoints(self, members: tuple[str, ...]) -> tuple[str, ...]:
        """SHA-256 of all that read: those that vote, as ``choose`` finds them, then the others.

        Raises:
            ModelError: as ``choose``.
        """
        others = (self.muscles, self.accessories)
        return tuple(s.sha256 for s in (*self.choose(members), *others) if s is not None)


def install(weights: Path, name: str, folder: Path) -> Stanza | OtherStanza:
    """Put weights that ``train``, ``muscles`` or ``accessories`` wrote into a manifest, replacing
    those of the same name.

    Args:
        weights: ``<architecture>.safetensors`` with its ``.json`` beside it.
        name: of the network, also of its file.
        folder: where the manifest lies; made when absent.

    Raises:
        ModelError: no recipe beside the weights, weights trained on masked pictures, or a
            manifest that cannot be read.
    """
    trained = read_told(weights)
    if trained["recipe"].get("mask"):
        # The product shows its networks whole faces: these would not see what they learnt.
        raise ModelError("error.weights.masked", path=weights)
    data = weights.read_bytes()
    architecture, file = trained["recipe"]["architecture"], f"{name}.safetensors"
    sha256 = hashlib.sha256(data).hexdigest()
    exists = (folder / "manifest.json").exists()
    manifest = Manifest.read(folder) if exists else Manifest(models=())
    stanza: Stanza | OtherStanza
    others = {models.MUSCLES: "muscles", models.ACCESSORIES: "accessories"}
    if architecture in others:
        stanza = OtherStanza(file=file, sha256=sha256)
        manifest = manifest.model_copy(update={others[architecture]: stanza})
    else:
        stanza = Stanza(name=name, architecture=architecture, labels=trained["labels"], file=file,
                        sha256=sha256)
        kept = [stanza if m.name == name else m for m in manifest.models]
        if stanza not in kept:
            kept.append(stanza)
        manifest = manifest.model_copy(update={"models": tuple(kept)})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(data)
    manifest.write(folder)
    return stanza


def choose_device(wish: str) -> str:
    """``auto`` -> CUDA when present, else the CPU.

    Raises:
        ModelError: CUDA asked for and absent.
    """
    present = torch.cuda.is_available()
    if wish == "cuda" and not present:
        raise ModelError("error.model.cuda")
    return "cuda" if present and wish != "cpu" else "cpu"


def softmax(logits: FloatArray) -> FloatArray:
    """Probabilities over the last axis."""
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)  # type: ignore[no-any-return]


@torch.inference_mode()
def _run(network: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    return network(x).float()  # type: ignore[no-any-return]


class Recogniser:
    """The networks that vote, loaded once and safe to share between threads.

    Args:
        settings: which networks, how they vote, where they run.

    Raises:
        WeightsMissing: no manifest or checkpoint.
        WeightsCorrupt: a checkpoint that is not the manifest's.
        ModelError: unknown names or vote, mixed label sets, no CUDA.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings: RecogniserSettings = settings.recogniser
        self.device = choose_device(self.settings.device)
        self.precision = precision.choose(settings.precision, self.device)
        if self.settings.vote not in VOTES:
            raise ModelError("error.model.vote", name=self.settings.vote, known=", ".join(VOTES))
        stanzas = Manifest.read(settings.weights).choose(self.settings.members)
        self.heads = heads(stanzas[0].labels)
        self.labels: LabelSet = self.heads[0]
        self.crop = stanzas[0].crop
        self.names = tuple(ModelName(s.name, s.sha256) for s in stanzas)
        self._weights = np.array([s.weight for s in stanzas])
        # (M, ΣC): what the logits of each member are divided by.
        self._temperatures = np.array([
            np.repeat(s.temperatures or np.ones(len(self.heads)),
                      [len(h.classes) for h in self.heads]) for s in stanzas])
        # (M, ΣC): what is added then.
        self._biases = np.array([np.concatenate(s.biases) if s.biases else np.zeros(
            sum(len(h.classes) for h in self.heads)) for s in stanzas])
        self._members = [self._load(settings.weights / s.file, s) for s in stanzas]
        # A thread a network on a processor: each computes on cores of its own. A device takes
        # one thing after another.
        self._threads = ThreadPoolExecutor(len(self._members) if self.device == "cpu" else 1)
        self._fast = [readied(m, self.precision) for m in self._members]

    def read(self, crops: NDArray[np.uint8], labels: LabelSet | None = None) -> FloatArray:
        """The ensemble's reading.

        Args:
            crops: (N, S, S) uint8 from ``faces.alignment.align``.
            labels: as in ``members``.

        Returns:
            (N, C) probabilities, each row summing to 1.
        """
        return self.vote(self.members(crops, labels))

    def vote(self, members: FloatArray) -> FloatArray:
        """(M, N, C) readings of the networks -> (N, C), by the rule of the settings."""
        return cast(self.settings.vote, members, self._weights)

    def members(self, crops: NDArray[np.uint8], labels: LabelSet | None = None) -> FloatArray:
        """Each network's own reading: (M, N, C) probabilities, in the order of ``names``.

        Args:
            labels: a head's label set for what its annotators would say; any other or None for
                Poise's own reading, the first head's, over ``self.labels``. The scores sum these
                probabilities: they are calibrated as they stand.
        """
        return self.calibrated(self.logits(crops), labels)

    def calibrated(self, logits: FloatArray, labels: LabelSet | None = None) -> FloatArray:
        """What ``members`` says, of the networks' outputs (M, N, ΣC)."""
        logits = logits / self._temperatures[:, None] + self._biases[:, None]
        ends = np.cumsum([len(h.classes) for h in self.heads])
        parts = dict(zip(self.heads, np.split(logits, ends[:-1], axis=2), strict=True))
        return softmax(parts[labels if labels in parts else self.labels])

    @torch.inference_mode()
    def logits(self, crops: NDArray[np.uint8]) -> FloatArray:
        """(M, N, ΣC) outputs of each network, all heads, not calibrated."""
        size = self.settings.batch
        parts = [self._forward(crops[i:i + size]) for i in range(0, len(crops), size)]
        if not parts:
            return np.empty((len(self._members), 0, self._temperatures.shape[1]))
        return np.concatenate(parts, axis=1)

    @property
    def networks(self) -> tuple[torch.nn.Module, ...]:
        """The networks themselves, in float32 and in the order of ``names``."""
        return tuple(self._members)

    def _forward(self, crops: NDArray[np.uint8]) -> FloatArray:
        x = to_tensor(crops).to(self.device)
        if self.settings.flip:
            x = torch.cat([x, x.flip(3)])
        x = x.to(self.precision, memory_format=torch.channels_last)
        out = torch.stack(list(self._threads.map(lambda network: _run(network, x), self._fast)))
        if self.settings.flip:
            out = out.unflatten(1, (2, len(crops))).mean(1)
        return out.cpu().numpy().astype(np.float64)

    def _load(self, path: Path, stanza: Stanza) -> torch.nn.Module:
        tensors = load_tensors(Checkpoint(path, stanza.sha256).read())
        model = models.create(stanza.architecture, sum(len(h.classes) for h in self.heads),
                              False, **stanza.arguments)
        try:
            model.load_state_dict(tensors)
        except RuntimeError as error:
            raise WeightsCorrupt("error.model.corrupt", path=path) from error
        return model.float().eval().to(self.device)
