"""Prism's command line, its ready words, `sl-violations`."""
import json
import os
import tempfile
import unittest

from play import BINARY, SPANS, THINGS, Server, run


class Prism(unittest.TestCase):
    def test_called_as_its_users_call_it(self):
        with tempfile.TemporaryDirectory() as folder:
            prism = os.path.join(folder, "prism")
            os.symlink(os.path.abspath(BINARY), prism)
            for command in ((prism, "mock"), (BINARY, "mock")):
                server = Server([*THINGS, "-h", "127.0.0.1", "--cors", "-m", "false", "--errors",
                                 "-v", "debug"], command=command)
                self.assertEqual(server.ask("GET", "/things")[0], 200)
                code, out, err = server.stop()
                self.assertEqual((code, err), (0, ""))
                self.assertIn(f"Prism is listening on http://127.0.0.1:{server.port}", out)
            self.assertIn("proxy is not played", run("proxy", "a", "b", command=(prism,))[2])

    def test_cors_stays_on(self):
        server = Server(["--no-cors", *THINGS], command=(BINARY, "mock"))
        _, headers, _ = server.ask("GET", "/things", {"Origin": "http://localhost:3000"})
        self.assertEqual(headers["access-control-allow-origin"], "http://localhost:3000")
        self.assertIn("--cors cannot be switched off", server.stop()[2])

    def test_dynamic_answers_differ_and_a_seed_repeats_them(self):
        get = ("GET", "/things/1?limit=1", {"x-trace": "1", "Cookie": "session=s"})
        runs = []
        for _ in range(2):
            with Server(["-d", "--seed", "5", *THINGS], command=(BINARY, "mock")) as server:
                runs.append([server.ask(*get)[2] for _ in range(5)])
        self.assertEqual(runs[0], runs[1])
        self.assertGreater(len(set(runs[0])), 3)
        with Server(THINGS, command=(BINARY, "mock")) as server:
            self.assertEqual(len({server.ask(*get)[2] for _ in range(3)}), 1)

    def test_violations_in_the_header_are_json_however_many(self):
        with Server(["--dialect", "problem", *SPANS]) as server:
            for count in (1, 5, 100, 1000):
                items = [{"name": "\u00fc\u4e16\U0001f600", "status": "\u00df"}] * count
                status, headers, body = server.upsert(None, {"items": items})
                violations = json.loads(headers["sl-violations"])
                whole = json.loads(body)["validation"]
                self.assertEqual(status, 422)
                self.assertTrue(headers["sl-violations"].isascii())
                self.assertLessEqual(len(headers["sl-violations"]), 8192)
                self.assertEqual(len(whole), 3 * count)
                self.assertEqual(len(violations), min(3 * count, len(violations)))
                for short, full in zip(violations, whole):
                    self.assertEqual(short["location"], ["request", *full["location"]])
                    self.assertEqual(short["message"], full["message"])
            self.assertEqual(server.upsert()[1].get("sl-violations"), None)

    def test_violations_are_in_the_header_whatever_the_body_says(self):
        with Server(SPANS, command=(BINARY, "mock")) as server:
            status, headers, body = server.upsert(None, {"items": [{"name": 1}]})
            self.assertEqual(status, 422)
            self.assertEqual(json.loads(body)["detail"][0]["loc"], ["body", "items", 0, "name"])
            told = json.loads(headers["sl-violations"])
            self.assertEqual(told[0]["location"], ["request", "body", "items", "0", "name"])
            self.assertEqual(told[0]["message"], "Request body property items.0.name must be string")
            self.assertNotIn("sl-violations", server.upsert()[1])
        with Server(SPANS) as server:
            self.assertNotIn("sl-violations", server.upsert(None, {"items": [{"name": 1}]})[1])


if __name__ == "__main__":
    unittest.main()
