"""A journal played again: the same with the same seed and plan, different with others."""
import json
import os
import tempfile
import unittest

from play import ROOT, SPANS, Server, batch, read_all, run

PLAN = """
faults:
  - {name: first, when: {first: 2}, do: {status: 503, headers: {Retry-After: "1"}}}
  - {name: drawn, when: {probability: 0.5}, do: {status: 502, delay: {uniform: [1ms, 3ms]}}}
  - {name: short, when: {nth: 3}, do: {truncate: 50%}}
  - {name: broken, when: {every: 2}, do: {violate: [wrong-type, missing-required]}}
"""


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.plan = cls.write("plan.yaml", PLAN)
        with Server(["--random-seed", "11", "--faults", cls.plan, *SPANS]) as server:
            for i in range(40):
                headers = {"x-api-key": "k", "content-type": "application/json",
                           "Connection": "close"}
                with server.send("PUT", "/v5/spans/batch", headers, batch(i % 4)) as wire:
                    read_all(wire)
            server.upsert({"X-Understudy-Fault": "{when: {probability: 0.5}, do: {status: 500}}"})
            server.upsert({"X-Understudy-Fault": "{violate: malformed-json}"})
            server.upsert({"x-understudy-world": "other"})
            server.ask("GET", "/nothing?a=1")
            cls.entries = server.admin("GET", "/requests?order=oldest&limit=1000")[1]["requests"]
            other = server.ask("GET", "/__admin/requests", {"x-understudy-world": "other"})[2]
            cls.entries += json.loads(other)["requests"]
        cls.journal = cls.write("journal.jsonl", "".join(json.dumps(e) + "\n" for e in cls.entries))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def write(cls, name, text):
        path = os.path.join(cls.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def replay(self, journal, *flags, plan=None):
        return run("replay", "--faults", plan or self.plan, *flags, *SPANS, journal)

    def test_decisions_are_in_the_journal(self):
        faults = [e["request"]["fault"] for e in self.entries]
        decisions = [f["decision"] for f in faults if f]
        drawn = [d for d in decisions if d["rule"] == "drawn"]
        self.assertGreater(len(drawn), 5)
        for decision in drawn:
            self.assertTrue(decision["seed"] == 11 and 0 <= decision["draw"] < 0.5)
            self.assertTrue(1000 <= decision["delay_us"] <= 3000)
        broken = [d for d in decisions if d["rule"] == "broken"]
        self.assertTrue(broken and all(len(d["broke"]) == 2 for d in broken))

    def test_the_same_again(self):
        code, out, err = self.replay(self.journal, "--random-seed", "11")
        self.assertEqual((code, err), (0, ""), out)
        self.assertEqual(out, f"{len(self.entries)} requests played again (seed 11), "
                              f"{len(self.entries)} the same, 0 different\n")

    def test_the_seed_is_found(self):
        own = [e for e in self.entries if not e["request"]["world"]]
        journal = self.write("own.jsonl", "".join(json.dumps(e) + "\n" for e in own))
        code, out, _ = self.replay(journal)
        self.assertEqual(code, 0, out)
        self.assertIn("(seed 11)", out)

    def test_a_whole_answer_will_do(self):
        answer = {"requests": list(reversed(self.entries)), "meta": {}}
        journal = self.write("answer.json", json.dumps(answer))
        self.assertEqual(self.replay(journal, "--random-seed", "11")[0], 0)

    def test_another_seed(self):
        code, out, _ = self.replay(self.journal, "--random-seed", "12")
        self.assertEqual(code, 1)
        self.assertRegex(out, r"PUT /v5/spans/batch: the fault's `seed` is 12, was 11")
        self.assertRegex(out, r"the rule that strikes is (nothing|\"\w+\"), was")

    def test_another_plan(self):
        plan = self.write("other.yaml", PLAN.replace("first: 2", "first: 1"))
        code, out, _ = self.replay(self.journal, "--random-seed", "11", plan=plan)
        self.assertEqual(code, 1)
        self.assertIn("2 PUT /v5/spans/batch: the rule that strikes is", out)

    def test_hidden_secrets_are_told_of(self):
        plan = self.write("key.yaml", "faults: [{match: {headers: {x-api-key: {matches: ^k}}}, "
                                      "when: {first: 2}, do: {status: 503}}]")
        hiding = os.path.join(self.folder.name, "hiding.jsonl")
        with Server(["--faults", plan, "--journal-file", hiding, *SPANS]) as server:
            statuses = [server.upsert()[0] for _ in range(3)]
            _, _, lines = server.ask("GET", "/__admin/requests?format=jsonl")
        self.assertEqual(statuses, [503, 503, 200])
        code, out, _ = self.replay(hiding, plan=plan)
        self.assertEqual(code, 1)
        self.assertIn("2 of the different ones have secrets that the journal hides (***)", out)
        code, out, _ = self.replay(self.write("showing.jsonl", lines), plan=plan)
        self.assertEqual(code, 0, out)
        self.assertNotIn("secrets", out)

    def test_what_was_cut_is_skipped(self):
        entry = json.loads(json.dumps(self.entries[0]))
        entry["request"]["body_cut"] = True
        journal = self.write("cut.jsonl", json.dumps(entry))
        code, out, _ = self.replay(journal)
        self.assertEqual(code, 0)
        self.assertIn("skipped, for the journal kept only a part of the body", out)
        self.assertIn("0 requests played again", out)

    def test_bytes_that_are_no_text(self):
        entry = json.loads(json.dumps(self.entries[-2]))
        entry["request"].update(method="PUT", path="/v5/spans/batch", body_base64="/w==", fault=None,
                                headers=[{"name": "x-api-key", "value": "k"},
                                         {"name": "content-type", "value": "application/json"}])
        entry.update(response={"status": 400})
        journal = self.write("bytes.jsonl", json.dumps(entry))
        code, out, _ = run("replay", *SPANS, journal)
        self.assertEqual(code, 0, out)

    def test_what_is_no_journal(self):
        for text, words in (("{\"id\":1,\n", "1:9: error: this is no JSON"),
                            ("\n\n[1]\n", "3:1: error: this is no entry of a journal"),
                            ("{\"requests\":[{\"id\":1}]}", "this is no entry of a journal")):
            code, _, err = self.replay(self.write("bad.jsonl", text))
            self.assertEqual(code, 1)
            self.assertIn(words, err)
        code, _, err = self.replay(os.path.join(ROOT, "no", "such", "file"))
        self.assertEqual(code, 1)
        self.assertIn("No such file", err)
        self.assertEqual(run("replay", *SPANS)[0], 2)


if __name__ == "__main__":
    unittest.main()
