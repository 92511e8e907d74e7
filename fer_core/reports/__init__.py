"""A ``Session`` in somebody's language: sentences, advice, plots and files.

In: a session. Out: ``Report`` (pure data), HTML, PDF, CSV, JSON, figures.
Must never know: pixels, networks, the weights folder, how anything was measured. Only
``model_coach`` knows a language model, and only a page asks it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "report": ["Report", "build_report"],
    "model_coach": ["ModelCoach"],
    "export": ["WRITERS", "from_json", "sample_session", "timeline_csv", "to_json"],
    "plots": ["session_figure"],
})
