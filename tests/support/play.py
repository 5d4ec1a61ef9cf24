"""Starts the built program for tests in Python, and speaks to it in bytes."""
import json
import os
import socket
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.environ["UNDERSTUDY"]
PATIENCE_SECONDS = 20
SPANS = ["--overlay", "spec/overlays/spans-store.yaml", "spec/sgp-spans.yaml"]
THINGS = ["tests/cases/dialects/api.yaml"]


class Server:
    """understudy (or what `command` says) on a free port, until the end of the with block."""

    def __init__(self, arguments, command=(BINARY, "serve")):
        self.folder = tempfile.TemporaryDirectory()
        port_file = os.path.join(self.folder.name, "port")
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--port-file", port_file, *arguments], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not os.path.exists(port_file):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"no server: {self.process.communicate()}")
            time.sleep(0.01)
        with open(port_file, encoding="ascii") as file:
            self.port = int(file.read())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends the server; returns (exit code, stdout, stderr)."""
        self.process.terminate()
        out, err = self.process.communicate(timeout=PATIENCE_SECONDS)
        self.folder.cleanup()
        return self.process.returncode, out, err

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)

    def send(self, method, target, headers=None, body=None):
        """One request on a connection of its own, as bytes; the socket to read from."""
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        data = (text or "").encode()
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost",
                 f"Content-Length: {len(data)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        wire = self.connect()
        wire.sendall("\r\n".join([*lines, "", ""]).encode() + data)
        return wire

    def ask(self, method, target, headers=None, body=None):
        """The whole answer: (status, headers in lower case, body)."""
        headers = {"Connection": "close", **(headers or {})}
        with self.send(method, target, headers, body) as wire:
            received, ending = read_all(wire)
        assert ending == "FIN", ending
        return parse(received)

    def upsert(self, headers=None, body=None):
        """A valid batch of one, or `body`."""
        headers = {"x-api-key": "k", "content-type": "application/json", **(headers or {})}
        return self.ask("PUT", "/v5/spans/batch", headers, body if body is not None else batch(1))

    def admin(self, method, path, body=None):
        status, _, answer = self.ask(method, "/__admin" + path, None, body)
        return status, json.loads(answer) if answer else None


def batch(count):
    return {"items": [{"id": f"s{i}", "name": "n", "trace_id": "t",
                       "start_timestamp": "2026-01-01T00:00:00Z"} for i in range(count)]}


def read_all(wire, seconds=PATIENCE_SECONDS):
    """All bytes until the end: (bytes, "FIN" or "RST" or "open")."""
    wire.settimeout(seconds)
    received = b""
    while True:
        try:
            piece = wire.recv(65536)
        except ConnectionResetError:
            return received, "RST"
        except TimeoutError:
            return received, "open"
        if not piece:
            return received, "FIN"
        received += piece


def parse(received):
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    return int(lines[0].split(" ")[1]), headers, body.decode()


def run(*arguments, stdin=None, command=(BINARY,)):
    """Runs a command to its end: (exit code, stdout, stderr)."""
    done = subprocess.run([*command, *arguments], cwd=ROOT, text=True, input=stdin,
                          capture_output=True, timeout=PATIENCE_SECONDS)
    return done.returncode, done.stdout, done.stderr
