"""People judging people, fairly: the gate, openings, candidates, scorecards, the queue, the log.

In: clips, consents, ratings with their evidence. Out: readings where law and candidate allow
them, agreements, decisions of named persons, a log that can be verified; forgotten means gone.
Must never know: how a page looks. Nothing here orders or filters people by a score.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    "criteria": ["Criterion", "example_sets", "own_criterion", "set_name"],
    "desk": ["Desk"],
    "gate": ["Permission", "features_allowed"],
    "policy": ["LOCAL", "Person", "may"],
    "scorecards": ["Rating", "disagreements"],
    "signin": ["signed_in"],
    "state": ["QueueState", "queue_state"],
})
