"""SIGHUP and --watch: documents are swapped under load, and nobody notices but who should."""
import json
import os
import signal
import tempfile
import threading
import time
import unittest

from play import Server

SWAPS = 50
CLIENTS = 3
PATIENCE_SECONDS = 10
RECORDS = 5

DOCUMENT = """\
openapi: 3.1.0
info: {{title: Things, version: "{version}"}}
paths:
  /things:
    put:
      requestBody:
        required: true
        content: {{application/json: {{schema: {{$ref: "schemas.yaml#/Things"}}}}}}
      responses:
        "200": {{description: ok, content: {{application/json: {{schema: {{$ref: "schemas.yaml#/Things"}}}}}}}}
    get:
      responses:
        "200": {{description: ok, content: {{application/json: {{schema: {{$ref: "schemas.yaml#/Things"}}}}}}}}
  /version/{version}:
    get: {{responses: {{"204": {{description: this one}}}}}}
"""
SCHEMAS = """\
Things: {{type: object, required: [items], properties: {{items: {{type: array, items: {{$ref: "#/Thing"}}}}}}}}
Thing: {{type: object, required: [id], properties: {{id: {{type: string}}, n: {{type: {n}}}}}}}
"""
OVERLAY = """\
overlay: 1.0.0
info: {title: state, version: "1"}
actions:
  - {target: "$.paths['/things'].put", update: {x-understudy: {collection: things, action: upsert, items: /items, key: [id]}}}
  - {target: "$.paths['/things'].get", update: {x-understudy: {collection: things, action: list, items: /items, key: [id]}}}
"""
FIXTURES = "things: [{{id: {id}, n: 1}}]\n"
FAULTS = """\
faults:
  - {{name: first, match: {{path: /version/0}}, when: {{first: 1}}, do: {{status: {status}}}}}
"""
BROKEN = [
    "openapi: 3.1.0\npaths: [",  # no YAML
    DOCUMENT.format(version=0).replace("schemas.yaml#/Things", "nowhere.yaml#/Things"),
    DOCUMENT.format(version=0).replace("schemas.yaml#/Things", "schemas.yaml#/Nothing"),
    "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n",
    "",
]


class Folder:
    """A document of two files, and an overlay."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.write("api.yaml", DOCUMENT.format(version=0))
        self.write("schemas.yaml", SCHEMAS.format(n="integer"))
        self.write("overlay.yaml", OVERLAY)

    def path(self, name):
        return os.path.join(self.temporary.name, name)

    def write(self, name, text):
        """In one step, as editors do it, so that nobody reads half of it."""
        with open(self.path(name + ".new"), "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.path(name + ".new"), self.path(name))

    def serve(self, *flags):
        return Server(["--log", "off", *flags, "--overlay", self.path("overlay.yaml"),
                       self.path("api.yaml")])


def upsert(server, key, number=1):
    return server.ask("PUT", "/things", {"content-type": "application/json"},
                      {"items": [{"id": key, "n": number}]})


def listed(server):
    status, _, body = server.ask("GET", "/things")
    assert status == 200, (status, body)
    return {item["id"] for item in json.loads(body)["items"]}


def plays(server, version):
    return server.ask("GET", f"/version/{version}")[0] == 204


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


class Load:
    """Clients that put and get without a pause; remembers what went wrong."""

    def __init__(self, server):
        self.server = server
        self.failures = []
        self.asked = 0
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=[n], daemon=True)
                        for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        while not self.ended.is_set():
            try:
                for answer in (upsert(self.server, f"load{number}"),
                               self.server.ask("GET", "/things")):
                    self.asked += 1
                    if answer[0] != 200:
                        self.failures.append(answer)
            except (OSError, AssertionError, ValueError, IndexError) as problem:
                self.failures.append(problem)

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()


class Reload(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()

    def tearDown(self):
        self.folder.temporary.cleanup()

    def hang_up(self, server):
        server.process.send_signal(signal.SIGHUP)

    def test_fifty_swaps_under_load(self):
        with self.folder.serve() as server:
            for i in range(RECORDS):
                self.assertEqual(upsert(server, f"kept{i}")[0], 200)
            load = Load(server)
            self.addCleanup(load.end)
            for i in range(1, SWAPS + 1):
                if i % 2 == 0:
                    self.folder.write("api.yaml", BROKEN[i // 2 % len(BROKEN)])
                    self.hang_up(server)
                    time.sleep(0.01)
                    self.assertTrue(plays(server, i - 1), "a broken document was swapped in")
                else:
                    self.folder.write("api.yaml", DOCUMENT.format(version=i))
                    self.hang_up(server)
                    wait_until(lambda version=i: plays(server, version))
            load.end()
            self.assertEqual(load.failures, [])
            self.assertGreater(load.asked, SWAPS)
            kept = {f"kept{i}" for i in range(RECORDS)}
            self.assertEqual(listed(server) - kept, {f"load{n}" for n in range(CLIENTS)})
            self.assertLessEqual(kept, listed(server))
            _, health = server.admin("GET", "/health")
            self.assertEqual(health["status"], "healthy")

    def test_says_why(self):
        server = Server(["--overlay", self.folder.path("overlay.yaml"),
                         self.folder.path("api.yaml")])
        self.folder.write("api.yaml", BROKEN[2])
        self.hang_up(server)
        time.sleep(0.2)
        self.folder.write("api.yaml", DOCUMENT.format(version=7))
        self.hang_up(server)
        wait_until(lambda: plays(server, 7))
        code, out, err = server.stop()
        self.assertEqual(code, 0)
        self.assertRegex(out, r"error: the documents have \d+ errors; the old ones stay")
        self.assertRegex(out, r"info: read the documents again: 3 operations")
        self.assertRegex(err, r"api\.yaml:8:\d+: error: .*Nothing")

    def test_what_was_broken_before_may_stay_broken(self):
        extra = ("  /broken:\n    get:\n      responses:\n        \"200\": {description: ok, content: "
                 "{application/json: {schema: {$ref: \"#/nowhere\"}}}}\n")
        self.folder.write("api.yaml", DOCUMENT.format(version=0) + extra)
        with self.folder.serve() as server:
            self.assertEqual(server.ask("GET", "/broken")[0], 501)
            self.folder.write("api.yaml", DOCUMENT.format(version=1) + extra)
            self.hang_up(server)
            wait_until(lambda: plays(server, 1))
            worse = (DOCUMENT.format(version=2) + extra).replace("schemas.yaml#/Things", "#/no", 1)
            self.folder.write("api.yaml", worse)
            self.hang_up(server)
            time.sleep(0.2)
            self.assertTrue(plays(server, 1))
            self.assertFalse(plays(server, 2))
            self.folder.write("api.yaml", DOCUMENT.format(version=3))
            self.hang_up(server)
            wait_until(lambda: plays(server, 3))
            self.assertEqual(server.ask("GET", "/broken")[0], 404)

    def test_watch(self):
        """Documents, files that only schemas refer to, and overlays are all looked at."""
        with self.folder.serve("--watch") as server:
            load = Load(server)
            self.addCleanup(load.end)
            self.assertEqual(upsert(server, "kept", "text")[0], 422)
            self.folder.write("api.yaml", DOCUMENT.format(version=1))
            wait_until(lambda: plays(server, 1))
            self.folder.write("schemas.yaml", SCHEMAS.format(n="[integer, string]"))
            wait_until(lambda: upsert(server, "kept", "text")[0] == 200)
            self.folder.write("schemas.yaml", "Things: [")
            time.sleep(0.5)
            self.assertEqual(upsert(server, "kept", "text")[0], 200)
            self.folder.write("schemas.yaml", SCHEMAS.format(n="[integer, string]") + "# mended\n")
            self.folder.write("overlay.yaml", OVERLAY + "  - {target: \"$.paths['/version/1'].get."
                              "responses\", update: {\"202\": {description: the lowest}}}\n")
            wait_until(lambda: server.ask("GET", "/version/1")[0] == 202)
            load.end()
            self.assertEqual(load.failures, [])
            self.assertIn("kept", listed(server))

    def test_fixtures_and_fault_plans(self):
        """Worlds keep what they have; a reset, and a new world, start from the new files."""
        for name, text in (("seed.yaml", FIXTURES.format(id="old")),
                           ("faults.yaml", FAULTS.format(status=503))):
            self.folder.write(name, text)

        def in_world(name, method="GET", target="/version/0"):
            return server.ask(method, target, {"x-understudy-world": name})

        def listed_in(name):
            return {item["id"] for item in json.loads(in_world(name, "GET", "/things")[2])["items"]}

        with self.folder.serve("--watch", "--fixture", self.folder.path("seed.yaml"),
                               "--faults", self.folder.path("faults.yaml")) as server:
            load = Load(server)
            self.addCleanup(load.end)
            self.assertEqual(upsert(server, "kept")[0], 200)
            self.assertEqual([in_world(name)[0] for name in ("a", "b", "b", "b")],
                             [503, 503, 204, 204])
            server.ask("PUT", "/__admin/faults", {"x-understudy-world": "own"},
                       FAULTS.format(status=418))
            # The plan's words stay the same: counters go on.
            self.folder.write("seed.yaml", FIXTURES.format(id="new"))
            wait_until(lambda: listed_in(f"w{time.monotonic_ns()}") == {"new"})
            self.assertEqual(in_world("b")[0], 204)
            self.assertLessEqual({"old", "kept"}, listed(server))
            self.folder.write("faults.yaml", FAULTS.format(status=429))
            wait_until(lambda: in_world(f"w{time.monotonic_ns()}")[0] == 429)
            self.assertEqual([in_world(name)[0] for name in ("b", "b", "own", "own")],
                             [429, 204, 418, 204])
            for name, text in (("faults.yaml", FAULTS.format(status=99)),
                               ("seed.yaml", FIXTURES.format(id=5)),
                               ("seed.yaml", "nothings: []")):
                self.folder.write(name, text)
                time.sleep(0.5)
                self.assertEqual(listed_in(f"w{time.monotonic_ns()}"), {"new"})
                self.assertEqual(in_world(f"w{time.monotonic_ns()}")[0], 429)
            load.end()
            self.assertEqual(load.failures, [])
            server.admin("POST", "/reset")
            self.assertEqual(listed(server), {"new"})
            _, _, err = server.stop()
        self.assertRegex(err, r"faults\.yaml:2:\d+: error: .*status")
        self.assertRegex(err, r"seed\.yaml:1:\d+: error: /id: expected string, got integer")
        self.assertRegex(err, r"seed\.yaml:1:\d+: error: no operation keeps a collection .nothings.")

    def test_without_watch_nothing_is_looked_at(self):
        with self.folder.serve() as server:
            self.folder.write("api.yaml", DOCUMENT.format(version=1))
            time.sleep(0.5)
            self.assertTrue(plays(server, 0))


if __name__ == "__main__":
    unittest.main()
