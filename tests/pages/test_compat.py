"""What Poise takes from Streamlit's and streamlit-webrtc's insides is still there.

Against the installed libraries: where one of these fails after an upgrade, its sentence says
what ``pages/parts/compat.py`` has to find elsewhere.
"""

import ast
import importlib.util
from pathlib import Path

import pytest
import streamlit as st
import streamlit_webrtc
from streamlit.testing.v1 import AppTest
from streamlit_webrtc import component

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "app.py", ROOT / "server.py", *sorted((ROOT / "pages").rglob("*.py"))]
INSIDES = ("streamlit.runtime", "streamlit.elements", "streamlit.proto", "streamlit.web",
           "streamlit_webrtc.")


def test_nothing_else_reaches_inside():
    reaching = []
    for page in PAGES:
        for node in ast.walk(ast.parse(page.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [
                a.name for a in node.names] if isinstance(node, ast.Import) else []
            reaching += [f"{page.name} imports {n}" for n in names if n.startswith(INSIDES)]
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not (
                    node.attr.startswith("__")
                    or (isinstance(node.value, ast.Name) and node.value.id == "self")):
                reaching.append(f"{page.name}:{node.lineno} calls {ast.unparse(node)}")
    assert {r.split()[0].partition(":")[0] for r in reaching} == {"compat.py"}, (
        f"private calls belong in pages/parts/compat.py: {reaching}")


@pytest.fixture
def compat():
    """Imported late, so that a name that is gone is told by the first test."""
    return importlib.import_module("pages.parts.compat")


def test_the_names_are_where_they_were():
    tree = ast.parse((ROOT / "pages/parts/compat.py").read_text("utf-8"))
    wanted = [(node.module, a.name) for node in tree.body if isinstance(node, ast.ImportFrom)
              for a in node.names if node.module.startswith(INSIDES)]
    assert wanted
    gone = [f"{name} of {module}" for module, name in wanted
            if importlib.util.find_spec(module) is None
            or not hasattr(importlib.import_module(module), name)]
    assert not gone, f"gone with an upgrade, pages/parts/compat.py needs another way: {gone}"


def camera_page():
    import streamlit as st
    from streamlit_webrtc import webrtc_streamer

    from pages.parts import compat

    before = compat.camera_mounted("cam")
    # With addresses of its own, the library asks no service for any.
    webrtc_streamer("cam", desired_playing_state=before, rtc_configuration={"iceServers": []})
    st.session_state["mounted"] = before


def test_the_cameras_front_end_is_found_under_its_key(monkeypatch):
    spoken = []

    def front_end(key, **rest):
        """Speaks as the browser's side does: a value under its key."""
        spoken.append(key)
        st.session_state.setdefault(key, {"playing": False})
        return st.session_state[key]

    monkeypatch.setattr(component, "_component_func", front_end)
    # AppTest has no server whose browser sessions could be looked up.
    monkeypatch.setattr(component, "get_this_session_info", lambda: None)
    page = AppTest.from_function(camera_page).run()
    assert not page.exception
    assert spoken, ("streamlit_webrtc.component has no `_component_func` any more that draws the "
                    "browser's side: compat.camera_mounted looks for its key")
    assert not page.session_state["mounted"]
    page.run()
    assert page.session_state["mounted"], (
        f"webrtc_streamer keeps the browser's side under {spoken[-1]!r}, where "
        "compat.camera_mounted does not look: the camera would never start")


def test_a_stream_can_be_hung_up(compat, monkeypatch):
    context = component.WebRtcStreamerContext(
        None, component.WebRtcStreamerState(playing=False, signalling=False))
    assert hasattr(context, "_get_worker"), (
        "a streamlit-webrtc context has no `_get_worker` any more: compat.hang_up needs another "
        "way to the connection")
    assert compat.hang_up(context) is None
    hung_up = []
    monkeypatch.setattr(streamlit_webrtc.WebRtcWorker, "stop", lambda self: hung_up.append(self),
                        raising=True)
    worker = object.__new__(streamlit_webrtc.WebRtcWorker)
    context._set_worker(worker)
    end = compat.hang_up(context)
    assert end is not None, "the context keeps its worker elsewhere: compat.hang_up finds none"
    end()
    assert hung_up == [worker]
    context._set_worker(None)


def upload_page():
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from pages.parts import compat

    clip = st.file_uploader("clip", key="clip")
    if clip is not None:
        here = get_script_run_ctx()
        kept = here.uploaded_file_mgr.get_files(here.session_id, [clip.file_id])
        compat.forget_upload(clip)
        left = here.uploaded_file_mgr.get_files(here.session_id, [clip.file_id])
        st.session_state["kept"], st.session_state["left"] = len(kept), len(left)


def test_an_uploads_memory_is_given_back():
    page = AppTest.from_function(upload_page).run()
    page.file_uploader[0].set_value(("clip.mp4", b"x" * 1000, "video/mp4")).run()
    assert not page.exception
    assert page.session_state["kept"] == 1
    assert page.session_state["left"] == 0, (
        "compat.forget_upload no longer reaches Streamlit's upload store: every clip would stay "
        "in memory until its tab is closed")
