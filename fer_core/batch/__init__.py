"""Thousands of clips: found, read by processes or by a Ray cluster, one report each.

In: folders, patterns, lists and ``s3://``. Out: reports, and a manifest with a row a clip.
The same analysis as of one clip; whatever is killed meanwhile, a clip ends in one row.
Must never know: pages, the desk's tables. Ray is imported in ``cluster`` only, when asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "sources": ["Clip", "find"],
    "ledger": ["Ledger", "Row"],
    "hands": ["Died", "Hand"],
    "running": ["run"],
})
