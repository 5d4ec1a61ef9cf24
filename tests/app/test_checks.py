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


LIST = "{collection: pets, action: list, page: {limit: limit}}"
CREATE = "{collection: pets, action: create, key: [id], fill: {id: {uuid: 4}}}"
READ = "{collection: pets, action: read, key: [id]}"


class Names(Files):
    """Names that an overlay, a fixture or a fault plan takes from the document."""

    def check(self, *arguments, document=PETS, **behaviors):
        path = self.write("openapi.yaml", document)
        overlay = self.overlay(**{"list": LIST, "create": CREATE, "read": READ, **behaviors})
        return run("check", "-o", overlay, *arguments, path)

    def test_all_is_well(self):
        code, out, err = self.check()
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(out.endswith(": fine, 3 operations\n"), out)

    def test_page(self):
        code, _, err = self.check(list=LIST.replace("limit}", "limti}"))
        self.assertEqual(code, 1)
        self.assertIn("page: GET /pets has no query parameter \"limti\"", err)
        self.assertIn("did you mean \"limit\"?", err)

    def test_key(self):
        for slip, wanted in (
                ({"read": READ.replace("[id]", "[ident]")},
                 "looks for records of \"pets\" by [ident], but they are kept by [id]"),
                ({"read": READ.replace("[id]", "[id, name]")},
                 "looks for records of \"pets\" by [id, name], but they are kept by [id]"),
                ({name: words.replace("[id]", "[id, name]")
                  for name, words in (("create", CREATE), ("read", READ))},
                 "the key has 2 members, but /pets/{id} has 1 variable\n"),
                ({"create": CREATE.replace("[id]", "[nid]")},
                 "the records of POST /pets have no member \"nid\"")):
            code, out, err = self.check(**slip)
            self.assertEqual(code, 0)
            self.assertIn("with warnings", out)
            self.assertIn(wanted, err)

    def test_rules(self):
        for rule, wanted, remedy in (
                ("max_length: {nme: 10}", "have no member \"nme\"", "did you mean \"name\"?"),
                ("max_items: {tags: ten}", "the limit must be a whole number from 0 to 1000000000", ""),
                ("compare: {left: id, op: '=>', right: name}", "unknown op \"=>\"",
                 "did you mean \">=\"?")):
            code, _, err = self.check(create=CREATE[:-1] + ", rules: [{%s}]}" % rule)
            self.assertEqual(code, 1)
            self.assertIn(wanted, err)
            self.assertIn(remedy, err)

    def test_members_of_fixtures(self):
        fixture = self.write("seed.yaml", "pets: [{id: a, tgas: [good]}]\n")
        self.assertEqual(self.check("-f", fixture)[0], 1, "the schema forbids it")
        code, out, err = self.check("-f", fixture,
                                    document=PETS.replace("additionalProperties: false,", ""))
        self.assertEqual(code, 0)
        self.assertIn("with warnings", out)
        self.assertIn("seed.yaml:1:16: warning: the schema of the records has no member \"tgas\"", err)
        self.assertIn("did you mean \"tags\"?", err)

    def test_methods_of_fault_plans(self):
        plan = self.write("plan.yaml", "faults: [{match: {method: GTE}, do: {status: 500}}]\n")
        code, _, err = self.check("--faults", plan)
        self.assertEqual(code, 0)
        self.assertIn("plan.yaml:1:27: warning: \"GTE\" is no method of HTTP", err)
        self.assertIn("did you mean GET?", err)
        plan = self.write("plan.yaml", "faults: [{match: {method: PROPFIND}, do: {status: 500}},"
                                       " {match: {method: put}, do: {status: 500}}]\n")
        self.assertEqual(self.check("--faults", plan)[2], "")


class Verbs(Files):
    """The command line, and the last line of check."""

    def test_strict(self):
        path = self.write("openapi.yaml", PETS.replace("paths:", "path: {}\npaths:", 1))
        self.assertEqual(run("check", path)[0], 0)
        code, out, err = run("check", "--strict", path)
        self.assertEqual((code, out), (1, f"{path}: 0 errors, 1 warning (--strict)\n"))
        self.assertIn("did you mean \"paths\"?", err)
        self.assertEqual(run("check", "--strict", self.write("good.yaml", PETS))[0], 0)

    def test_the_file_with_the_mistake_is_named(self):
        path = self.write("openapi.yaml", PETS)
        plan = self.write("plan.yaml", "faults: [{do: {status: 1}}]\n")
        code, out, _ = run("check", "--faults", plan, path)
        self.assertEqual((code, out), (1, f"{plan}: 1 error, 0 warnings\n"))

    def test_what_is_missing(self):
        for arguments, wanted in (
                (["serve"], "serve wants an OpenAPI document; usage: understudy serve "),
                (["replay", "a.yaml"], "replay wants a journal; usage: understudy replay "),
                (["show", "a", "b", "c"], "show does not know what to do with c; usage: ")):
            code, _, err = run(*arguments)
            self.assertEqual(code, 2)
            self.assertTrue(err.startswith("understudy: " + wanted), err)

    def test_help_names_every_exit_code_and_way_to_call(self):
        _, out, _ = run("--help")
        for words in ("understudy mock SPEC", "understudy SPEC", "\n3 serve"):
            self.assertIn(words, out)

    def test_documents_are_not_fetched(self):
        _, _, err = run("mock", "https://example.invalid/openapi.yaml")
        self.assertIn("download it first", err)

    def test_a_lost_colon(self):
        path = self.write("openapi.yaml", PETS.replace("operationId: ", "operationId "))
        _, _, err = run("check", path)
        self.assertIn(f"{path}:11:18: error: no `:` after operationId", err)

    def test_files_that_cannot_be_written_are_told_at_the_start(self):
        path = self.write("openapi.yaml", PETS)
        for flag, what in (("--coverage-file", "coverage"), ("--port-file", "port"),
                           ("--journal-file", "journal")):
            code, out, err = run("serve", "--port", "0", flag, "/nowhere/x", path)
            self.assertEqual((code, out), (1, ""))
            self.assertIn(f"cannot write the {what} file /nowhere/x: ", err)


if __name__ == "__main__":
    unittest.main()
