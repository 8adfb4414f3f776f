"""A contract stub of a model's server: it speaks the protocol, and says what the test scripts.

It is no model: tests with it show what is sent, how answers are taken, and nothing about how well
a model chooses. docs/questions.md lists what a person with a key looks at.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Scripted = dict[str, Any]
KEY = "sk-of-the-test-0123456789"


def says(text: str, **choice: Any) -> Scripted:
    """A completion that ends the conversation."""
    return _completion({"role": "assistant", "content": text}, **choice)


def calls(name: str, arguments: str, call: str = "call-1") -> Scripted:
    """A completion that calls a tool; `arguments` is JSON, or what a bad model makes of it."""
    function = {"name": name, "arguments": arguments}
    tool_calls = [{"id": call, "type": "function", "function": function}]
    message = {"role": "assistant", "content": None, "tool_calls": tool_calls}
    return _completion(message, finish_reason="tool_calls")


def refuses(reason: str) -> Scripted:
    """A completion in which the model declines."""
    return _completion({"role": "assistant", "content": None, "refusal": reason})


def fails(status: int, **headers: str) -> Scripted:
    """A refusal of the server."""
    return {"status": status, "headers": headers, "body": {"error": {"message": "no"}}}


def late(answer: Scripted, seconds: float) -> Scripted:
    """The same answer, after a time."""
    return {**answer, "seconds": seconds}


def _completion(message: dict[str, Any], **choice: Any) -> Scripted:
    chosen = {"index": 0, "message": message, "finish_reason": "stop", **choice}
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "scripted"}
    return {"status": 200, "headers": {}, "body": {**body, "choices": [chosen]}}


class ModelServer:
    """The server: its address, what it will say, and what was sent to it."""

    def __init__(self) -> None:
        self.script: list[Scripted] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.url = ""
        self.is_over = threading.Event()

    def next(self, request: dict[str, Any], key: str) -> Scripted:
        """Note a request, and take the next answer of the script; the last one stays."""
        self.requests.append(request)
        self.keys.add(key)
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """Serve on a free port of loopback."""
    model = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = str(self.headers["Authorization"]).removeprefix("Bearer ")
            answer = model.next(json.loads(body), key)
            model.is_over.wait(answer.get("seconds", 0))
            if model.is_over.is_set():
                return
            self.send_response(answer["status"])
            for name, value in answer["headers"].items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer["body"]).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the class
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.is_over.set()
        server.shutdown()
        thread.join()
