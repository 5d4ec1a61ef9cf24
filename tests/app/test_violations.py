"""How many violations an answer tells of: all of a large batch, as many as are wanted."""
import json
import os
import tempfile
import unittest

from play import SPANS, Server

UNION = """\
openapi: 3.1.0
info: {title: Unions, version: "1"}
paths:
  /any:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {type: array, items: {anyOf: [{type: integer}, {type: boolean}]}}}}
      responses: {"204": {description: ok}}
"""
SHOWN = "x-understudy-violations-shown"
WRONG = ('{"id":1,"trace_id":2,"start_timestamp":"x","end_timestamp":"z","input":3,"output":[],'
         '"metadata":"m","status":"NONE","type":"NONE","parent_id":5,"group_id":{},"expected":"e"}')
FAULTS_IN_WRONG = 13


class ViolationsTest(unittest.TestCase):
    def post(self, server, method, path, body):
        """(details, headers) of a 422."""
        status, headers, text = server.ask(
            method, path, {"x-api-key": "k", "content-type": "application/json"}, body)
        self.assertEqual(status, 422)
        return json.loads(text)["detail"], headers

    def put(self, server, items):
        return self.post(server, "PUT", "/v5/spans/batch", '{"items":[%s]}' % ",".join(items))

    def test_all_of_a_thousand_records_are_told_of(self):
        with Server(SPANS) as server:
            for item, faults in (("{}", 3), (WRONG, FAULTS_IN_WRONG)):
                details, headers = self.put(server, [item] * 1000)
                self.assertEqual(len(details), 1000 * faults)
                self.assertEqual({entry["loc"][2] for entry in details}, set(range(1000)))
                self.assertNotIn(SHOWN, headers)

    def test_a_cut_list_says_so(self):
        with Server(["--max-violations", "5", *SPANS]) as server:
            details, headers = self.put(server, ["{}"] * 3)
            self.assertEqual(len(details), 5)
            self.assertEqual(headers[SHOWN], "5 of 9")
            details, headers = self.put(server, ["{}"])
            self.assertEqual(len(details), 3)
            self.assertNotIn(SHOWN, headers)

    def test_entries_of_unions_count_one_by_one(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "union.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(UNION)
            with Server(["--dialect", "fastapi", "--max-violations", "5", path]) as server:
                details, headers = self.post(server, "POST", "/any", '["x","y","z"]')
                self.assertEqual([entry["loc"] for entry in details],
                                 [["body", 0, "int"], ["body", 0, "bool"], ["body", 1, "int"],
                                  ["body", 1, "bool"], ["body", 2, "int"]])
                self.assertEqual(headers[SHOWN], "5 of 6")


if __name__ == "__main__":
    unittest.main()
