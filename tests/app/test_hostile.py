"""Input that was made to hurt: the server answers clearly, soon, and in little memory."""
import os
import tempfile
import time
import unittest

from play import Server, parse, read_all

DOCUMENT = """\
openapi: 3.1.0
info: {title: Hostile, version: "1"}
paths:
  /any:
    post:
      requestBody:
        content:
          application/json: {schema: {}}
          application/x-www-form-urlencoded: {schema: {type: object}}
          multipart/form-data: {schema: {type: object}}
      responses: {"204": {description: ok}}
  /unique: {post: {requestBody: {content: {application/json: {schema: {uniqueItems: true}}}}, responses: {"204": {description: ok}}}}
  /cents: {post: {requestBody: {content: {application/json: {schema: {multipleOf: 0.01}}}}, responses: {"204": {description: ok}}}}
  /huge: {post: {requestBody: {content: {application/json: {schema: {multipleOf: 1e999999999}}}}, responses: {"204": {description: ok}}}}
  /small: {post: {requestBody: {content: {application/json: {schema: {type: integer, maximum: 5}}}}, responses: {"204": {description: ok}}}}
  /pattern: {post: {requestBody: {content: {application/json: {schema: {items: {pattern: "^(a+)+$"}}}}}, responses: {"204": {description: ok}}}}
  /tree: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Tree"}}}}, responses: {"204": {description: ok}}}}
  /loop: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Loop"}}}}, responses: {"204": {description: ok}}}}
  /branches: {post: {requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Branch"}}}}, responses: {"204": {description: ok}}}}
  /digits: {post: {requestBody: {content: {application/json: {schema: {items: {enum: [1, 2, 3]}}}}}, responses: {"204": {description: ok}}}}
  /query:
    get:
      parameters:
        - {name: a, in: query, schema: {type: array, items: {type: integer}}}
        - {name: d, in: query, style: deepObject, schema: {type: object, additionalProperties: {type: integer}}}
      responses: {"204": {description: ok}}
components:
  schemas:
    Tree: {type: object, properties: {r: {$ref: "#/components/schemas/Tree"}}, unevaluatedProperties: false}
    Loop: {allOf: [{$ref: "#/components/schemas/Loop"}]}
    Branch:
      anyOf:
        - {allOf: [{$ref: "#/components/schemas/Fork"}, false]}
        - {allOf: [{$ref: "#/components/schemas/Fork"}, false]}
    Fork:
      anyOf:
        - {properties: {r: {$ref: "#/components/schemas/Branch"}}}
        - {properties: {r: {$ref: "#/components/schemas/Branch"}}, required: [x]}
"""
SANITIZED = os.environ.get("UNDERSTUDY_SANITIZED") == "1"
SECONDS = 60 if SANITIZED else 20
PEAK_MB = 260  # two million values and their text would not fit
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PARTS = {"content-type": "multipart/form-data; boundary=b"}
PART = '--b\r\ncontent-disposition: form-data; name="a{}"\r\n\r\nx\r\n'


def listed(item, count):
    return "[" + (item + ",") * (count - 1) + item + "]"


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.document = os.path.join(cls.folder.name, "api.yaml")
        with open(cls.document, "w", encoding="utf-8") as file:
            file.write(DOCUMENT)
        cls.server = Server(["--log", "off", cls.document])

    @classmethod
    def tearDownClass(cls):
        code, _, err = cls.server.stop()
        cls.folder.cleanup()
        told = "leads back to itself" in err and err.count("error:") == 1
        assert code == 0 and told, (code, err)

    def peak_mb(self):
        with open(f"/proc/{self.server.process.pid}/status", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024

    def tearDown(self):
        """Whatever came, it still serves, and was never large."""
        self.assertEqual(self.server.ask("POST", "/any", JSON, "1")[0], 204)
        if not SANITIZED:
            self.assertLess(self.peak_mb(), PEAK_MB)

    def ask(self, target, headers, body, wanted, words=""):
        """`body` may be larger than what is read before the answer."""
        head = [f"{'POST' if body else 'GET'} {target} HTTP/1.1", "Host: h", "Connection: close",
                f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers)]
        before = time.monotonic()
        with self.server.connect() as wire:
            wire.sendall("\r\n".join([*head, "", ""]).encode())
            try:
                wire.sendall(body.encode())
            except OSError:
                pass
            received, _ = read_all(wire, SECONDS)
        status, _, answer = parse(received)
        self.assertEqual(status, wanted, answer[:300])
        self.assertIn(words, answer[:1000])
        self.assertLess(time.monotonic() - before, SECONDS)

    def post(self, target, body, wanted, words="", headers=JSON):  # pylint: disable=dangerous-default-value
        self.ask(target, headers.items(), body, wanted, words)

    def test_depth(self):
        self.post("/any", "[" * 1000 + "]" * 1000, 204)
        self.post("/any", "[" * 1001 + "]" * 1001, 400, "Too many nested")
        self.post("/any", "[" * 1000000, 400, "Too many nested")
        self.post("/tree", '{"r":' * 900 + '{"x":1}' + "}" * 900, 422, "UNPROCESSABLE_ENTITY")

    def test_more_values_than_a_body_may_have(self):
        words = "The body has more than 1000000 values, which this server does not take (--max-nodes)."
        self.post("/any", listed("1", 999999), 204)
        for item in ("1", "[]", "{}", '""', "null"):
            self.post("/any", listed(item, 1000001), 413, words)
        self.post("/any", listed("[]", 5000000), 413, words)
        self.post("/any", "{" + '"a":1,' * 1500000 + '"a":1}', 413, words)

    def test_the_most_values_are_a_choice(self):
        with Server(["--log", "off", "--max-nodes", "10", self.document]) as server:
            self.assertEqual(server.ask("POST", "/any", JSON, listed("1", 9))[0], 204)
            status, headers, answer = server.ask("POST", "/any", JSON, listed("1", 10))
            self.assertEqual((status, headers["content-type"]), (413, "application/problem+json"))
            self.assertIn("more than 10 values", answer)
        for dialect, begin in (("fastapi", '{"detail":"The body has more'),
                               ("steady", '{"error":"The body has more')):
            with Server(["--log", "off", "--dialect", dialect, "--max-nodes", "10",
                         self.document]) as server:
                status, _, answer = server.ask("POST", "/any", JSON, listed("1", 10))
                self.assertEqual((status, answer[:len(begin)]), (413, begin))

    def test_unique_items(self):
        self.post("/unique", "[" + ",".join(map(str, range(900000))) + "]", 204)
        self.post("/unique", "[" + ",".join(f'{{"a":[{i}]}}' for i in range(300000)) + "]", 204)
        self.post("/unique", listed('{"a":[1]}', 300000), 422, "uniqueItems")

    def test_numbers(self):
        for number, wanted in (("1e999999999", 204), ("1e-999999999", 422),
                               ("1e99999999999999999999999999", 204), ("0.075", 422),
                               ("1" * 1000000, 204)):
            self.post("/cents", number, wanted)
        for number, wanted in (("1", 422), ("9" * 1000000 + "e5", 422), ("1e1999999999", 204)):
            self.post("/huge", number, wanted)
        for number, wanted in (("1e999999999", 422), ("-1e999999999", 204), ("-1e-999999999", 422),
                               ("1" * 15000000, 422)):
            self.post("/small", number, wanted)

    def test_patterns_and_branches_that_grow_without_end(self):
        costly = "The body is too costly to check."
        self.post("/pattern", '["' + "a" * 40 + '!"]', 400, costly)
        self.post("/pattern", listed('"' + "a" * 40 + '!"', 10000), 400, costly)
        self.post("/branches", '{"r":' * 60 + "{}" + "}" * 60, 400, costly)
        self.post("/loop", "1", 501, "cannot be served")

    def test_as_many_violations_as_values(self):
        self.post("/digits", listed("4", 900000), 422, "enum")

    def test_queries_and_headers(self):
        self.ask("/query?" + "a=x&" * 3900, [], "", 422)
        self.ask("/query?" + "&".join(f"d[{i}]=x" for i in range(1400)), [], "", 422)
        self.ask("/query?d" + "[a]" * 4000 + "=x", [], "", 422)
        self.ask("/query?" + "a=1&" * 25000, [], "", 400, "longer than 16384 bytes")
        many = [(f"h{i}", "x") for i in range(65)]
        self.ask("/any", [*JSON.items(), *many], "1", 431, "more than 64 headers")
        self.ask("/any", [*JSON.items(), *many * 30], "1", 431, "more than 64 headers")
        self.ask("/any", [*JSON.items(), ("h", "x" * 100000)], "1", 400, "longer than 16384 bytes")

    def test_forms_and_parts(self):
        self.post("/any", "a=1&" * 3000000, 400, "more than 1000 fields", FORM)
        self.post("/any", "&" * 15000000, 204, "", FORM)
        self.post("/any", PART.format("") * 200000 + "--b--\r\n", 400, "too many parts", PARTS)
        self.post("/any", "".join(map(PART.format, range(200000))) + "--b--\r\n", 400,
                  "too many parts", PARTS)
        self.post("/any", "--b\r\n" + "x: y\r\n" * 2000000 + "\r\nx\r\n--b--\r\n", 400,
                  "too many headers", PARTS)
        self.post("/any", "--b\r\n" * 3000000 + "--b--\r\n", 400, "no empty line", PARTS)

    def test_bytes(self):
        self.post("/any", '"' + "a" * 17000000 + '"', 413, "--max-body")


if __name__ == "__main__":
    unittest.main()
