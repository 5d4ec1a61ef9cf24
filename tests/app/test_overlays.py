"""What an overlay leaves out: check tells of it, and with it the answers keep the contract."""
import json
import os
import tempfile
import unittest

from play import Server, run

SPEC = """
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
        - {name: after, in: query, schema: {type: string}}
      responses:
        "200":
          description: all
          content: {application/json: {schema: {$ref: "#/components/schemas/Pets"}}}
    post:
      requestBody:
        content: {application/json: {schema: {type: object, required: [name], properties:
          {id: {type: string}, name: {type: string}}}}}
      responses:
        "201":
          description: made
          content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}
components:
  schemas:
    Pet:
      type: object
      required: [id, name, created_at, kind, secret]
      properties:
        id: {type: string}
        name: {type: string}
        created_at: {type: string}
        kind: {type: string, default: cat}
        secret: {type: string, writeOnly: true}
    Pets:
      type: object
      required: [data, object, has_more, total, pages]
      properties:
        object: {type: string}
        data: {type: array, items: {$ref: "#/components/schemas/Pet"}}
        has_more: {type: boolean}
        total: {type: integer}
        here: {type: integer}
        pages: {type: integer, default: 1}
"""

GET = "{collection: pets, action: list, items: /data, page: {limit: limit, after: after}%s}"
POST = "{collection: pets, action: create, key: [id]%s}"
WRAP = (", wrap: {object: {value: list}, has_more: {page: more}, total: {page: total}, "
        "here: {page: count}}")
FILL = ", fill: {id: {uuid: 4}, created_at: {now: rfc3339}}"


class Overlays(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def arguments(self, get, post):
        overlay = self.write("overlay.yaml", f"""
overlay: 1.0.0
info: {{title: o, version: "1"}}
actions:
  - target: $.paths['/pets']
    update:
      get: {{x-understudy: {get}}}
      post: {{x-understudy: {post}}}
""")
        return ["--overlay", overlay, self.write("pets.yaml", SPEC)]

    def check(self, get, post):
        code, _, err = run("check", *self.arguments(get, post))
        return code, [line for line in err.splitlines() if "overlay.yaml:" in line]

    def test_all_is_said(self):
        self.assertEqual(self.check(GET % WRAP, POST % FILL), (0, []))

    def test_what_nothing_makes(self):
        code, lines = self.check(GET % "", POST % "")
        self.assertEqual(code, 0)
        for wanted in ('requires "object" around', 'requires "has_more" around',
                       'requires "total" around', 'the key "id" of POST /pets need not be sent',
                       '"created_at" is required in the answer of POST /pets'):
            self.assertEqual(sum(wanted in line for line in lines), 1, (wanted, lines))
        self.assertEqual(len(lines), 5, lines)

    def test_mistakes(self):
        for wrap, wanted in (("{hasmore: {page: more}}", "no such member around the records"),
                             ("{data: {value: []}}", "no such member around the records"),
                             ("{has_more: {page: mor}}", "unknown fact about a page"),
                             ("{has_more: {always: true}}", "has no word \"always\" here"),
                             ("{has_more: {}}", "does not say where the value comes from"),
                             ("5", "wrap must be an object")):
            code, lines = self.check(GET % f", wrap: {wrap}", POST % FILL)
            self.assertEqual(code, 1, wrap)
            self.assertTrue(any(wanted in line for line in lines), (wanted, lines))
        code, lines = self.check(GET % WRAP, POST % (FILL + ", wrap: {name: {value: x}}"))
        self.assertEqual(code, 1)
        self.assertIn("wrap is for answers that have the records in a member", lines[0])

    def test_pages(self):
        with Server(self.arguments(GET % WRAP, POST % FILL)) as server:
            headers = {"content-type": "application/json"}
            ids = [json.loads(server.ask("POST", "/pets", headers, {"name": n})[2])["id"]
                   for n in "abc"]
            self.assertEqual(len(set(ids)), 3)
            for query, more, here in (("", False, 3), ("?limit=3", False, 3), ("?limit=2", True, 2),
                                      (f"?limit=2&after={ids[1]}", False, 1),
                                      (f"?limit=1&after={ids[0]}", True, 1)):
                page = json.loads(server.ask("GET", "/pets" + query)[2])
                self.assertEqual(
                    (page["object"], page["has_more"], page["here"], page["total"], page["pages"],
                     len(page["data"])), ("list", more, here, 3, 1, here), query)


if __name__ == "__main__":
    unittest.main()
