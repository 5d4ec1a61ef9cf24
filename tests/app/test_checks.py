"""What check and serve say of mistakes in documents, overlays, fixtures and fault plans."""
import os
import subprocess
import tempfile
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


if __name__ == "__main__":
    unittest.main()
