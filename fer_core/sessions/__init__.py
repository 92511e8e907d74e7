"""Readings to one row a second, to scores with their intervals, to a ``Session``.

In: ``Reading`` by ``Reading``, settings, a neutral take. Out: ``Timeline``, scores, moments,
warnings: all that a report says.
Must never know: pixels, networks, torch, languages, files.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "timeline": ["build"],
    "builder": ["SessionBuilder"],
    "covering": ["bare", "covered"],
    "scored": ["is_older", "rescore", "score"],
    "interview": [
        "Interview", "Plan", "choose_questions", "own_questions", "practised",
        "question_sets", "wording"],
    "jobs": ["field_of", "job_fields", "sets_for", "suited"],
    "preparing": ["PracticePlan", "practice_plan"],
    "progress": [
        "Change", "Gap", "changes", "differing", "gap", "gap_changes", "gaps", "spread"],
    "stillness": ["frozen", "still_picture", "thawed"],
})
