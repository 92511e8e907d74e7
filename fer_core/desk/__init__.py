"""People judging people, fairly: the gate, openings, candidates, scorecards, the queue, the log.

In: clips, consents, ratings with their evidence. Out: readings where law and candidate allow
them, agreements, decisions of named persons, a log that can be verified; forgotten means gone.
Must never know: how a page looks. Nothing here orders or filters people by a score.
"""
