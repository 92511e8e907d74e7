"""Every call into what Streamlit and streamlit-webrtc do not promise to keep.

``tests/pages/test_compat.py`` says in a sentence which of them an upgrade has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

if TYPE_CHECKING:  # most pages have no camera and need not wait for its library
    from streamlit_webrtc.component import WebRtcStreamerContext


def camera_mounted(key: str) -> bool:
    """Whether the browser's side of the ``webrtc_streamer`` with that key has spoken yet.

    The library tells only whether the camera plays, and it plays only after it was told to.
    """
    from streamlit_webrtc.component import generate_frontend_component_key
    return st.session_state.get(generate_frontend_component_key(key)) is not None


def hang_up(context: WebRtcStreamerContext[Any, Any]) -> Callable[[], object] | None:
    """What ends a stream's connection, None where there is no connection.

    By itself the server notices a closed tab only when its consent expires, after 30 s, and the
    library has no public way to hang up.
    """
    worker = context._get_worker()
    return None if worker is None else worker.stop


def forget_upload(clip: BinaryIO) -> None:
    """Give an upload's memory back; nothing where the clip is no upload.

    Streamlit keeps it for as long as the browser's tab is open.
    """
    context = get_script_run_ctx()
    if context is not None and isinstance(clip, UploadedFile) and isinstance(
            context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, clip.file_id)


def signed_in_as(cookies: Mapping[str, str]) -> str:
    """What tells whoever signed in with a browser from everybody else, "" where nobody did: a
    hash of the signed cookie that Streamlit keeps there, in one piece or several."""
    own = sorted((name, value) for name, value in cookies.items()
                 if name == USER_COOKIE_NAME or (name.startswith(f"{USER_COOKIE_NAME}_")
                                                 and name.rpartition("_")[2].isdigit()))
    return hashlib.sha256(repr(own).encode()).hexdigest() if own else ""
