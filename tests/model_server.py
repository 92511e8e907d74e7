"""A real local HTTP server that speaks the chat protocol of OpenAI, for tests."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """What arrived: path, headers and the whole body as sent, one entry a request."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


Answer = Callable[[BaseHTTPRequestHandler, dict[str, Any], threading.Event], None]


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200,
         **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)),
                        **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def completion(content: str) -> bytes:
    """A chat completion as Ollama writes it."""
    return json.dumps({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "test",
        "choices": [{"index": 0, "finish_reason": "stop",
                     "message": {"role": "assistant", "content": content}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}).encode()


def reworded(request: dict[str, Any]) -> dict[str, Any]:
    """A well-behaved model: our own sentences again, each with its first stretch."""
    facts = json.loads(request["messages"][1]["content"])
    return {"advice": [{"code": a["code"], "lines": [
        {"kind": line["kind"], "text": "  " + line["text"], "evidence": [a["evidence"][0]]}
        for line in a["lines"]]} for a in facts["advice"]]}


def well(handler: BaseHTTPRequestHandler, request: dict[str, Any], _: threading.Event) -> None:
    send(handler, completion(json.dumps(reworded(request), ensure_ascii=False)))


@contextmanager
def model_server(answer: Answer = well) -> Iterator[Asked]:
    """Serve ``answer`` on a free port; yields what is asked, with the address as ``url``."""
    asked, stop = Asked(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.paths.append(self.path)
            asked.headers.append(dict(self.headers))
            asked.bodies.append(body)
            with suppress(BrokenPipeError, ConnectionResetError):  # the client gave up, rightly
                answer(self, json.loads(body), stop)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    asked.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield asked
    finally:
        stop.set()
        server.shutdown()
        thread.join()
        server.server_close()
