"""A trained network made ready to read: the same answers in less time."""

from copy import deepcopy
from itertools import pairwise
from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

N = TypeVar("N", bound=nn.Module)


def readied(network: N, kind: torch.dtype) -> N:
    """A copy in a precision. Weights are converted once: autocast does it anew for every batch,
    which costs more than the multiplying where a batch is one face.

    Args:
        network: in evaluation mode; stays as it is.
        kind: of weights, and of what it is given.
    """
    ready = fused(deepcopy(network)).to(kind)
    # A quarter less time on a CPU, and pooling is not done pixel after pixel.
    return ready.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def fused(network: N) -> N:
    """The same network with each normalisation inside the convolution before it, where a
    sequence says that one follows the other."""
    for module in list(network.modules()):
        if not isinstance(module, nn.Sequential):
            continue
        for (name, conv), (after, norm) in pairwise(list(module.named_children())):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                module.add_module(name, fuse_conv_bn_eval(conv, norm))
                module.add_module(after, nn.Identity())
    return network
