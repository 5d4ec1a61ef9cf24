"""What check and serve say of mistakes in documents, overlays, fixtures and fault plans."""
import os
import subprocess
import tempfile
import time
import unittest

from play import BINARY, Server, run

HEAD = "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\n"
PETS = HEAD + """\
paths:
  /pets:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses:
        '200': {description: d, content: {application/json: {schema: {
          type: array, items: {$ref: '#/components/schemas/Pet'}}}}}
    post:
      operationId: createPet
      requestBody: {required: true, content: {application/json: {schema: {
        $ref: '#/components/schemas/Pet'}}}}
      responses:
        '201': {description: d, content: {application/json: {schema: {
          $ref: '#/components/schemas/Pet'}}}}
  /pets/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: d, content: {application/json: {schema: {
          $ref: '#/components/schemas/Pet'}}}}
components:
  schemas:
    Pet: {type: object, required: [id], additionalProperties: false,
          properties: {id: {type: string}, name: {type: string}, tags: {type: array}}}
"""


class Files(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def overlay(self, **behaviors):
        """An overlay with an x-understudy for each of the operations list, create and read."""
        targets = {"list": "['/pets'].get", "create": "['/pets'].post",
                   "read": "['/pets/{id}'].get"}
        actions = "".join(f"- target: $.paths{targets[name]}\n  update: {{x-understudy: {words}}}\n"
                          for name, words in behaviors.items())
        return self.write("overlay.yaml", "overlay: 1.0.0\ninfo: {title: t, version: '1'}\n"
                                          "actions:\n" + actions)


class Documents(Files):
    def test_references_from_the_root_folder(self):
        self.write("schemas.yaml", "Pet: {type: object}\n")
        path = self.write("openapi.yaml", HEAD + "paths: {/p: {get: {responses: {'200': {description: "
                          "d, content: {application/json: {schema: {$ref: 'schemas.yaml#/Pet'}}}}}}}}\n")
        for name in (path, path[1:]):
            done = subprocess.run([BINARY, "check", name], cwd="/", text=True, capture_output=True,
                                  check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_one_mistake_is_told_once(self):
        """However many operations it breaks, and whether or not an overlay acts on them."""
        path = self.write("openapi.yaml", HEAD + """\
security: [{nokey: []}]
paths:
  /pets/{id}:
    parameters:
    - {name: id, in: path, required: true, schema: {type: string, pattern: '['}}
    - {name: limit, in: querry, schema: {type: string}}
    get: {responses: {'200': {description: d}}}
    put: {responses: {'200': {description: d}}}
""")
        overlay = self.overlay(read="{collection: pets, action: read, key: [id]}")
        for arguments in ([path], ["-o", overlay, path]):
            code, out, err = run("check", *arguments)
            self.assertEqual(code, 1)
            self.assertEqual(err.count("error:"), 3, err)
            self.assertIn("did you mean \"query\"?", err)
            self.assertIn(": 3 errors", out)


class Broken(Files):
    """An operation that cannot be played, beside one that can."""

    def setUp(self):
        super().setUp()
        self.path = self.write("openapi.yaml", HEAD + """\
paths:
  /good: {get: {responses: {'200': {description: d}}}}
  /bad:
    get:
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/nowhere'}}}}
""")

    def serve(self, arguments, *paths):
        """(exit code, stderr, what health says of the document) after GETs of the paths."""
        with Server([*arguments, self.path]) as server:
            for path in paths:
                server.ask("GET", path)
            deadline = time.monotonic() + 10
            spec = server.admin("GET", "/health")[1]["spec"]
            while spec["broken_operations"] == 0 and time.monotonic() < deadline:
                spec = server.admin("GET", "/health")[1]["spec"]
            code, _, err = server.stop()
        return code, err, spec

    def test_serve_tells_of_it(self):
        code, err, spec = self.serve([])
        self.assertEqual((code, spec["operations"], spec["broken_operations"]), (0, 2, 1))
        self.assertIn(f"{self.path}:8:", err)
        self.assertEqual(err.count("error:"), 1)

    def test_the_exit_code_does_if_a_request_met_it(self):
        self.assertEqual(self.serve(["--fail-on-violation"], "/good")[0], 0)
        self.assertEqual(self.serve(["--fail-on-unmatched"], "/bad")[0], 0)
        code, err, _ = self.serve(["--fail-on-violation"], "/bad", "/good")
        self.assertEqual(code, 3)
        self.assertIn("understudy: 1 of 2 requests met an operation that the document describes "
                      "wrongly (--fail-on-violation)\n  #1 GET /bad: 501: ", err)


class Verdict(Files):
    def test_which_requests_broke_the_contract(self):
        path = self.write("openapi.yaml", PETS.replace(
            "paths:\n", "security: [{key: []}]\npaths:\n").replace(
                "components:\n", "components:\n  securitySchemes: {key: {type: http, scheme: bearer}}\n"))
        key = {"Authorization": "Bearer k"}
        sends = {**key, "Content-Type": "application/json"}
        with Server(["--fail-on-violation", "--log", "off", path]) as server:
            server.ask("GET", "/pets", key)
            server.ask("GET", "/pets")
            server.ask("POST", "/pets", sends, "{")
            server.ask("POST", "/__world/w/pets", sends, '{"id": 5}')
            for _ in range(3):
                server.ask("POST", "/pets", {**key, "Content-Type": "text/csv"}, "a,b")
            code, _, err = server.stop()
        self.assertEqual(code, 1)
        lines = err.splitlines()
        self.assertEqual(lines[0],
                         "understudy: 6 of 7 requests broke the contract (--fail-on-violation)")
        self.assertEqual(lines[1], "  #2 GET /pets: 401: The request carries no credentials.")
        self.assertRegex(lines[2], r"^  #3 POST /pets: 4\d\d: /body: Expecting .* at line 1, column 2$")
        self.assertEqual(lines[3],
                         "  #1 POST /pets in the world w: 422: /body/id: expected string, got integer")
        self.assertRegex(lines[4], r"^  #4 POST /pets: 4\d\d: .+")
        self.assertEqual(lines[6:], ["  and 1 more"])


if __name__ == "__main__":
    unittest.main()
