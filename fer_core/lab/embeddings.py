"""A support vector machine on what a network sees before it decides (seed 001)."""

import numpy as np
import optuna
import torch
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from torch import nn

from fer_core.faces.alignment import to_tensor
from fer_core.records import FloatArray

TRIALS = 20
MOST = 4000
"""Training pictures: the time of an SVM grows with their square."""


@torch.inference_mode()
def embed(model: nn.Module, pictures: NDArray[np.uint8], batch: int = 128) -> FloatArray:
    """(N, D) features in front of the classifier, of aligned crops (N, S, S)."""
    out = []
    for i in range(0, len(pictures), batch):
        x = to_tensor(pictures[i:i + batch])
        features = model.forward_head(model.forward_features(x), pre_logits=True)  # type: ignore[operator]
        out.append(features.float().numpy())
    return np.concatenate(out).astype(np.float64)


def svm(model: nn.Module, pictures: NDArray[np.uint8], label: NDArray[np.int64],
        held_out: NDArray[np.uint8], classes: int, seed: int = 0) -> tuple[FloatArray, int]:
    """An RBF-SVM whose C and gamma Optuna tunes by cross-validation on the training pictures.

    Args:
        model: a trained network.
        pictures, label: (N, S, S) aligned crops and (N,) classes to learn from.
        held_out: (M, S, S) crops to read.

    Returns:
        (M, classes) votes of the one-against-one machines as shares, and the number of
        values that the machine keeps.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(label))[:MOST]
    x, y = embed(model, pictures[chosen]), label[chosen]
    folds = int(np.clip(np.bincount(y)[np.bincount(y) > 0].min(), 2, 3))

    def machine(c: float, gamma: float) -> object:
        return make_pipeline(StandardScaler(), SVC(C=c, gamma=gamma, class_weight="balanced",
                                                   random_state=seed))

    def loss(trial: optuna.Trial) -> float:
        candidate = machine(trial.suggest_float("c", 0.1, 100, log=True),
                            trial.suggest_float("gamma", 1e-5, 1e-1, log=True))
        split = StratifiedKFold(folds, shuffle=True, random_state=seed)
        return float(cross_val_score(candidate, x, y, cv=split).mean())

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize",
                                sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(loss, n_trials=TRIALS)
    best = machine(study.best_params["c"], study.best_params["gamma"]).fit(x, y)  # type: ignore[attr-defined]
    read = np.zeros((len(held_out), classes))
    scores = np.atleast_2d(best.decision_function(embed(model, held_out)))
    known = best.classes_
    if len(known) == 2:  # one machine, one score: its sign decides
        scores = np.stack([-scores.ravel(), scores.ravel()], 1)
    e = np.exp(scores - scores.max(1, keepdims=True))
    read[:, known] = e / e.sum(1, keepdims=True)
    return read, int(best[-1].support_vectors_.size)
