"""What does the client do when the API fails? Run by pytest or by python3 -m unittest.

One server for all tests; each test has a world of its own: records, faults, journal, clock.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, HERE)

from client import ApiError, Client  # noqa: E402 (it lies beside this file)

UNDERSTUDY = os.environ.get("UNDERSTUDY", os.path.join(ROOT, "build", "understudy"))
ITEM = {"id": "s1", "name": "hello", "trace_id": "t1", "start_timestamp": "2026-11-22T10:00:00Z"}


class ClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        port_file = os.path.join(cls.folder.name, "port")
        cls.server = subprocess.Popen(
            [UNDERSTUDY, "serve", "--port", "0", "--port-file", port_file, "--random-seed", "1",
             "--log", "off", "--overlay", "spec/overlays/spans-store.yaml", "spec/sgp-spans.yaml"],
            cwd=ROOT, stdout=subprocess.DEVNULL)
        while not os.path.exists(port_file):  # it appears, whole, when the server is ready
            assert cls.server.poll() is None, "the server did not start"
            time.sleep(0.005)
        with open(port_file, encoding="ascii") as file:
            cls.origin = f"http://127.0.0.1:{int(file.read())}"

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        assert cls.server.wait(timeout=5) == 0
        cls.folder.cleanup()

    def setUp(self):
        # The base URL names the world; the first request makes it.
        self.base_url = f"{self.origin}/__world/{self.id()}"
        self.client = Client(self.base_url, "any key")

    # --- what a test asks the server ---

    def admin(self, method, path, body=None):
        request = urllib.request.Request(f"{self.base_url}/__admin{path}", method=method,
                                         data=body.encode() if body else None)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def faults(self, plan):
        self.admin("PUT", "/faults", plan)

    def requests(self):
        return self.admin("GET", "/requests?order=oldest")["requests"]

    def statuses(self):
        return [entry["response"]["status"] for entry in self.requests()]

    # --- the tests ---

    def test_what_was_written_comes_back(self):
        written = self.client.upsert_batch([ITEM])
        self.assertEqual(written[0]["status"], "SUCCESS")
        self.assertEqual(self.admin("GET", "/store/spans/s1")["name"], "hello")

    def test_retries_on_503_and_obeys_retry_after(self):
        self.faults("""
            faults:
              - name: outage
                when: {first: 2}
                do: {status: 503, headers: {Retry-After: "0.2"}, body: {detail: away}}""")
        started = time.monotonic()
        self.assertEqual(len(self.client.upsert_batch([ITEM])), 1)
        self.assertGreaterEqual(time.monotonic() - started, 0.4)
        self.assertEqual(self.statuses(), [503, 503, 200])

    def test_gives_up_after_two_retries(self):
        self.faults("faults: [{do: {status: 500}}]")
        with self.assertRaises(ApiError) as caught:
            self.client.upsert_batch([ITEM])
        self.assertEqual(caught.exception.status, 500)
        self.assertEqual(len(self.requests()), 3)

    def test_does_not_retry_what_cannot_get_better(self):
        with self.assertRaises(ApiError) as caught:
            self.client.upsert_batch([{**ITEM, "status": "DONE"}])
        self.assertEqual(caught.exception.status, 422)
        detail = json.loads(caught.exception.body)["detail"][0]
        self.assertEqual(detail["loc"], ["body", "items", 0, "status"])
        self.assertEqual(len(self.requests()), 1)

    def test_a_write_whose_answer_was_lost_is_not_there_twice(self):
        self.faults("faults: [{when: {first: 1}, do: {after: commit, connection: reset}}]")
        self.client.upsert_batch([ITEM])
        self.assertEqual(self.admin("GET", "/store")["collections"][0]["count"], 1)
        first, second = self.requests()
        self.assertEqual(first["request"]["body"], second["request"]["body"])

    def test_half_an_answer_is_no_answer(self):
        self.faults("faults: [{when: {first: 1}, do: {truncate: 50%}}]")
        self.assertEqual(len(self.client.upsert_batch([ITEM])), 1)
        self.assertEqual([entry["request"]["state"] for entry in self.requests()], ["broken", "sent"])

    def test_survives_an_answer_that_is_no_json(self):
        self.faults("faults: [{when: {first: 1}, do: {violate: malformed-json}}]")
        self.assertEqual(len(self.client.upsert_batch([ITEM])), 1)

    def test_one_request_asks_for_its_own_fault(self):
        client = Client(self.base_url, "k", max_retries=0,
                        headers={"X-Understudy-Fault": "{status: 429}"})
        with self.assertRaises(ApiError) as caught:
            client.upsert_batch([ITEM])
        self.assertEqual(caught.exception.status, 429)
        self.assertEqual(self.requests()[0]["request"]["fault"]["name"], "header")


if __name__ == "__main__":
    unittest.main()
