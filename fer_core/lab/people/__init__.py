"""What people said of interviews and clips, and how far the scores agree with them.

In: folders of ratings. Out: correlations with intervals, people's own weights: aggregates.
Must never keep: a row of anybody's ratings, a name, a transcript.
"""

from fer_core.lab.people.criteria import HELD
from fer_core.lab.people.interviews import Interviews, read_interviews
from fer_core.lab.people.rated_clips import RatedClips, read_clips

__all__ = ["HELD", "Interviews", "RatedClips", "read_clips", "read_interviews"]
