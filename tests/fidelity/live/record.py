"""Writes an app's answers down, a JSON object a line, for replay_oracle."""

import base64
import json
from pathlib import Path

LONGEST = 4000


def body_of(request) -> dict:
    try:
        return {"body": request.body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(request.body).decode()}


def answer_of(answer, with_body: bool) -> dict:
    told = {"status": answer.status, "headers": dict(answer.headers)}
    if "location" in told["headers"]:
        told["headers"]["location"] = told["headers"]["location"].replace("127.0.0.1:PORT", "testserver")
    if with_body and answer.body:
        try:
            told["body"] = json.loads(answer.body)
        except ValueError:
            told["body"] = answer.body.decode()
    return told


class Recorder:
    def __init__(self, path: Path):
        self.file = path.open("w")

    def note(self, request, answer, with_body: bool, places: list | None) -> None:
        line = {
            "class": request.kind,
            "request": {"method": request.method, "path": request.path, "headers": request.headers, **body_of(request)},
            "backend": answer_of(answer, with_body),
            "contract": {"valid": places == [], "locs": places},
        }
        text = json.dumps(line, separators=(",", ":"))
        if len(text) <= LONGEST:
            self.file.write(text + "\n")

    def close(self) -> None:
        self.file.close()
