"""Documents of several files, mapped URLs, and several documents in one server."""
import json
import os
import tempfile
import unittest

from play import Server, run

FILES = {
    "main.yaml": """\
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /a:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "sub/schemas.yaml#/Thing"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "sub/schemas.yaml#/Thing"}}}}}
  /b: {$ref: "sub/paths.yaml#/~1b"}
  /c:
    post:
      parameters: [{$ref: "sub/params.json#/limit"}]
      requestBody: {content: {application/json: {schema: {$ref: "https://example.com/schemas/thing.json"}}}}
      responses: {"204": {description: ok}}
  /d:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "nowhere.yaml#/X"}}}}
      responses: {"204": {description: ok}}
  /e:
    post:
      requestBody: {content: {application/json: {schema: {$ref: "sub/schemas.yaml#/paths/~1x~0y%20z"}}}}
      responses: {"204": {description: ok}}
""",
    "sub/schemas.yaml": """\
Thing:
  type: object
  required: [id]
  properties:
    id: {type: string, format: uuid}
    kids: {type: array, items: {$ref: "#/Thing"}}
    back: {$ref: "../sub/other.yaml#/Back"}
paths:
  "/x~y z": {type: integer}
""",
    "sub/other.yaml": "Back: {properties: {thing: {$ref: schemas.yaml#/Thing}, n: {type: integer}}}\n",
    "sub/paths.yaml": """\
/b:
  get:
    parameters: [{$ref: "params.json#/limit"}]
    responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "./schemas.yaml#/Thing/properties/kids"}}}}}
""",
    "sub/params.json": json.dumps({"limit": {"name": "limit", "in": "query", "required": True,
                                             "schema": {"type": "integer", "maximum": 10}}}),
    "schemas/thing.json": json.dumps({"type": "object", "properties": {"x": {"type": "integer"}},
                                      "required": ["x"]}),
}
UUID = "123e4567-e89b-12d3-a456-426614174000"
SIMPLE = """\
openapi: 3.0.3
info: {{title: {title}, version: "1"}}
servers: [{{url: "https://x.test{base}"}}]
paths:
  {path}: {{get: {{responses: {{"200": {{description: ok, content: {{application/json: {{schema: {{enum: [{title}]}}}}}}}}}}}}}}
"""


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def post(self, server, target, value):
        status, _, body = server.ask("POST", target, {"content-type": "application/json"},
                                     json.dumps(value))
        return status, json.loads(body) if body else None


class References(Folder):
    def setUp(self):
        super().setUp()
        for name, text in FILES.items():
            self.write(name, text)
        self.main = os.path.join(self.folder, "main.yaml")

    def test_check_lists_all(self):
        code, out, err = run("check", self.main)
        self.assertEqual((code, out), (1, f"{self.main}: 2 errors, 0 warnings\n"))
        self.assertIn(":12:65: error: https://example.com/schemas/thing.json is not fetched", err)
        self.assertIn("--map https://example.com/schemas/thing.json=FILE", err)
        self.assertIn(f":16:65: error: cannot read {self.folder}/nowhere.yaml", err)

    def test_served(self):
        with Server(["--log", "off", "--map", f"https://example.com/schemas/={self.folder}/schemas/",
                     self.main]) as server:
            status, answer = self.post(server, "/a", {
                "id": UUID, "kids": [{"id": 1}], "back": {"thing": {"id": "x"}, "n": "k"}})
            self.assertEqual(status, 422)
            self.assertEqual(
                [(v["location"], v["rule"].rpartition("/sub/")[2]) for v in answer["validation"]],
                [(["body", "kids", "0", "id"], "schemas.yaml:5:16"),
                 (["body", "back", "thing", "id"], "schemas.yaml:5:32"),
                 (["body", "back", "n"], "other.yaml:1:67")])
            status, answer = self.post(server, "/a", {"id": UUID})
            self.assertEqual(status, 200)
            self.assertIn("id", answer)
            self.assertEqual(server.ask("GET", "/b")[0], 422)
            self.assertEqual(server.ask("GET", "/b?limit=11")[0], 422)
            self.assertEqual(server.ask("GET", "/b?limit=9")[0], 200)
            self.assertEqual(self.post(server, "/c?limit=1", {"x": "1"})[0], 422)
            self.assertEqual(self.post(server, "/c?limit=1", {"x": 1})[0], 204)
            status, answer = self.post(server, "/d", {})
            self.assertEqual(status, 501)
            self.assertRegex(answer["detail"], r"main\.yaml:16:65: cannot read .*nowhere\.yaml")
            self.assertEqual(self.post(server, "/e", "x")[0], 422)
            self.assertEqual(self.post(server, "/e", 1)[0], 204)

    def test_one_file_mapped(self):
        url = "https://example.com/schemas/thing.json"
        code, _, err = run("check", "--map", f"{url}={self.folder}/schemas/thing.json", self.main)
        self.assertEqual(code, 1)
        self.assertNotIn(url, err)


class SeveralDocuments(Folder):
    def document(self, title, base, path):
        return self.write(title + ".yaml", SIMPLE.format(title=title, base=base, path=path))

    def test_merged_or_under_their_base_paths(self):
        documents = [self.document("one", "/v1", "/items"), self.document("two", "/v2", "/items"),
                     self.document("three", "/v1", "/things")]
        code, out, _ = run("check", *documents)
        self.assertEqual((code, out), (0, ", ".join(documents) + ": fine, 3 operations\n"))
        with Server(["--log", "off", *documents]) as server:
            for path, wanted in (("/v1/items", '"one"'), ("/v2/items", '"two"'),
                                 ("/items", '"one"'), ("/v1/things", '"three"'),
                                 ("/things", '"three"')):
                status, _, body = server.ask("GET", path)
                self.assertEqual((status, body), (200, wanted), path)
            self.assertEqual(server.ask("GET", "/v2/things")[0], 404)

    def test_clash(self):
        documents = [self.document("one", "/v1", "/items"), self.document("two", "/v1", "/items")]
        for command in (["check"], ["serve", "--port", "0"]):
            code, _, err = run(*command, *documents)
            self.assertEqual(code, 1)
            self.assertRegex(err, r"two\.yaml:5:\d+: error: GET /items is also an operation of .*"
                                  r"one\.yaml \(line 5\)")
            self.assertIn("help: serve the documents apart", err)


if __name__ == "__main__":
    unittest.main()
