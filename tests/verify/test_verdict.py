"""Coverage, and what the exit code says of the clients."""
import json
import os
import re
import tempfile
import unittest

from play import SPANS, Server, run

FULL = {"id": "a", "name": "n", "trace_id": "t", "start_timestamp": "2026-01-01T00:00:00Z",
        "status": "SUCCESS"}


def end(arguments, act):
    """Serves with these flags while `act` asks; returns (exit code, stderr)."""
    server = Server(["--log", "off", *arguments, *SPANS])
    act(server)
    code, _, err = server.stop()
    return code, err


def good(server):
    assert server.upsert()[0] == 200


def bad(server):
    assert server.upsert(body={"items": 5})[0] == 422


def lost(server):
    assert server.ask("GET", "/nothing")[0] == 404


class Verdict(unittest.TestCase):
    def test_clean(self):
        for act in (good, bad, lost):
            self.assertEqual(end([], act), (0, ""))
        self.assertEqual(
            end(["--fail-on-violation", "--fail-on-unmatched", "--fail-under", "1"], good),
            (0, ""))
        self.assertEqual(end(["--fail-on-violation"], lost), (0, ""))
        self.assertEqual(end(["--fail-on-unmatched"], bad), (0, ""))

    def test_violations(self):
        def act(server):
            good(server)
            bad(server)
            server.admin("POST", "/reset")  # forgets nothing of this
        code, err = end(["--fail-on-violation"], act)
        self.assertEqual(code, 1)
        self.assertEqual(
            err, "understudy: 1 of 2 requests broke the contract (--fail-on-violation)\n"
                 "  #2 PUT /v5/spans/batch: 422: /body/items: expected array, got integer\n")
        for body in ("not json", None):
            headers = {"content-type": "application/json", "x-api-key": "k"}
            code, _ = end(["--fail-on-violation"],
                          lambda s, body=body: s.ask("PUT", "/v5/spans/batch", headers, body))
            self.assertEqual(code, 1)
        code, _ = end(["--fail-on-violation"],
                      lambda s: s.ask("PUT", "/v5/spans/batch", None, {"items": []}))
        self.assertEqual(code, 1, "no key")

    def test_what_is_no_violation(self):
        def act(server):
            server.upsert({"X-Understudy-Fault": "{status: 500}"})
            server.upsert({"Prefer": "code=422"})
            server.ask("OPTIONS", "/nothing", {"Origin": "http://a",
                                               "Access-Control-Request-Method": "PUT"})
            server.admin("GET", "/health")
            server.ask("GET", "/__admin/nothing")
        self.assertEqual(end(["--fail-on-violation", "--fail-on-unmatched"], act), (0, ""))

    def test_unmatched(self):
        code, err = end(["--fail-on-unmatched", "--fail-on-violation"], lost)
        self.assertEqual(code, 1)
        self.assertEqual(
            err, "understudy: 1 of 1 requests met no operation (--fail-on-unmatched)\n"
                 "  #1 GET /nothing: 404: The path is not in the contract.\n")

    def test_coverage_over_all_worlds(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "coverage.json")

            def act(server):
                server.upsert({"x-understudy-world": "one"}, {"items": [FULL]})
                server.upsert({"x-understudy-world": "two", "x-selected-account-id": "a"},
                              {"items": [{**FULL, "status": "ERROR"}]})
                server.upsert({"x-understudy-world": "two"}, {"items": [{**FULL, "status": "?"}]})
                server.ask("DELETE", "/__admin/worlds/one")
                server.admin("POST", "/reset")
                own = server.admin("GET", "/coverage")[1]
                self.assertEqual((own["requests"]["total"], own["covered"]), (0, 0))
                whole = server.admin("GET", "/coverage?worlds=all")[1]
                self.assertEqual(whole["requests"],
                                 {"total": 3, "violating": 1, "unmatched": 0})
            code, err = end(["--coverage-file", path, "--fail-under", "90"], act)
            self.assertEqual(code, 1)
            self.assertRegex(err, r"^understudy: the clients covered \d+\.\d % of the contract "
                                  r"\(\d+ of \d+\), and 90 % are wanted \(--fail-under\)\n$")
            with open(path, encoding="utf-8") as file:
                report = json.load(file)
            self.assertIn(f"covered {report['percent']} % of", err)
            operation, = report["operations"]
            self.assertEqual(operation["count"], 3)
            self.assertEqual(operation["parameters"], [
                {"name": "x-selected-account-id", "in": "header", "required": False,
                 "present": 1, "absent": 2}])
            self.assertEqual({s["status"]: s["count"] for s in operation["statuses"]},
                             {"200": 2, "422": 1})
            values = {v["value"]: v["count"] for s in report["schemas"] for v in s["values"]}
            self.assertEqual([values[v] for v in ("SUCCESS", "ERROR", "CANCELED")], [1, 1, 0])
            self.assertTrue(0 < report["percent"] < 90)
            self.assertEqual(os.listdir(folder), ["coverage.json"])

    def test_coverage_of_each_kind(self):
        with Server(["--log", "off", *SPANS]) as server:
            server.upsert(body={"items": [FULL, FULL]})
            server.upsert(body={"items": [{**FULL, "trace_id": "x" * 300, "name": None}]})
            server.upsert(body={"items": [{"name": "n"}]})
            report = server.admin("GET", "/coverage")[1]
            schema, = [s for s in report["schemas"] if s["schema"] == "SpanCreateRequest"]
            sent = {p["path"]: p["count"] for p in schema["properties"]}
            self.assertEqual((sent["/id"], sent["/name"], sent["/parent_id"]), (3, 4, 0))
            rules = {(k["path"], k["keyword"]): (k["satisfied"], k["violated"])
                     for k in schema["keywords"]}
            self.assertEqual(rules["/trace_id", "maxLength"], (2, 1))
            self.assertEqual(rules["/name", "type"], (3, 1))
            self.assertEqual(rules["", "required"], (2, 2))  # two members are missing
            self.assertEqual(rules["/parent_id", "type"], (0, 0))
            self.assertTrue(all(re.search(r"sgp-spans\.yaml:\d+$", k["place"])
                                for k in schema["keywords"]))
            self.assertEqual(server.ask("DELETE", "/__admin/coverage")[0], 204)
            self.assertEqual(server.admin("GET", "/coverage")[1]["covered"], 0)

    def test_the_page(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "coverage.html")
            self.assertEqual(end(["--coverage-file", path], good), (0, ""))
            with open(path, encoding="utf-8") as file:
                page = file.read()
        self.assertTrue(page.startswith("<!doctype html>"))
        self.assertIn("prefers-color-scheme:dark", page)
        self.assertIn("PUT /v5/spans/batch", page)
        self.assertNotRegex(page, r"(src|href)=|<script|url\(|@import")

    def test_documents_and_usage(self):
        flags = ["serve", "--port", "0", "--log", "off"]
        self.assertEqual(run(*flags, "no/such.yaml")[0], 1)
        for flag in (["--fail-on-violation"], ["--fail-on-unmatched"], ["--fail-under", "50"],
                     ["--coverage-file", "/dev/null"]):
            code, _, err = run(*flags, *flag, "no/such.yaml")
            self.assertEqual(code, 3, flag)
            self.assertIn("no/such.yaml", err)
        self.assertEqual(run(*flags, "--fail-under", "101", *SPANS)[0], 2)
        self.assertEqual(run(*flags, "--fail-under", "x", *SPANS)[0], 2)
        code, _, err = run(*flags, "--journal-file", "/no/such/folder/file", *SPANS)
        self.assertEqual(code, 1)
        self.assertIn("cannot write the journal file", err)

    def test_a_coverage_file_that_cannot_be_written(self):
        code, out, err = run("serve", "--port", "0", "--coverage-file", "/no/such/folder/file",
                             *SPANS)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("cannot write the coverage file", err)


if __name__ == "__main__":
    unittest.main()
