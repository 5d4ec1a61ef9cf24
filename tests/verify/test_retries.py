"""A client that retries, and one that does it badly, before the verdict."""
import json
import time
import unittest

from play import SPANS, Server

PLAN = """
faults:
  - {name: away, match: {headers: {X-Test-Id: away}}, when: {first: 2},
     do: {status: 503, headers: {Retry-After: "0.2"}}}
  - {name: slow, match: {headers: {X-Test-Id: slow}}, when: {first: 1},
     do: {status: 429, headers: {retry-after-ms: "400"}}}
  - {name: cut, match: {headers: {X-Test-Id: cut}}, when: {first: 1},
     do: {connection: reset, after: commit, at: {byte: 10}}}
  - {name: far, match: {headers: {X-Test-Id: far}}, when: {first: 1},
     do: {status: 503, headers: {Retry-After: "60"}}}
"""


class Retries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(["--log", "off", *SPANS])
        status, _, answer = cls.server.ask("PUT", "/__admin/faults", None, PLAN)
        assert status == 200, answer

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.server.ask("DELETE", "/__admin/requests")

    def send(self, name, number, body=None):
        headers = {"X-Test-Id": name, "x-stainless-retry-count": str(number), "x-api-key": "k",
                   "content-type": "application/json"}
        try:
            return self.server.ask("PUT", "/v5/spans/batch", headers, body or {"items": []})[0]
        except AssertionError:  # reset
            return 0

    def judge(self, query="", wanted=200):
        status, _, answer = self.server.ask("GET", "/__admin/retries" + query)
        self.assertEqual(status, wanted, answer)
        return json.loads(answer)

    def test_as_it_should_be(self):
        for number in range(3):
            status = self.send("away", number)
            time.sleep(0.22)
        self.assertEqual(status, 200)
        report = self.judge("?max_retries=2&min_retries=2&tolerance=1s")
        group, = report["groups"]
        self.assertEqual(group["operation"], "PUT /v5/spans/batch")
        self.assertEqual([a["status"] for a in group["attempts"]], [503, 503, 200])
        self.assertEqual(group["attempts"][1]["expected_ms"], [200, 250])
        self.assertGreaterEqual(group["attempts"][1]["gap_ms"], 200)
        self.assertEqual((group["verdict"], report["verdict"]), ("pass", "pass"), group)
        self.assertEqual(report["totals"], {"requests": 1, "attempts": 3, "retries": 2,
                                            "groups": 1, "passed": 1, "failed": 0})
        self.assertEqual(self.judge("?max_retries=1")["verdict"], "fail")

    def test_too_early(self):
        self.send("slow", 0)
        self.send("slow", 1)
        report = self.judge()
        self.assertEqual(report["verdict"], "fail")
        self.assertIn("too early", report["groups"][0]["reason"])
        self.assertIn("(retry-after-ms)", report["groups"][0]["reason"])

    def test_what_a_retry_does_not_mend(self):
        self.send("bad", 0, {"items": 5})
        time.sleep(0.4)
        self.send("bad", 1, {"items": 5})
        self.assertIn("retried after 422", self.judge()["groups"][0]["reason"])

    def test_an_answer_that_was_lost(self):
        self.assertEqual(self.send("cut", 0), 0)
        time.sleep(0.4)
        self.assertEqual(self.send("cut", 1), 200)
        group, = self.judge("?min=300ms&max=2s")["groups"]
        self.assertEqual([a["state"] for a in group["attempts"]], ["broken", "sent"])
        self.assertEqual(group["verdict"], "pass", group)

    def test_a_clock_that_was_moved(self):
        self.send("far", 0)
        self.server.ask("POST", "/__admin/clock", None, {"advance": "60s"})
        self.send("far", 1)
        group, = self.judge()["groups"]
        self.assertEqual(group["verdict"], "pass", group)
        self.assertAlmostEqual(group["attempts"][1]["gap_ms"] / 1000, 60, delta=2)

    def test_mistakes(self):
        for query, words in (("?min=1s", "both ?min= and ?max="), ("?min=5&max=6", "its unit"),
                             ("?min=2s&max=1s", "greater"), ("?factor=2", "goes with"),
                             ("?min=1s&max=2s&factor=x", "factor wants"),
                             ("?max_retries=-1", "whole number"),
                             ("?max_retry=2", "did you mean max_retries?")):
            self.assertIn(words, self.judge(query, wanted=400)["error"])


if __name__ == "__main__":
    unittest.main()
