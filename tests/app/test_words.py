"""What the program prints: show, check and validate, their exit codes, and the log of --verbose."""
import json
import os
import subprocess
import tempfile
import time
import unittest
from collections import Counter
from multiprocessing.pool import ThreadPool

from play import BINARY, ROOT, Server, run

SPEC = "spec/sgp-spans.yaml"
BAD = {"items": [{"name": 5, "trace_id": "t"}] * 30}


class Words(unittest.TestCase):
    def test_exit_codes(self):
        with tempfile.TemporaryDirectory() as folder:
            broken = os.path.join(folder, "broken.yaml")
            with open(broken, "w", encoding="utf-8") as file:
                file.write("openapi: 3.1.0\npaths: {/a: {get: {parameters: 5}}}\n")
            for arguments, wanted in (
                    (["--version"], 0), (["help"], 0), (["help", "show"], 0), (["show", SPEC], 0),
                    (["show", SPEC, "PUT /v5/spans/batch"], 0), (["check", SPEC], 0),
                    (["show", SPEC, "GET /nothing"], 1), (["show", "nowhere.yaml"], 1),
                    (["show", broken], 1), (["check", broken], 1), (["serve", "nowhere.yaml"], 1),
                    ([], 0), (["show"], 2), (["shwo", SPEC], 2), (["show", "--nothing", SPEC], 2),
                    (["serve", "--port", "x", SPEC], 2)):
                code, _, _ = run(*arguments)
                self.assertEqual(code, wanted, arguments)

    def test_a_slip_in_what_help_is_wanted_for(self):
        for topic, wanted in (("servee", "did you mean serve?"), ("help", None), ("show", None)):
            code, out, err = run("help", topic)
            self.assertEqual((code, err), (0, "") if wanted is None else
                             (2, f"understudy: unknown command {topic}; {wanted}\n"))
            self.assertEqual(out == "", wanted is not None)

    def test_one_is_not_plural(self):
        self.assertEqual(run("check", SPEC)[1], SPEC + ": fine, 1 operation\n")
        with Server([SPEC]) as server:
            out = server.stop()[1]
        self.assertIn("(1 operation, seed ", out)

    def test_whoever_reads_may_go_away(self):
        for arguments in (["show", SPEC], ["help"], ["--version"], ["check", SPEC]):
            process = subprocess.Popen([BINARY, *arguments], cwd=ROOT, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"", arguments)
            process.stderr.close()
            self.assertEqual(process.wait(), 0, arguments)

    def test_show_names_what_it_shows(self):
        _, out, _ = run("show", SPEC, "PUT /v5/spans/batch")
        self.assertIn("PUT /v5/spans/batch\n", out)
        self.assertRegex(out, r"body \(required\) application/json")
        self.assertRegex(out, r"trace_id +required")

    def test_verbose(self):
        with Server(["--verbose", SPEC]) as server:
            server.upsert(body=BAD)
            server.upsert(body={"items": []})
            _, out, _ = server.stop()
        lines = [line.partition(" debug: ")[2] for line in out.splitlines() if " debug: " in line]
        self.assertEqual(len(lines), 21)
        self.assertRegex(lines[0], r"^#1 /body/items/0/name: type: expected string, got integer "
                                   r"\(spec/sgp-spans\.yaml:\d+:\d+\)$")
        self.assertRegex(lines[-1], r"^#1 and \d+ more$")

    def test_verbose_as_json(self):
        with Server(["-v", "--log", "json", SPEC]) as server:
            server.upsert(body=BAD)
            _, out, _ = server.stop()
        lines = [json.loads(line) for line in out.splitlines()]
        reasons = [line for line in lines if line["event"] == "reason"]
        self.assertEqual(len(reasons), 20)
        self.assertEqual({key: reasons[0][key] for key in ("level", "id", "path", "keyword", "message")},
                         {"level": "debug", "id": 1, "path": "/body/items/0/name", "keyword": "type",
                          "message": "expected string, got integer"})
        self.assertRegex(reasons[0]["place"], r"^spec/sgp-spans\.yaml:\d+:\d+$")
        self.assertRegex(lines[-1]["message"], r"^#1 and \d+ more$")

    def test_verbose_tells_of_every_refusal(self):
        with Server(["-v", SPEC]) as server:
            server.upsert(body='{"items": [')
            server.upsert(headers={"x-api-key": "k", "content-type": "text/csv"}, body="a")
            server.ask("PUT", "/v5/spans/batch", {"content-type": "application/json"}, "{}")
            server.ask("PUT", "/nowhere")
            server.ask("GET", "/v5/spans/batch")
            _, out, _ = server.stop()
        self.assertEqual([line.partition(" debug: ")[2].partition(" (")[0]
                          for line in out.splitlines() if " debug: " in line], [
            "#1 /body: json: Expecting value at line 1, column 12",
            "#2 /body: type: expected object, got string",
            "#3 The request carries no credentials.",
            "#4 The path is not in the contract.",
            "#5 The path has no operation for this method."])

    def test_verbose_under_load(self):
        """Lines of many threads stay whole, at most 22 for each request."""
        asked = 400
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as log:
            to_file = ("sh", "-c", f'exec "{BINARY}" serve "$@" >"{log.name}"', "sh")
            with Server(["-v", "--log", "json", SPEC], to_file) as server, ThreadPool(8) as pool:
                answers = pool.map(lambda _: server.upsert(body=BAD), range(asked))
            self.assertEqual({status for status, _, _ in answers}, {422})
            lines = [json.loads(line) for line in log]
        counts = Counter((line["event"], line.get("id")) for line in lines)
        self.assertEqual(sum(event == "request" for event, _ in counts), asked)
        for number in range(1, asked + 1):
            self.assertEqual((counts["request", number], counts["reason", number]), (1, 20))
        self.assertEqual(len(lines), 1 + asked * 22)

    def test_a_log_that_nobody_reads_holds_up_nobody(self):
        """What stands in a full pipe is whole; what came later is lost, until there is room again,
        and counted."""
        with Server(["-v", "--log", "json", SPEC]) as server:
            for _ in range(100):
                self.assertEqual(server.upsert(body=BAD)[0], 422)
            read = b""
            while len(read) < 60000:
                read += os.read(server.process.stdout.fileno(), 60000 - len(read))
            self.assertEqual(server.upsert(body={"items": []})[0], 200)
            _, out, _ = server.stop()
        lines = [json.loads(line) for line in (read.decode() + out).splitlines()]
        self.assertLess(len(lines), 100 * 22)
        self.assertEqual((lines[-1]["event"], lines[-1]["status"]), ("request", 200))
        told = [int(line["message"].split()[0]) for line in lines
                if line.get("level") == "warning" and "could not be written" in line["message"]]
        self.assertEqual(len(told), 1)
        ready = 1
        self.assertEqual(len(lines) - ready - len(told) + told[0], 100 * 22 + 1)

    def test_a_full_pipe_holds_up_neither_faults_nor_the_end(self):
        with Server([SPEC]) as server:
            for _ in range(1500):
                self.assertEqual(server.upsert(body={"items": []})[0], 200)
            begun = time.monotonic()
            fault = {"X-Understudy-Fault": '{"connection": "reset"}'}
            with server.send("GET", "/", fault) as client:
                self.assertRaises(ConnectionResetError, client.recv, 1)
            server.process.terminate()
            self.assertEqual(server.process.wait(5), 0)
            self.assertLess(time.monotonic() - begun, 3)

    def test_not_verbose(self):
        with Server([SPEC]) as server:
            server.upsert(body=BAD)
            _, out, _ = server.stop()
        self.assertNotIn("debug", out)


if __name__ == "__main__":
    unittest.main()
