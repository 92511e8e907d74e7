"""Labelled pictures: one reader a file, registered by name."""

from fer_core.lab.datasets.joint import Joint, join
from fer_core.lab.datasets.masks import MASKS, masked
from fer_core.lab.datasets.samples import READERS, Samples, Split, landmarks, load

# They register themselves; who knows a format for certain comes before who takes any folder.
from fer_core.lab.datasets import (  # isort: skip
    fer2013plus, expw, web_expressions, accessories, fer2013csv, aihub, filenames, folders)

__all__ = ["MASKS", "READERS", "Joint", "Samples", "Split", "accessories", "aihub", "expw",
           "fer2013csv", "fer2013plus", "filenames", "folders", "join", "landmarks", "load",
           "masked", "web_expressions"]
