"""Whether MTCNN finds a face in covered copies: ``python -m tests.desk.covered_faces [CLIP...]``.

Without clips, those of the shared data that show people. Prints what is found in every picture of
the originals and of their copies, MTCNN as its authors set it.
"""

import sys
import tempfile
from pathlib import Path

from facenet_pytorch import MTCNN

from fer_core.config import Settings, VideoSettings
from fer_core.desk.cover import COPY, Detectors, write_copy
from fer_core.media import read_frames

CLIPS = ("woman2.mp4", "WolfgangLanger_Pexels.mp4", "talking_1.mp4", "talking_2.mp4",
         "face_noface.mov", "noface_face.mov", "several_faces.mp4", "learn.mkv", "student.mkv")


def pictures_with_faces(clip: Path, detector: MTCNN, fps: float = COPY.fps) -> tuple[int, int]:
    """How many pictures a clip has, and in how many of them a face is found."""
    found = [detector.detect(frame.image)[0] is not None for frame in read_frames(
        clip, VideoSettings(fps=fps, max_side=COPY.max_side))]
    return len(found), sum(found)


def main(clips: list[Path]) -> None:
    detectors, judge = Detectors.load(), MTCNN(keep_all=True)
    sums = [0, 0, 0]
    for clip in clips:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy"
            write_copy(clip, copy, lambda: detectors)
            before = pictures_with_faces(clip, judge)[1]
            count, after = pictures_with_faces(copy, judge, 60)
        sums = [a + b for a, b in zip(sums, (count, before, after), strict=True)]
        print(f"{clip.name:28} {count:4} pictures; a face in {before:4}, covered in {after}",
              flush=True)
    print(f"{'together':28} {sums[0]:4} pictures; a face in {sums[1]:4}, covered in {sums[2]}")


if __name__ == "__main__":
    main([Path(a) for a in sys.argv[1:]] or [Settings().data / "clips" / c for c in CLIPS])
