"""Labelled pictures: one reader a file, registered by name."""

from fer_core.datasets.joint import Joint, join
from fer_core.datasets.masks import MASKS, masked
from fer_core.datasets.samples import READERS, Samples, Split, landmarks, load

from fer_core.datasets import fer2013plus, folders  # isort: skip  (they register themselves)

__all__ = ["MASKS", "READERS", "Joint", "Samples", "Split", "fer2013plus", "folders", "join",
           "landmarks", "load", "masked"]
