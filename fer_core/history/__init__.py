"""Sessions kept, found, compared and forgotten.

In: a ``Session``. Out: entries, filters, trends; deleted means gone.
Must never know: how a session came to be, who looks at it, networks.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "archive": ["Restored", "pack_history", "restore_history"],
    "entries": ["FEELINGS", "Entry", "Feeling", "Filter", "Photo"],
    "profiles": ["EXPERIENCES", "Profile", "Profiles"],
    "rounds": ["KeptRound", "Rounds"],
    "storage": ["Store", "identity"],
    "plots": ["trend_figure"],
})
