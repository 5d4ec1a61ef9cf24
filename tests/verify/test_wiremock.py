"""WireMock's clients as they are: what they ask, and what they make of the answers."""
import json
import unittest
import uuid

from play import SPANS, Server, batch

PATH = "/v5/spans/batch"


class FernClient:
    """What Fern generates into an SDK's wire tests, call by call."""

    def __init__(self, server):
        self.server = server

    def reset(self):
        status, _, _ = self.server.ask("DELETE", "/__admin/requests")
        assert status == 200, "Failed to reset WireMock requests"

    def count(self, test_id, method, url_path, query=None):
        pattern = {"method": method, "urlPath": url_path,
                   "headers": {"X-Test-Id": {"equalTo": test_id}}}
        if query:
            pattern["queryParameters"] = {
                name: {"hasExactly": [{"equalTo": item} for item in value]}
                if isinstance(value, list) else {"equalTo": value}
                for name, value in query.items()}
        status, _, answer = self.server.ask(
            "POST", "/__admin/requests/find", {"Content-Type": "application/json"}, pattern)
        assert status == 200, "Failed to query WireMock requests"
        return len(json.loads(answer).get("requests", []))


class WireMock(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(["--log", "off", *SPANS])

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.admin("DELETE", "/requests")

    def admin(self, method, path, body=None, wanted=200):
        status, answer = self.server.admin(method, path, body)
        self.assertEqual(status, wanted, answer)
        return answer

    def test_ferns_wire_tests(self):
        fern = FernClient(self.server)
        fern.reset()
        self.server.upsert({"X-Test-Id": "spans.upsert.0"})
        self.server.upsert({"X-Test-Id": "spans.upsert.1"})
        self.server.ask("PUT", PATH + "?a=1&a=2&b=x%20y", {
            "X-Test-Id": "spans.upsert.2", "x-api-key": "k",
            "content-type": "application/json"}, batch(1))
        self.assertEqual(fern.count("spans.upsert.0", "PUT", PATH), 1)
        self.assertEqual(fern.count("spans.upsert.0", "GET", PATH), 0)
        self.assertEqual(fern.count("spans.upsert.2", "PUT", PATH, {"b": "x y"}), 1)
        self.assertEqual(fern.count("spans.upsert.2", "PUT", PATH, {"a": ["1", "2"]}), 1)
        self.assertEqual(fern.count("spans.upsert.2", "PUT", PATH, {"a": ["1"]}), 0)
        fern.reset()
        self.assertEqual(fern.count("spans.upsert.0", "PUT", PATH), 0)

    def test_a_logged_request(self):
        self.server.ask("PUT", PATH + "?a=1&a=2", {
            "Cookie": "sid=7; b=8", "Accept": "a/b", "x-api-key": "k",
            "content-type": "application/json"}, '{"items": []}')
        answer = self.admin("POST", "/requests/find", {"method": "ANY"})
        self.assertEqual(set(answer), {"requests", "requestJournalDisabled"})
        self.assertIs(answer["requestJournalDisabled"], False)
        request, = answer["requests"]
        self.assertEqual(request["url"], PATH + "?a=1&a=2")
        self.assertEqual(request["absoluteUrl"], "http://localhost" + request["url"])
        self.assertEqual((request["method"], request["clientIp"]), ("PUT", "127.0.0.1"))
        self.assertEqual(request["headers"]["Accept"], "a/b")
        self.assertEqual(request["cookies"], {"sid": "7", "b": "8"})
        self.assertEqual(request["queryParams"], {"a": {"key": "a", "values": ["1", "2"]}})
        self.assertEqual(request["body"], '{"items": []}')
        self.assertEqual(request["bodyAsBase64"], "eyJpdGVtcyI6IFtdfQ==")
        self.assertIsInstance(request["loggedDate"], int)
        self.assertRegex(request["loggedDateString"], r"^\d{4}-\d\d-\d\dT")
        self.assertEqual((request["host"], request["port"]), ("localhost", 80))
        self.assertIs(request["browserProxyRequest"], False)

    def test_a_serve_event(self):
        self.server.upsert()
        self.server.ask("GET", "/nothing")
        answer = self.admin("GET", "/requests")
        self.assertEqual(answer["meta"]["total"], 2)
        missed, matched = answer["requests"]  # newest first
        self.assertEqual((missed["wasMatched"], matched["wasMatched"]), (False, True))
        self.assertEqual(matched["responseDefinition"]["status"], 200)
        self.assertEqual(matched["response"]["status"], 200)
        self.assertEqual(matched["response"]["headers"]["content-type"], "application/json")
        self.assertIn('"object":"list"', matched["response"]["body"])
        self.assertTrue(all(isinstance(ms, int) for ms in matched["timing"].values()))
        # WireMock's own client, in Java, refuses any other member in these places.
        self.assertEqual(set(answer), {"requests", "meta", "requestJournalDisabled"})
        self.assertEqual(set(answer["meta"]), {"total"})
        self.assertLessEqual(set(matched), {"id", "request", "responseDefinition", "response",
                                            "wasMatched", "timing", "subEvents"})
        self.assertLessEqual(set(matched["response"]), {"status", "headers", "bodyAsBase64",
                                                        "body", "fault"})
        # Ours, after WireMock's:
        self.assertEqual(matched["request"]["operation"], "PUT " + PATH)
        self.assertEqual(matched["request"]["violations"], [])
        for name in (str(uuid.UUID(matched["id"])), str(matched["request"]["number"])):
            self.assertEqual(self.admin("GET", "/requests/" + name), matched)
        self.assertEqual(
            self.admin("GET", "/requests?unmatched=true")["requests"], [missed])
        stub = self.admin("GET", "/mappings")["mappings"][0]["id"]
        self.assertEqual(
            self.admin("GET", "/requests?matchingStub=" + stub)["requests"], [matched])
        self.assertEqual(self.admin("GET", f"/requests?after={matched['id']}")["requests"],
                         [missed])
        self.assertEqual(
            self.admin("GET", "/requests?since=2100-01-01T00:00:00")["requests"], [])
        self.admin("DELETE", "/requests/" + missed["id"])
        self.assertEqual(self.admin("GET", "/requests")["requests"], [matched])
        self.admin("GET", "/requests/" + missed["id"], wanted=404)

    def test_count_remove_and_unmatched(self):
        for name in ("one", "two", "one"):
            self.server.upsert({"X-Test-Id": name})
        self.server.ask("GET", "/v5/spans/batches")
        self.server.ask("OPTIONS", PATH, {"Origin": "http://a", "X-Test-Id": "none",
                                          "Access-Control-Request-Method": "PUT"})
        mine = {"headers": {"x-test-id": {"equalTo": "one"}}}
        self.assertEqual(self.admin("POST", "/requests/count", mine),
                         {"count": 2, "requestJournalDisabled": False})
        self.assertEqual(
            [r["url"] for r in self.admin("GET", "/requests/unmatched")["requests"]],
            ["/v5/spans/batches"])
        self.assertEqual(len(self.admin("POST", "/requests/remove", mine)["serveEvents"]), 2)
        self.assertEqual(self.admin("POST", "/requests/count", mine)["count"], 0)
        self.assertEqual(self.admin("POST", "/requests/count", {})["count"], 3)
        self.admin("POST", "/requests/reset")
        self.assertEqual(self.admin("POST", "/requests/count", {})["count"], 0)

    def test_near_misses(self):
        self.server.ask("GET", "/v5/spans/batches")
        misses = self.admin("GET", "/requests/unmatched/near-misses")["nearMisses"]
        self.assertEqual(misses[0]["request"]["url"], "/v5/spans/batches")
        self.assertEqual(misses[0]["stubMapping"]["request"],
                         {"method": "PUT", "urlPathTemplate": PATH})
        self.assertTrue(0 < misses[0]["matchResult"]["distance"] < 0.5)
        misses = self.admin("POST", "/near-misses/request",
                            {"method": "PUT", "url": PATH + "?a=1"})["nearMisses"]
        self.assertEqual(misses[0]["matchResult"], {"distance": 0})
        self.server.upsert()
        pattern = {"method": "PUT", "urlPath": PATH + "x"}
        misses = self.admin("POST", "/near-misses/request-pattern", pattern)["nearMisses"]
        self.assertEqual([m["request"]["url"] for m in misses], [PATH, "/v5/spans/batches"])
        self.assertEqual(misses[0]["requestPattern"], pattern)

    def test_mistakes(self):
        for path, pattern, words in (
                ("/requests/find", {"urlPatern": "/"}, "did you mean urlPattern?"),
                ("/requests/count", {"headers": {"a": {"eqalTo": "b"}}}, "did you mean equalTo?"),
                ("/requests/remove", "{", "not JSON"),
                ("/near-misses/request-pattern", {"url": 5}, "url wants a string"),
                ("/near-misses/request", {}, "has a url")):
            answer = self.admin("POST", path, pattern, wanted=422)
            self.assertIn(words, answer["errors"][0]["title"])
        for query in ("?stauts=200", "?status=x", "?format=xml", "?since=now", "?after=x"):
            self.assertIn("error", self.admin("GET", "/requests" + query, wanted=400))
        self.admin("POST", "/mappings", {"request": {}}, wanted=422)

    def test_scenarios(self):
        plan = "sequences: [{name: start, steps: [{status: 503}, {status: 502}]}]"
        status, _, _ = self.server.ask("PUT", "/__admin/faults", None, plan)
        self.assertEqual(status, 200)
        try:
            self.assertEqual(self.server.upsert()[0], 503)
            scenario, = self.admin("GET", "/scenarios")["scenarios"]
            self.assertEqual((scenario["name"], scenario["state"]), ("start", "step 2"))
            self.assertIn("Started", scenario["possibleStates"])
            self.admin("POST", "/scenarios/reset")
            self.assertEqual(self.server.upsert()[0], 503)
            self.admin("PUT", "/scenarios/start/state", {"state": "over"})
            self.assertEqual(self.server.upsert()[0], 200)
            self.admin("PUT", "/scenarios/start/state")
            self.assertEqual(self.server.upsert()[0], 503)
            self.admin("PUT", "/scenarios/start/state", {"state": "nowhere"}, wanted=422)
            self.admin("PUT", "/scenarios/other/state", {"state": "over"}, wanted=404)
        finally:
            self.server.ask("DELETE", "/__admin/faults")

    def test_the_rest(self):
        self.assertEqual(self.admin("GET", "/scenarios"), {"scenarios": []})
        self.assertEqual(self.admin("GET", "/mappings")["meta"], {"total": 1})
        self.assertEqual(self.admin("POST", "/mappings/reset"), {})
        self.assertIn("version", self.admin("GET", "/version"))
        self.admin("POST", "/reset")

    def test_a_costly_pattern_is_refused_in_time(self):
        for _ in range(3):
            self.server.ask("POST", "/x", None, "a" * 20000 + "!")
        answer = self.admin("POST", "/requests/count",
                            {"bodyPatterns": [{"matches": "(a|aa|aaa)+[b-d]"}]}, wanted=422)
        self.assertIn("costs too much", answer["errors"][0]["title"])


if __name__ == "__main__":
    unittest.main()
