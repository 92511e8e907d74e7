"""Poise: faces to emotions to timeline to scores to report.

The public names load on first use, so that importing this package does not load torch; they
are listed in ``__init__.pyi``, so that type checkers know them too.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
