"""Every default, with its unit and its reason.

Each can be set by the environment: ``POISE_DATA=/data``, ``POISE_VIDEO__FPS=4``.
The settings used for an analysis are saved in its session.
"""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from fer_core.system import cores

ROOT = Path(__file__).resolve().parent.parent
"""What the package lies in: the project's root, or where it was installed."""
WEIGHTS = ROOT / "weights" if (ROOT / "weights" / "manifest.json").is_file() else \
    Path(__file__).resolve().parent / "weights"
"""Beside the package in a checkout, inside it where it was installed."""
Precision = Literal["auto", "float32", "bfloat16"]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True)


def choose_threads(wish: int) -> int:
    """Threads that a training or Whisper computes with: one per two cores that this process may
    use, at least one."""
    return wish or max(1, cores() // 2)


class VideoSettings(_Group):
    """How clips are read."""

    fps: float = Field(8.0, gt=0, le=60, description="frames analysed per second of video: an "
                       "expression takes 0.5 s to form, so 8 sees each four times")
    max_side: int = Field(960, ge=160, description="px; larger pictures are scaled down while "
                          "decoding: a face in a 4K interview still spans over 100 px")


class FaceSettings(_Group):
    """How faces are found and followed."""

    detect_side: int = Field(480, ge=120, description="px; longer side of the picture that MTCNN "
                             "sees: its cost grows with the area")
    min_face: int = Field(36, ge=12, description="px in the detector's picture: about 1/13 of its "
                          "longer side, smaller faces carry too little expression")
    thresholds: tuple[float, float, float] = Field(
        (0.6, 0.7, 0.8), description="MTCNN's three stages; the last is raised from 0.7 because "
        "one false face costs more than one missed frame")
    detect_every: float = Field(1.0, gt=0, description="s between full detections; between them "
                                "only the last stage runs, around the last box")
    refine_confidence: float = Field(0.8, ge=0, le=1, description="a followed face under this is "
                                     "lost, and the next frame is searched whole")
    cut_difference: float = Field(0.12, gt=0, description="mean absolute change of a 16x16 grey "
                                  "thumbnail (0-1) that counts as a cut and forces detection: "
                                  "under 0.07 within our clips, over 0.5 at their cuts")
    keep_lost: float = Field(2.0, gt=0, description="s for which a lost candidate keeps the seat: "
                             "a hand over the face or a turn of the head")
    settle: float = Field(3.0, gt=0, description="s after which the candidate's seat is final: "
                          "somebody who only passes by first does not keep it")
    same_person: float = Field(0.35, ge=0, le=1, description="Hellinger distance of the colours "
                               "of head and shoulders up to which a face after a cut or a long "
                               "loss is the same person: under 0.30 within our clips, over 0.44 "
                               "between people")
    other_person: float = Field(0.6, ge=0, le=1, description="the same distance from which even a "
                                "face in the same place is somebody else")
    match_distance: float = Field(1.0, gt=0, description="box widths a face may have moved between "
                                  "frames and still be the same person")


class RecogniserSettings(_Group):
    """How expressions are read."""

    members: tuple[str, ...] = Field((), description="names from the manifest; empty: all")
    vote: str = Field("average", description="a rule of voting.VOTES")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto: CUDA when present")
    batch: int = Field(16, ge=1, description="faces per forward pass; more gains nothing on a CPU")
    threads: int = Field(0, ge=0, description="torch threads of each network; 0: one, so that a "
                         "clip's report is the same whatever the machine, and because two "
                         "spinning threads on a busy 2-core machine are ten times slower")
    agreeing: float = Field(1.0, ge=0, le=1, description="how far a probability may differ "
                            "between two faces of a clip for those between not to be read, less "
                            "the more their muscles moved; 0: every face is read "
                            "(networks/sparing)")
    flip: bool = Field(False, description="average with the mirrored face: twice the network "
                       "time, and the frames of a second already average")


class ScoringSettings(_Group):
    """When scores are given and how sure they are."""

    min_seconds: int = Field(10, ge=1, description="scored seconds under which scores abstain")
    min_coverage: float = Field(0.6, ge=0, le=1, description="share of the session in which the "
                                "face must have been seen")
    second_coverage: float = Field(0.25, ge=0, le=1, description="share of a second's frames that "
                                   "must show the face for the second to count")
    resting: float | None = Field(None, ge=0, le=1, description="tension of a neutral take, of "
                                  "sessions that did not keep the take itself")


class LiveSettings(_Group):
    """How the webcam is read."""

    fps: float = Field(15.0, gt=0, le=60, description="frames analysed per second at most: more "
                       "than enough for an expression, and what is left of the cores keeps the "
                       "picture moving")
    width: int = Field(640, ge=160, description="px asked of the camera")
    height: int = Field(480, ge=120, description="px asked of the camera")
    camera_fps: int = Field(30, ge=5, le=60, description="pictures per second asked of the camera")
    patience: float = Field(20.0, gt=0, description="s without an answer after which the analysis "
                            "is started anew")
    idle: float = Field(6.0, gt=0, description="s without a picture after which a stream is "
                        "given up: its tab was closed")
    linger: float = Field(60.0, ge=0, description="s for which the loaded networks wait for "
                          "another stream")


class Settings(BaseSettings):
    """All settings; immutable."""

    model_config = SettingsConfigDict(
        env_prefix="POISE_", env_nested_delimiter="__", frozen=True, extra="ignore")

    data: Path = Field(ROOT.parent / "shared" / "data", description="training and evaluation data")
    weights: Path = Field(WEIGHTS, description="folder of manifest.json and checkpoints")
    cache: Path = Field(Path.home() / ".cache" / "poise",
                        description="landmarks of training pictures: never of a person's clip")
    precision: Precision = Field(
        "auto", description="of the networks, POISE_PRECISION; auto: half precision where the "
        "device has units for it (networks/precision), which more than halves the time and moves "
        "probabilities by under 0.03")
    video: VideoSettings = VideoSettings()
    faces: FaceSettings = FaceSettings()
    recogniser: RecogniserSettings = RecogniserSettings()
    scoring: ScoringSettings = ScoringSettings()
    live: LiveSettings = LiveSettings()


class StorageSettings(BaseSettings):
    """Where past sessions are kept: ``POISE_HOME=/data/poise``, or
    ``POISE_DATABASE_URL=postgresql://user:password@host/poise``.

    Apart from ``Settings``, because a place and a password belong to a machine, never to a
    session.
    """

    model_config = SettingsConfigDict(env_prefix="POISE_", frozen=True, extra="ignore")

    home: Path = Field(platformdirs.user_data_path("poise"), description="folder of the SQLite "
                       "file: where the system keeps a user's own data")
    database_url: SecretStr = Field(SecretStr(""), description="of a PostgreSQL server, used "
                                    "instead of the file")


class DeskSettings(BaseSettings):
    """Who comes to the desk and what it may reach of its server. ``POISE_DESK=team``,
    ``POISE_DESK_ADMINS='["ann@example.org"]'``, ``POISE_DESK_FOLDERS='["/data/interviews"]'``.

    Apart from ``Settings``, because people and folders belong to a machine, never to a session.
    """

    model_config = SettingsConfigDict(env_prefix="POISE_DESK_", frozen=True, extra="ignore",
                                      populate_by_name=True)

    mode: Literal["own", "team"] = Field("own", validation_alias="POISE_DESK", description="own: "
                                         "one person, on their own machine, nobody signs in; "
                                         "team: everybody does")
    admins: tuple[str, ...] = Field((), description="addresses or subjects of who are admins "
                                    "whatever the table says: how a new desk gets its first")
    roles_claim: str = Field("", description="name of the claim of the sign-in that holds "
                             "somebody's roles, before the table does; empty: the table alone")
    folders: tuple[Path, ...] = Field((), description="from which clips may be taken in without "
                                      "an upload; named by whoever runs the server")


class LimitSettings(BaseSettings):
    """How often one address may ask for what is costly. ``POISE_LIMIT_UPLOADS=500``.

    Apart from ``Settings``, because limits belong to a machine, never to a session.
    """

    model_config = SettingsConfigDict(env_prefix="POISE_LIMIT_", frozen=True, extra="ignore")

    uploads: int = Field(300, ge=1, description="files in ten minutes: a lead who takes in a day's "
                         "clips, from an office whose people share one address")
    sign_ins: int = Field(60, ge=1, description="steps of a sign-in in ten minutes; each has two")


class WebRtcSettings(BaseSettings):
    """How browsers reach the server's stream. ``POISE_WEBRTC_TURN=turn:example.org:3478``.

    Apart from ``Settings``, because addresses and a password belong to a machine, never to a
    session. On the same computer and in most homes and offices none is needed.
    """

    model_config = SettingsConfigDict(env_prefix="POISE_WEBRTC_", frozen=True, extra="ignore")

    stun: tuple[str, ...] = Field((), description="such as stun:stun.example.org:3478, for a "
                                  "server behind an address translation; asked by the browsers")
    turn: tuple[str, ...] = Field((), description="such as turn:turn.example.org:3478, for "
                                  "networks that let no stream through")
    turn_user: str = Field("", description="of the TURN server")
    turn_password: SecretStr = Field(SecretStr(""), description="of the TURN server")
    turn_secret: SecretStr = Field(SecretStr(""), description="of a coturn of one's own with "
                                   "use-auth-secret, instead of user and password: every visitor "
                                   "gets a pass for four hours")
    turn_only: bool = Field(False, description="streams go through the relay alone: where the "
                            "server can be reached by it only, and nobody's address is told")


class SpeechSettings(BaseSettings):
    """The model that writes words down. ``POISE_WHISPER=/models/whisper-small``.

    Apart from ``Settings``, because a place belongs to a machine, never to a session.
    """

    model_config = SettingsConfigDict(env_prefix="POISE_", frozen=True, extra="ignore")

    whisper: str = Field("", description="a folder of a Whisper model for CTranslate2, or the name "
                         "of one to be had from the internet; empty: what `make speech` put "
                         "beside the weights, if anything")


class CoachSettings(BaseSettings):
    """The language model that may word the coaching; asked only when a person switches it on.

    Apart from ``Settings``, because an address and a key belong to a machine, never to a
    session. ``POISE_COACH_URL=...``.
    """

    model_config = SettingsConfigDict(env_prefix="POISE_COACH_", frozen=True, extra="ignore")

    url: str = Field("http://localhost:11434/v1", pattern="^https?://", description="of an "
                     "OpenAI-compatible endpoint; a local Ollama by default, so that nothing "
                     "leaves the computer even when it is switched on")
    model: str = Field("llama3.2", min_length=1, description="as the endpoint calls it")
    key: SecretStr = Field(SecretStr(""), description="sent as a bearer token if not empty")
    timeout: float = Field(60.0, gt=0, le=600, description="s for the whole answer: a small "
                           "model on a CPU writes a page in about that; then the rules speak")
