"""Single pictures: every face in them, what is read from each, and why.

In: the bytes of a picture file. Out: ``PhotoRead`` (faces, boxes, readings), the map of what
the networks looked at, what would change their mind, tables, a marked copy to look at.
Must never know: who anybody is. A face has a number in the picture and nothing else, and no
picture is kept: what comes out holds numbers and the small crops that the networks saw.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "reading": ["FaceRead", "PhotoRead", "PhotoReader"],
    "explanation": ["Doubt", "Explained", "explained"],
    "figures": ["bars_figure", "map_figure"],
    "marking": ["cut_out", "marked"],
    "tables": ["photos_csv", "photos_json"],
})
