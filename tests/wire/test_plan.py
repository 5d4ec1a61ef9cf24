"""Fault plans of the built program, as a client's socket sees them: bytes, then FIN or RST."""
import datetime
import json
import time
import unittest

from play import SPANS, Server, batch, parse, read_all

KEY = {"x-api-key": "k", "content-type": "application/json"}


class Plan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(["--random-seed", "3", *SPANS])
        cls.body = cls.server.upsert()[2].encode()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.server.admin("DELETE", "/faults")
        self.server.admin("POST", "/reset")

    def plan(self, text):
        status, answer = self.server.admin("PUT", "/faults", text)
        self.assertEqual(status, 200, answer)

    def strike(self, action, seconds=5, body=None):
        """(head, body, how it ended) of an upsert that this `do` strikes, by its own header."""
        headers = {**KEY, "X-Understudy-Fault": action, "Connection": "close"}
        with self.server.send("PUT", "/v5/spans/batch", headers, body or batch(1)) as wire:
            received, ending = read_all(wire, seconds)
        head, _, rest = received.partition(b"\r\n\r\n")
        return head, rest, ending

    def stored(self):
        return self.server.ask("GET", "/__admin/store/spans/s0")[0] == 200

    def test_where_the_connection_breaks(self):
        whole = len(self.body)
        for connection, ending in (("reset", "RST"), ("close", "FIN"), ("hang", "open")):
            for at, body in (("accept", None), ("head", 0), ("{byte: 0}", 0), ("{byte: 1}", 1),
                             ("{byte: 100}", 100), (f"{{byte: {whole}}}", whole), ("end", whole)):
                with self.subTest(connection=connection, at=at):
                    head, rest, how = self.strike(
                        f"{{connection: {connection}, at: {at}}}", 0.6 if ending == "open" else 5)
                    self.assertEqual(how, ending)
                    if body is None:
                        self.assertEqual(head, b"")
                        continue
                    self.assertTrue(head.startswith(b"HTTP/1.1 200 OK\r\n"))
                    self.assertIn(f"content-length: {whole}".encode(), head)
                    self.assertEqual(rest, self.body[:body])

    def test_a_cut_before_anything_was_done_is_no_answer(self):
        for connection, name in (("reset", "CONNECTION_RESET_BY_PEER"), ("close", "EMPTY_RESPONSE"),
                                 ("empty", "EMPTY_RESPONSE"), ("hang", None),
                                 ("garbage", "RANDOM_DATA_THEN_CLOSE")):
            with self.subTest(connection=connection):
                self.server.admin("DELETE", "/requests")
                self.strike(f"{{connection: {connection}}}", 0.2 if connection == "hang" else 5)
                self.assertEqual(self.server.admin("GET", "/requests?status=200")[1]["requests"], [])
                event, = self.server.admin("GET", "/requests")[1]["requests"]
                self.assertEqual(event["response"]["status"], 0)
                self.assertEqual(event["response"]["headers"], {})
                self.assertEqual(event["response"].get("fault"), name)
                self.assertEqual(event["responseDefinition"].get("fault"), name)
                line = json.loads(self.server.ask("GET", "/__admin/requests?format=jsonl")[2])
                self.assertIsNone(line["response"])
                har = json.loads(self.server.ask("GET", "/__admin/requests?format=har")[2])
                response = har["log"]["entries"][0]["response"]
                self.assertEqual((response["status"], response["headers"]), (0, []))
                self.assertEqual(response["content"]["size"], 0)
                curl = self.server.ask("GET", "/__admin/requests?format=curl")[2]
                self.assertIn("-> no answer, fault header\n", curl)

    def test_a_clock_that_was_moved_tells_the_present_time_again(self):
        self.server.admin("POST", "/clock", {"freeze": "2030-01-01T00:00:00Z"})
        _, resumed = self.server.admin("POST", "/clock", {"resume": True})
        self.assertTrue(resumed["now"].startswith("2030-01-01T00:00:0"), resumed)
        for words in ({"reset": True}, {"action": "reset"}):
            self.server.admin("POST", "/clock", {"freeze": "2030-01-01T00:00:00Z"})
            _, reset = self.server.admin("POST", "/clock", words)
            now = datetime.datetime.fromisoformat(reset["now"][:19] + "+00:00")
            self.assertIs(reset["frozen"], False)
            self.assertLess(abs(now.timestamp() - time.time()), 10)
        self.assertEqual(self.server.admin("POST", "/clock", {"reset": 1})[0], 400)

    def test_an_answer_that_was_made_and_lost_has_its_status(self):
        for action in ("{after: commit, connection: reset}", "{connection: reset, at: head}"):
            self.server.admin("DELETE", "/requests")
            self.strike(action)
            event, = self.server.admin("GET", "/requests?status=200")[1]["requests"]
            self.assertEqual(event["response"]["fault"], "CONNECTION_RESET_BY_PEER")
            self.assertEqual(event["request"]["state"], "broken")

    def test_what_was_committed(self):
        """A fault before the answer keeps the operation from happening, unless it says otherwise."""
        for action, stored in (("{connection: reset}", False), ("{status: 503}", False),
                               ("{connection: empty}", False), ("{connection: garbage}", False),
                               ("{after: commit, connection: reset}", True),
                               ("{after: commit, connection: close}", True),
                               ("{after: commit, status: 503}", True),
                               ("{connection: reset, at: head}", True),
                               ("{connection: reset, at: {byte: 3}}", True),
                               ("{truncate: 5}", True), ("{violate: malformed-json}", True)):
            with self.subTest(action=action):
                self.server.admin("POST", "/reset")
                self.strike(action)
                self.assertEqual(self.stored(), stored)

    def test_empty_and_garbage(self):
        self.assertEqual(self.strike("{connection: empty}"), (b"", b"", "FIN"))
        head, rest, ending = self.strike("{connection: garbage}")
        self.assertEqual(ending, "FIN")
        self.assertFalse((head + rest).startswith(b"HTTP/"))
        self.assertGreater(len(head + rest), 32)
        head, rest, ending = self.strike("{connection: garbage, at: head}")
        self.assertTrue(head.startswith(b"HTTP/1.1 200 OK"))
        self.assertNotEqual(rest[:10], self.body[:10])

    def test_truncated(self):
        for truncate, length in (("0", 0), ("7", 7), ("50%", len(self.body) // 2)):
            head, rest, ending = self.strike(f"{{truncate: {truncate}}}")
            self.assertEqual((rest, ending), (self.body[:length], "FIN"))
            self.assertIn(f"content-length: {len(self.body)}".encode(), head)

    def test_times(self):
        for action, least in (("{delay: 150ms}", 0.15), ("{delay: 150ms, connection: reset}", 0.15),
                              ("{drip: {bytes: 100, every: 50ms}}", 0.05 * (len(self.body) // 100)),
                              ("{drip: {pieces: 4, over: 200ms}}", 0.15)):
            started = time.monotonic()
            _, rest, ending = self.strike(action)
            took = time.monotonic() - started
            reset = "reset" in action
            self.assertEqual((rest, ending), (b"", "RST") if reset else (self.body, "FIN"))
            self.assertTrue(least <= took < least + 1, f"{action}: {took:.3f} s")

    def test_drips_arrive_in_pieces(self):
        headers = {**KEY, "X-Understudy-Fault": "{drip: {bytes: 200, every: 120ms}}"}
        with self.server.send("PUT", "/v5/spans/batch", headers, batch(1)) as wire:
            received, ending = read_all(wire, 0.06)
            self.assertEqual(ending, "open")
            self.assertEqual(received.partition(b"\r\n\r\n")[2], self.body[:200])

    def test_a_plan_in_turn(self):
        self.plan("""
            sequences:
              - name: lost answers
                match: {operation: PUT /v5/spans/batch}
                steps: [{connection: reset}, {status: 503, headers: {Retry-After: "1"}},
                        {truncate: 10}, {connection: reset, at: {byte: 5}}]
                then: pass""")
        seen = []
        for _ in range(5):
            with self.server.send("PUT", "/v5/spans/batch", {**KEY, "Connection": "close"},
                                  batch(1)) as wire:
                received, ending = read_all(wire)
            head, _, rest = received.partition(b"\r\n\r\n")
            seen.append((head[9:12].decode(), len(rest), ending))
        self.assertEqual(seen, [("", 0, "RST"), ("503", 0, "FIN"), ("200", 10, "FIN"),
                                ("200", 5, "RST"), ("200", len(self.body), "FIN")])

    def test_a_quota_and_the_clock(self):
        self.server.admin("POST", "/clock", {"freeze": "2030-01-01T00:00:00Z"})
        self.addCleanup(self.server.admin, "POST", "/clock", {"resume": True})
        self.plan("faults: [{name: q, do: {quota: {requests: 2, per: 60s, body: {detail: slow}}}}]")
        statuses = [self.server.upsert()[0] for _ in range(4)]
        self.assertEqual(statuses, [200, 200, 429, 429])
        _, headers, body = self.server.upsert()
        self.assertEqual((headers["retry-after"], body), ("60", '{"detail":"slow"}'))
        self.server.admin("POST", "/clock", {"advance": "61s"})
        self.assertEqual(self.server.upsert()[0], 200)

    def test_nobody_waits_while_time_stands_still(self):
        self.server.admin("POST", "/clock", {"freeze": "2030-01-01T00:00:00Z"})
        self.addCleanup(self.server.admin, "POST", "/clock", {"resume": True})
        started = time.monotonic()
        for action in ("{delay: 1h}", "{delay: 1m, status: 503}",
                       "{drip: {bytes: 100, every: 30s}}"):
            self.strike(action)
        self.assertLess(time.monotonic() - started, 2)
        seconds = 3600 + 60 + 30 * (len(self.body) // 100)
        now = time.strftime("%H:%M:%S", time.gmtime(seconds))
        self.assertEqual(self.server.admin("GET", "/clock")[1]["now"], f"2030-01-01T{now}Z")

    def test_an_answer_of_205_has_no_body(self):
        status, answer = self.server.admin(
            "PUT", "/faults", '{"faults": [{"name": "a", "do": {"status": 205, "body": "text"}}]}')
        self.assertEqual(status, 422)
        self.assertIn("no body", answer["diagnostics"][0]["message"])
        head, rest, _ = self.strike("{status: 205}")
        self.assertIn(b"content-length: 0", head)
        self.assertEqual(rest, b"")

    def test_the_journal_tells_what_went_out(self):
        self.strike("{connection: reset, at: {byte: 20}}")
        self.strike("{violate: [null, wrong-content-type]}", 0.2)
        entries = self.server.admin("GET", "/requests?order=oldest")[1]["requests"]
        reset, broken = (entry["request"] for entry in entries)
        self.assertEqual((reset["state"], reset["bytes_sent"]), ("broken", 20))
        decision = reset["fault"]["decision"]
        self.assertEqual((decision["connection"], decision["at"], decision["byte"]),
                         ("reset", "byte", 20))
        decision = broken["fault"]["decision"]
        self.assertEqual(decision["violate"], ["null", "wrong-content-type"])
        self.assertEqual(decision["broke"][0]["kind"], "null")
        self.assertIn("path", decision["broke"][0])
        for each in (reset, broken):
            self.assertIn("seed", each["fault"]["decision"])

    def test_a_kept_connection_goes_on_after_a_fault_in_the_answer(self):
        with self.server.connect() as wire:
            for action, status in (("{status: 503}", 503), ("{violate: wrong-type}", 200),
                                   ("{delay: 5ms}", 200)):
                body = json.dumps(batch(1))
                wire.sendall((f"PUT /v5/spans/batch HTTP/1.1\r\nHost: h\r\nx-api-key: k\r\n"
                              f"content-type: application/json\r\nX-Understudy-Fault: {action}\r\n"
                              f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
                received, ending = read_all(wire, 0.3)
                self.assertEqual((parse(received)[0], ending), (status, "open"))


if __name__ == "__main__":
    unittest.main()
