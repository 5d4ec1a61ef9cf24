"""compare.py --understudy PROGRAM [--count N] [--seed S] | --record DIRECTORY [--count N] [--seed S]

Starts the two FastAPI apps and understudy in both modes, asks them the same random requests
and prints what differs. Exit code 1 if anything does. With --record it writes the FastAPI
apps' answers down instead, for replay_oracle.
"""

import argparse
import http.client
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml

from contract import Contract
from generate import Request, SpansGenerator, ZooGenerator
from record import Recorder

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
SHOWN = 30
BODY_SHOWN, BEFORE, BEHIND = 400, 150, 250
TOLD_HEADERS = ("allow", "location", "www-authenticate", "content-type")


# ---- numbers keep their kind ----


class Real(float):
    """A number that was written with a fraction or an exponent."""

    def __eq__(self, other):
        return isinstance(other, float) and (float(self) == float(other) or (self != self and other != other))

    __hash__ = float.__hash__


def read_json(text: str):
    return json.loads(text, parse_float=Real, object_pairs_hook=list)


def same(want, got) -> bool:
    """Equal in meaning: names in order, integers and reals apart; made-up texts match theirs."""
    if want == "GENERATED":
        return isinstance(got, str) and len(got) == 36
    if want == "ACCOUNT":
        return got == "acct_understudy"
    if type(want) is not type(got):
        return False
    if isinstance(want, (list, tuple)):
        got = [entry for entry in got if not (isinstance(entry, tuple) and entry[0] == "created_by")]
        return len(want) == len(got) and all(same(a, b) for a, b in zip(want, got))
    return want == got


# ---- servers ----


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        try:
            return read_json(self.body.decode())
        except ValueError:
            return None

    def entries(self) -> list[dict]:
        """The 422's entries; empty where there are none."""
        body = self.json()
        detail = dict(body).get("detail") if isinstance(body, list) and body and isinstance(body[0], tuple) else None
        return [dict(entry) for entry in detail] if isinstance(detail, list) else []


class Server:
    def __init__(self, name: str, process: subprocess.Popen, port: int):
        self.name, self.process, self.port = name, process, port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def ask(self, request: Request) -> Answer:
        for attempt in (1, 2):
            try:
                return self.ask_once(request)
            except (http.client.HTTPException, ConnectionError):
                self.connection.close()
                if attempt == 2:
                    return Answer(0, {}, b"no answer")

    def ask_once(self, request: Request) -> Answer:
        connection = self.connection
        connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("host", f"127.0.0.1:{self.port}")
        for name, value in request.headers:
            connection.putheader(name, value.encode("latin-1", "replace"))
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            connection.putheader("content-length", str(len(request.body)))
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        body = response.read()
        told = {name: headers[name] for name in TOLD_HEADERS if name in headers}
        if "location" in told:
            told["location"] = told["location"].replace(str(self.port), "PORT")
        return Answer(response.status, told, body)

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.wait()


def start_app(name: str) -> Server:
    process = subprocess.Popen(
        [sys.executable, str(HERE / "serve.py"), name], stdout=subprocess.PIPE, text=True, cwd=HERE
    )
    return Server(name, process, int(process.stdout.readline()))


def start_understudy(program: str, name: str, spec: Path, overlays: list[Path]) -> Server:
    command = [program, "serve", "--port", "0", "--log", "off", "--random-seed", "1"]
    for overlay in overlays:
        command += ["--overlay", str(overlay)]
    process = subprocess.Popen(command + [str(spec)], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    port = re.search(r":(\d+)", line)
    if port is None:
        sys.exit(f"understudy did not start: {line}")
    server = Server(name, process, int(port[1]))
    for _ in range(100):
        if server.ask(Request("GET", "/")).status != 0:
            break
        time.sleep(0.05)
    return server


# ---- comparing ----


def differs_in_body(want: Answer, got: Answer) -> bool:
    if want.body == got.body:
        return False
    theirs, ours = want.json(), got.json()
    if theirs is None or ours is None:
        return True
    return not same(theirs, ours)


def as_deployed(want: Answer, got: Answer, statuses_only: bool) -> str | None:
    """Why ours is not the app's answer, or None."""
    if want.status != got.status:
        return "status"
    if statuses_only and want.status == 200:
        return None
    if want.headers != got.headers:
        return "headers"
    return "body" if differs_in_body(want, got) else None


def by_contract(want: Answer, got: Answer, places: list[list] | None) -> str | None:
    """Why ours is not what the document and the app say together, or None."""
    theirs = want.entries()
    whole = want.status not in (200, 422) or any(len(entry["loc"]) == 1 or entry["type"] == "json_invalid" for entry in theirs)
    if whole or places is None:
        return as_deployed(want, got, False)
    if not places:
        return None if got.status == 200 else "the contract accepts it"
    if got.status != 422:
        return "the contract refuses it"
    ours = got.entries()
    if sorted(map(str, places)) != sorted(str(entry["loc"]) for entry in ours):
        return "places"
    for entry in (entry for entry in theirs if entry["loc"] in places):
        if not any(list(entry.items()) == list(mine.items()) for mine in ours if mine["loc"] == entry["loc"]):
            return f"entry at {entry['loc']}"
    return None


def has_lone_surrogate(request: Request) -> bool:
    """Half a surrogate pair: Python takes it for a character, and may answer 500 or not."""
    try:
        json.dumps(json.loads(request.body), ensure_ascii=False).encode()
        return False
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False


def body_value(request: Request):
    """The body as Python reads it, or None."""
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def excerpt(body: bytes, other: bytes) -> str:
    """The part of a body around the first byte in which it is not the other."""
    at = next((n for n, (a, b) in enumerate(zip(body, other)) if a != b), min(len(body), len(other)))
    start = max(0, at - BEFORE)
    text = body[start : at + BEHIND].decode(errors="replace")
    return ("..." if start else "") + text + ("..." if at + BEHIND < len(body) else "")


def show(why: str, mode: str, request: Request, want: Answer, got: Answer, places) -> None:
    print(f"--- {mode}: {why}")
    print(f"    {request.method} {request.path} {request.headers}")
    print(f"    {request.body[:BODY_SHOWN]!r}")
    for name, answer, other in (("theirs", want, got), ("ours  ", got, want)):
        print(f"    {name} {answer.status} {answer.headers} {excerpt(answer.body, other.body)}")
    if places is not None:
        print(f"    places {places}")


class Run:
    def __init__(self, shown: int):
        self.asked = Counter()
        self.differ = Counter()
        self.wrong = self.not_to_the_byte = 0
        self.shown = shown

    def note(self, why: str | None, mode: str, request: Request, want: Answer, got: Answer, places=None) -> None:
        self.asked[mode] += 1
        if why is None:
            self.not_to_the_byte += "deployed" in mode and want.status != 200 and want.body != got.body
            return
        self.wrong += 1
        self.differ[mode] += 1
        if self.wrong <= self.shown:
            show(why, mode, request, want, got, places)


def requests_of(generator, count: int):
    for _ in range(count):
        request = generator.request()
        if not has_lone_surrogate(request):
            yield request


def places_in(contract: Contract, request: Request) -> list[list] | None:
    value = body_value(request)
    return contract.broken_places(value) if value is not None else None


def compare_spans(run: Run, program: str, count: int, seed: int, directory: Path) -> None:
    spec = ROOT / "spec" / "sgp-spans.yaml"
    overlays = ROOT / "spec" / "overlays"
    app = start_app("spans")
    plain = start_understudy(program, "contract", spec, [overlays / "spans-store.yaml"])
    deployed = start_understudy(
        program, "deployed", spec, [overlays / "spans-store.yaml", overlays / "spans-as-deployed.yaml"]
    )
    document = yaml.safe_load(spec.read_text())
    contract = contract_of_spans(document)
    generator = SpansGenerator(seed, app_document("spans"))
    for request in requests_of(generator, count):
        want = app.ask(request)
        got = deployed.ask(request)
        run.note(as_deployed(want, got, False), "spans, as deployed", request, want, got)
        places = places_in(contract, request)
        got = plain.ask(request)
        run.note(by_contract(want, got, places), "spans, by contract", request, want, got, places)
    for server in (app, plain, deployed):
        server.stop()


def compare_zoo(run: Run, program: str, count: int, seed: int, directory: Path) -> None:
    document = app_document("zoo")
    spec = directory / "zoo.json"
    spec.write_text(json.dumps(document))
    app = start_app("zoo")
    deployed = start_understudy(program, "deployed", spec, [HERE / "zoo-overlay.yaml"])
    generator = ZooGenerator(seed, document)
    for request in requests_of(generator, count):
        want = app.ask(request)
        got = deployed.ask(request)
        run.note(as_deployed(want, got, want.body == b"true"), "zoo, as deployed", request, want, got)
    for server in (app, deployed):
        server.stop()


def record(count: int, seed: int, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    document = app_document("zoo")
    (directory / "zoo.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    contract = contract_of_spans(yaml.safe_load((ROOT / "spec" / "sgp-spans.yaml").read_text()))
    generators = {"spans": SpansGenerator(seed, app_document("spans")), "zoo": ZooGenerator(seed, document)}
    for name, generator in generators.items():
        app = start_app(name)
        recorder = Recorder(directory / f"{name}.jsonl")
        for request in requests_of(generator, count):
            answer = app.ask(request)
            places = places_in(contract, request) if name == "spans" else None
            recorder.note(request, answer, name == "spans" or answer.body != b"true", places)
        recorder.close()
        app.stop()


def contract_of_spans(document: dict) -> Contract:
    operation = document["paths"]["/v5/spans/batch"]["put"]
    return Contract(document, operation["requestBody"]["content"]["application/json"]["schema"])


def app_document(name: str) -> dict:
    done = subprocess.run([sys.executable, str(HERE / "serve.py"), name, "--openapi"], capture_output=True, cwd=HERE, check=True)
    return json.loads(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--understudy")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--shown", type=int, default=SHOWN)
    parser.add_argument("--only", choices=["spans", "zoo"])
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    if options.record is not None:
        record(options.count, options.seed, options.record)
        return 0
    if options.understudy is None:
        parser.error("--understudy or --record is needed")
    run = Run(options.shown)
    with tempfile.TemporaryDirectory() as directory:
        for name, compare in (("spans", compare_spans), ("zoo", compare_zoo)):
            if options.only in (None, name):
                compare(run, options.understudy, options.count, options.seed, Path(directory))
    print(f"seed {options.seed}")
    for mode, asked in run.asked.items():
        print(f"{mode + ':':20}{asked:7} answers compared, {run.differ[mode]} differ")
    print(f"{run.not_to_the_byte} error answers are equal in meaning but not to the byte")
    return 1 if run.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
