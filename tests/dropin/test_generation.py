"""Answers that are made up: the sizes of arrays, seeds, and streams, by flag and by header."""
import json
import os
import tempfile
import time
import unittest

from play import BINARY, Server, read_all, run

DOCUMENT = "tests/dropin/generated.yaml"


class Generation(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.steady = os.path.join(self.folder.name, "steady")
        os.symlink(os.path.abspath(BINARY), self.steady)

    def tearDown(self):
        self.folder.cleanup()

    def serve(self, *flags):
        return Server([*flags, DOCUMENT], command=(self.steady,))

    @staticmethod
    def get(server, path, **headers):
        """The answer's body; x_steady_seed=1 is the header x-steady-seed: 1."""
        status, _, body = server.ask("GET", path,
                                     {name.replace("_", "-"): v for name, v in headers.items()})
        if status != 200:
            raise AssertionError(f"{status} {body}")
        return body

    def rows(self, server, **headers):
        return json.loads(self.get(server, "/rows", **headers))

    def test_sizes_of_arrays(self):
        with self.serve() as server:
            self.assertEqual([len(row["tags"]) for row in self.rows(server)], [1])
            rows = self.rows(server, x_steady_array_size="4")
            self.assertEqual([len(row["tags"]) for row in rows], [4] * 4)
            self.assertEqual({len(row["some"]) for row in rows}, {3}, "the schema's own limit")
            self.assertEqual(self.rows(server, x_steady_array_size="0"), [])
            sizes = {len(self.rows(server, x_steady_array_min="2", x_steady_array_max="5",
                                   x_steady_seed=str(seed))) for seed in range(40)}
            self.assertEqual(sizes, {2, 3, 4, 5})
            self.assertEqual(len(self.rows(server, x_steady_array_min="3")), 3)
            self.assertEqual(len(self.rows(server, x_steady_array_max="0")), 0)

    def test_sizes_by_flag_and_header(self):
        with self.serve("--generator-array-size=3") as server:
            self.assertEqual(len(self.rows(server)), 3)
            self.assertEqual(len(self.rows(server, x_steady_array_size="1")), 1)
        with self.serve("--generator-array-min", "2", "--generator-array-max", "2") as server:
            self.assertEqual(len(self.rows(server)), 2)
        code, _, err = run("--generator-array-min=3", "--generator-array-max=2", DOCUMENT,
                           command=(self.steady,))
        self.assertEqual(code, 2)
        self.assertIn("the least size of arrays is above the largest", err)

    def test_what_leads_back_to_itself_ends(self):
        with self.serve() as server:
            tree = json.loads(self.get(server, "/tree", x_steady_array_size="2"))
            self.assertEqual(len(tree["children"]), 2)
            self.get(server, "/tree", x_steady_array_size="1000")

    def test_seeds(self):
        with self.serve() as server:
            same = [self.get(server, "/rows", x_steady_seed="7") for _ in range(3)]
            self.assertEqual(len(set(same)), 1)
            self.assertNotEqual(self.get(server, "/rows", x_steady_seed="8"), same[0])
            self.assertEqual(len({self.get(server, "/rows") for _ in range(3)}), 1)
            random = {self.get(server, "/rows", x_steady_seed="-1") for _ in range(5)}
            self.assertGreater(len(random), 1)
        with self.serve() as server:
            self.assertEqual(self.get(server, "/rows", x_steady_seed="7"), same[0],
                             "whatever the server's own seed")

    def test_mistakes(self):
        with self.serve() as server:
            for name, value in (("Array-Size", "many"), ("Array-Min", "-1"), ("Array-Max", "1001"),
                                ("Seed", "x"), ("Seed", "-2"), ("Stream-Count", "0"),
                                ("Stream-Interval-Ms", "10001"), ("Array-Size", "")):
                with self.subTest(name=name, value=value):
                    status, _, body = server.ask("GET", "/rows", {f"X-Steady-{name}": value})
                    self.assertEqual(status, 400)
                    self.assertIn(f"X-Steady-{name} must be a whole number",
                                  json.loads(body)["error"])
            status, _, body = server.ask("GET", "/rows", {"X-Steady-Array-Min": "3",
                                                          "X-Steady-Array-Max": "2"})
            self.assertEqual((status, json.loads(body)["error"]),
                             (400, "the least size of arrays is above the largest"))

    def test_other_dialects_do_not_know_the_headers(self):
        with Server([DOCUMENT]) as server:
            self.assertEqual(len(self.rows(server, x_steady_array_size="4")), 1)
            self.assertEqual(len(self.rows(server, x_steady_array_size="4",
                                           x_understudy_dialect="steady")), 4)

    def test_lines(self):
        with self.serve("--stream-interval=0") as server:
            status, headers, body = server.ask("GET", "/lines")
            self.assertEqual((status, headers["content-type"]), (200, "application/x-ndjson"))
            rows = [json.loads(line) for line in body.splitlines()]
            self.assertEqual(len(rows), 5)
            self.assertGreater(len({row["word"] for row in rows}), 1)
            self.assertEqual(body, self.get(server, "/lines"))
            seeded = self.get(server, "/lines", x_steady_seed="3", x_steady_stream_count="2")
            self.assertEqual(len(seeded.splitlines()), 2)
            longer = self.get(server, "/lines", x_steady_seed="3", x_steady_stream_count="4")
            self.assertTrue(longer.startswith(seeded))
            records = self.get(server, "/records", x_steady_stream_count="3").split("\x1e")
            self.assertEqual(records[0], "")
            self.assertEqual([type(json.loads(record)) for record in records[1:]], [int] * 3)

    def test_events_where_they_are_asked_for(self):
        with self.serve("--stream-interval=0", "--stream-count=2") as server:
            for accept in ("*/*", "application/json", "application/json, text/event-stream"):
                self.assertIn("word", json.loads(self.get(server, "/events", accept=accept)))
            events = self.get(server, "/events", accept="text/event-stream").split("\n\n")
            self.assertEqual(events[2:], ["event: done\ndata: {}", ""])
            for i in range(2):
                number, name, data = events[i].split("\n")
                self.assertEqual((number, name), (f"id: {i}", "event: message"))
                self.assertIn("word", json.loads(data.removeprefix("data: ")))

    def test_events_of_an_example(self):
        with self.serve("--stream-interval=0") as server:
            self.assertEqual(self.get(server, "/told"),
                             'id: 0\nevent: start\ndata: {"n":1}\n\n'
                             'id: 1\nretry: 5\nevent: message\ndata: two\ndata: lines\n\n'
                             'data: [DONE]\n\n'
                             'id: last\nevent: end\ndata: \n\n')

    def test_pace(self):
        with self.serve() as server:
            begin = time.monotonic()
            with server.send("GET", "/lines", {"X-Steady-Stream-Count": "3",
                                               "X-Steady-Stream-Interval-Ms": "200",
                                               "Connection": "close"}) as wire:
                first = wire.recv(65536)
                came = time.monotonic() - begin
                self.assertEqual(first.partition(b"\r\n\r\n")[2].count(b"\n"), 1, "one line only")
                rest, ending = read_all(wire)
            took = time.monotonic() - begin
            self.assertEqual((rest.count(b"\n"), ending), (2, "FIN"))
            self.assertLess(came, took)
            self.assertGreaterEqual(took, 0.39)

    def test_where_time_stands_still_nobody_waits(self):
        with self.serve("--clock", "2030-01-01T00:00:00Z") as server:
            self.get(server, "/lines", x_steady_stream_interval_ms="10000")
            self.assertTrue(server.admin("GET", "/clock")[1]["now"].startswith(
                "2030-01-01T00:00:40"))

    def test_faults_strike_in_streams(self):
        with self.serve("--stream-interval=20") as server:
            wire = server.send("GET", "/lines", {"X-Understudy-Fault": "{connection: reset, "
                                                                       "at: {byte: 10}}"})
            with wire:
                received, ending = read_all(wire)
            self.assertEqual((len(received.partition(b"\r\n\r\n")[2]), ending), (10, "RST"))


if __name__ == "__main__":
    unittest.main()
