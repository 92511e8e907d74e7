"""Poise: faces to emotions to timeline to scores to report.

The public names load on first use, so that importing this package does not load torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "config": ["CoachSettings", "Settings", "StorageSettings", "WebRtcSettings"],
    "emotions": ["EMOTIONS", "LABEL_SETS", "LabelSet"],
    "errors": [
        "Cancelled", "CoachError", "ModelError", "PoiseError", "ReportError", "StorageError",
        "VideoError"],
    "faces": [],
    "history": ["Entry", "Filter", "Photo", "Store", "identity", "trend_figure"],
    "lab": ["Look", "bars_figure", "calibration_figure", "confusion_figure", "look", "map_figure"],
    "live": [
        "Check", "LiveAnalysis", "LiveEngine", "NEUTRAL_SECONDS", "Overlay", "Snapshot",
        "check_camera", "neutral_take"],
    "media": ["safe_name"],
    "networks": ["Manifest", "VOTES", "is_stale", "read_results"],
    "pipeline": ["Analyser", "Progress"],
    "records": [
        "COLUMNS", "Answer", "CoachStyle", "Score", "SelfRating", "Session", "Timeline", "Written"],
    "reports": [
        "ModelCoach", "Report", "WRITERS", "build_report", "from_json", "sample_session",
        "session_figure", "timeline_csv", "to_json"],
    "sessions": [
        "Change", "Gap", "Interview", "Plan", "change", "choose_questions", "gap_change",
        "gaps", "is_older", "own_questions", "question_sets", "rescore", "wording"],
    "texts": ["LANGUAGES", "Language", "between", "clock", "explain", "say"],
})
