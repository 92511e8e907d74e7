"""How the networks came to be and how good they are: data sets, training, benchmarks.

In: labelled pictures, clips, weights. Out: weights, calibration, measured figures.
Must never know: pages, anybody's sessions. Nothing that analyses a clip needs it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "model_plots": ["calibration_figure", "confusion_figure", "reliability_figure"],
})
