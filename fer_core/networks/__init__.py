"""Crops to probabilities: ViT and MLP-Mixer, averaged.

In: aligned crops (N, S, S) uint8 and the weights folder. Out: probabilities by member and
by vote, with the label set that they are of.
Must never know: clips, time, scores, how the weights were trained.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "recogniser": ["Manifest", "Recogniser"],
    "voting": ["VOTES"],
    "results": ["is_stale", "read_results", "read_validation"],
})
