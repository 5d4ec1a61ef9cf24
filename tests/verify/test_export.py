"""The journal in files: JSON Lines, HAR, curl commands that do the same again, and as it grows."""
import json
import os
import re
import subprocess
import tempfile
import unittest

from play import ROOT, SPANS, Server, batch

HEADERS = {"x-api-key": "s3cret", "content-type": "application/json"}


def play(server):
    """Requests that are hard to quote."""
    server.ask("PUT", "/v5/spans/batch", HEADERS, {"items": [
        {"id": "a", "name": "it's \"$HOME\" `x` \\ \n\t ü 漢 🎈", "trace_id": "@t",
         "start_timestamp": "2026-01-01T00:00:00Z"}]})
    server.ask("GET", "/v5/{a}[1-3]/../b?q='%20x&api_key=hush&c=%2B", {"X-Odd": "a'b\"c$d"})
    server.ask("POST", "/none", {"content-type": "text/plain"}, "@/etc/passwd")
    server.ask("PUT", "/v5/spans/batch", HEADERS, "not json \u0001")
    server.ask("PUT", "/v5/spans/batch", HEADERS, batch(400))
    server.ask("DELETE", "/v5/spans/batch", {"x-understudy-world": "other"})


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(["--log", "off", *SPANS])
        play(cls.server)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def export(self, what, world=None):
        headers = {"x-understudy-world": world} if world else None
        status, headers, answer = self.server.ask("GET", "/__admin/requests" + what, headers)
        self.assertEqual(status, 200)
        return headers["content-type"], answer

    def test_json_lines(self):
        kind, text = self.export("?format=jsonl")
        entries = [json.loads(line) for line in text.splitlines()]
        self.assertEqual(kind, "application/x-ndjson")
        self.assertEqual([e["id"] for e in entries], [1, 2, 3, 4, 5])
        self.assertIn({"name": "x-api-key", "value": "s3cret"}, entries[0]["request"]["headers"])
        _, hidden = self.export("?format=jsonl&secrets=hide")
        self.assertIn("api_key=***", hidden)
        self.assertNotIn("s3cret", hidden)
        _, two = self.export("?format=jsonl&after=3")
        self.assertEqual(len(two.splitlines()), 2)

    def test_filters_take_either_name_of_an_operation(self):
        label = self.export("?format=jsonl&operation=PUT%20/v5/spans/batch&method=put")[1]
        self.assertEqual(len(label.splitlines()), 3)
        with open(os.path.join(ROOT, "spec/sgp-spans.yaml"), encoding="utf-8") as file:
            name = re.search(r"operationId: (\S+)", file.read())[1]
        self.assertEqual(self.export(f"?format=jsonl&operation={name}")[1], label)

    def test_one_by_its_number(self):
        for name in ("2", "00000000-0000-4000-8000-000000000002"):
            event = self.server.admin("GET", "/requests/" + name)[1]
            self.assertEqual(event["request"]["number"], 2)

    def test_har(self):
        kind, text = self.export("?format=har")
        self.assertEqual(kind, "application/json")
        log = json.loads(text)["log"]
        self.assertEqual((log["version"], len(log["entries"])), ("1.2", 5))
        for entry in log["entries"]:
            for name in ("startedDateTime", "time", "request", "response", "cache", "timings"):
                self.assertIn(name, entry)
            for name in ("method", "url", "httpVersion", "cookies", "headers", "queryString",
                         "headersSize", "bodySize"):
                self.assertIn(name, entry["request"])
            for name in ("status", "statusText", "httpVersion", "cookies", "headers", "content",
                         "redirectURL", "headersSize", "bodySize"):
                self.assertIn(name, entry["response"])
        self.assertIn({"name": "q", "value": "' x"}, log["entries"][1]["request"]["queryString"])
        self.assertEqual(log["entries"][3]["request"]["postData"]["text"], "not json \u0001")

    def test_curl_does_the_same_again(self):
        for world in (None, "other"):
            with Server(["--log", "off", *SPANS]) as again:
                kind, script = self.export("?format=curl", world)
                self.assertTrue(kind.startswith("text/x-shellscript"))
                self.assertEqual(script.count("\ncurl ") + script.count("| curl "),
                                 1 if world else 5)
                script = script.replace("http://localhost/", f"http://127.0.0.1:{again.port}/")
                done = subprocess.run(["sh", "-e"], input=script, text=True, capture_output=True,
                                      env={"PATH": os.environ["PATH"], "HOME": "/"}, timeout=20)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(self.essence(self.server, world), self.essence(again, world))

    @staticmethod
    def essence(server, world):
        """What must be the same: all but the host, times, and what each client says of itself."""
        headers = {"x-understudy-world": world} if world else None
        _, _, text = server.ask("GET", "/__admin/requests?format=jsonl", headers)
        own = {"host", "connection", "user-agent", "accept", "content-length"}
        return [(e["request"]["method"], e["request"]["path"], e["request"]["query"],
                 sorted((h["name"], h["value"]) for h in e["request"]["headers"]
                        if h["name"].lower() not in own),
                 e["request"]["body"], e["response"]["status"])
                for e in map(json.loads, text.splitlines())]

    def test_the_file_that_grows(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "journal.jsonl")
            for times in (1, 2):
                server = Server(["--log", "off", "--journal-file", path, *SPANS])
                play(server)
                code, _, err = server.stop()
                self.assertEqual((code, err), (0, ""))
                with open(path, encoding="utf-8") as file:
                    entries = [json.loads(line) for line in file]
                self.assertEqual(len(entries), 6 * times)
            self.assertEqual({e["state"] for e in entries}, {"sent"})
            self.assertEqual(entries[-1]["world"], "other")
            with open(path, encoding="utf-8") as file:
                self.assertNotIn("s3cret", file.read())


if __name__ == "__main__":
    unittest.main()
