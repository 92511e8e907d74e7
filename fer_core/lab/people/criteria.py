"""Which of people's ratings each score should go with, and why.

A score without an entry is measured all the same and said not to have been held against people.
"""

HELD = {"confidence": ("interview",), "engagement": ("extraversion",),
        "composure": ("emotional_stability",), "delivery": ("interview", "extraversion")}
"""Score -> the ratings of a clip that it should go with. Nobody rated the clips' people for
attention."""
CLIP_RATINGS = ("interview", "extraversion", "emotional_stability", "arousal")
"""Read from every clip: whether raters would invite the person to an interview, how outgoing and
how emotionally stable they seem (0 to 1), how lively the clip is (1 to 3). The last is there to
see that composure does not punish life."""

JUDGED = {"confidence": ("RecommendHiring", "Overall"), "engagement": ("Engaged",),
          "attentiveness": ("Focused",), "composure": ("Calm",)}
"""Score -> what the judges of an interview rated that it comes nearest to. (Attentiveness also
stands for EyeContact itself; to regress that on itself says nothing.)"""
COUNTERPARTS = {"facing": "EyeContact", "smiling": "Smiled"}
"""Part of a score -> what the judges rated that it measures. Other parts have no counterpart:
their weights are our judgement."""
INPUTS = (("EyeContact", "Smiled"), ("EyeContact", "Smiled", "Calm"))
"""What targets are regressed on: what a camera can see at all."""
TARGETS = ("RecommendHiring", "Overall", "Engaged", "EyeContact", "Focused", "Calm")
RELIABLE = 0.4
"""Reliability of the panel's mean under which a rating is too noisy to hold anything against:
more than three fifths of what differs between people is the judges' own disagreement."""
