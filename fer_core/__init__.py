"""Poise: faces to emotions to timeline to scores to report.

The public names load on first use, so that importing this package does not load torch.
"""

from importlib import import_module
from typing import Any

_PUBLIC = {
    "camera_check": ("Check", "NEUTRAL_SECONDS", "check_camera", "resting_tension"),
    "config": ("CoachSettings", "Settings", "StorageSettings", "WebRtcSettings"),
    "emotions": ("EMOTIONS", "LABEL_SETS", "LabelSet"),
    "errors": ("Cancelled", "CoachError", "ModelError", "PoiseError", "ReportError",
               "StorageError", "VideoError"),
    "explanation": ("Look", "look"),
    "export": ("WRITERS", "from_json", "sample_session", "timeline_csv", "to_json"),
    "history_plots": ("trend_figure",),
    "interview": ("Interview", "Plan", "choose_questions", "own_questions", "question_sets",
                  "wording"),
    "live": ("LiveAnalysis", "LiveEngine", "Snapshot"),
    "model_coach": ("ModelCoach",),
    "model_plots": ("bars_figure", "calibration_figure", "confusion_figure", "map_figure"),
    "overlay": ("Overlay",),
    "pipeline": ("Analyser", "Progress"),
    "plots": ("pose_figure", "score_figure", "session_figure", "timeline_figure"),
    "progress": ("Change", "Gap", "change", "gap_change", "gaps"),
    "recogniser": ("Manifest",),
    "records": ("Answer", "CoachStyle", "Score", "SelfRating", "Session", "Written"),
    "report": ("Report", "build_report"),
    "results": ("is_stale", "read_results"),
    "storage": ("Entry", "Filter", "Photo", "Store", "identity"),
    "texts": ("LANGUAGES", "Language", "explain", "say"),
    "video": ("safe_name",),
    "voting": ("VOTES",),
}
_HOME = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'fer_core' has no attribute {name!r}")
    return getattr(import_module(f"fer_core.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
