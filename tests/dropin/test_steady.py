"""Steady's command line, endpoints and headers, as the scripts of Stainless' SDKs use them."""
import http.client
import json
import os
import tempfile
import unittest

from play import BINARY, SPANS, THINGS, Server, batch, run

# The line of scripts/mock in a Stainless SDK, but for the port.
SCRIPT = ["--host", "127.0.0.1", "--validator-query-array-format=comma",
          "--validator-form-array-format=comma", "--validator-query-object-format=brackets",
          "--validator-form-object-format=brackets"]


class Steady(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.steady = os.path.join(self.folder.name, "steady")
        os.symlink(os.path.abspath(BINARY), self.steady)

    def tearDown(self):
        self.folder.cleanup()

    def serve(self, *arguments):
        return Server(arguments, command=(self.steady,))

    def test_called_as_the_scripts_call_it(self):
        server = self.serve(*SCRIPT, *THINGS)
        with server:
            status, _, body = server.ask("GET", "/_x-steady/health")
            health = json.loads(body)
            self.assertEqual((status, health["status"]), (200, "healthy"))
            self.assertEqual(health["spec"], {"title": "Things", "version": "1"})
            self.assertIn("schemas", health)
            status, headers, _ = server.ask("GET", "/things?tags=a,b&filter[max]=3")
            self.assertEqual((status, headers["x-steady-request-valid"]), (200, "true"))
            self.assertEqual(headers["x-steady-matched-path"], "/things")
            self.assertEqual(server.ask("GET", "/things?filter[max]=x")[0], 400)

    def test_the_exit_code_judges_the_session(self):
        def exit_code(flags, path):
            server = self.serve(*SCRIPT, *flags, *THINGS)
            server.ask("GET", path)
            return server.stop()[0]

        self.assertEqual(exit_code([], "/things?filter[max]=1"), 0)
        self.assertEqual(exit_code([], "/things?filter[max]=x"), 1)
        self.assertEqual(exit_code([], "/nothing"), 0)
        self.assertEqual(exit_code(["--fail-on-ambiguous"], "/nothing"), 1)
        self.assertEqual(run("tests/nothing.yaml", command=(self.steady,))[0], 3)

    def test_each_request_may_spell_in_its_own_way(self):
        with self.serve(*THINGS) as server:
            dots = {"X-Steady-Query-Object-Format": "dots"}
            self.assertEqual(server.ask("GET", "/things?filter.max=x", dots)[0], 400)
            self.assertEqual(server.ask("GET", "/things?filter.max=1", dots)[0], 200)
            self.assertEqual(server.ask("GET", "/things?filter.max=x")[0], 200)

    def test_the_spec(self):
        with self.serve(*THINGS) as server:
            status, _, body = server.ask("GET", "/_x-steady/spec")
            self.assertEqual(status, 200)
            self.assertEqual(json.loads(body)["info"], {"title": "Things", "version": "1"})
            self.assertEqual(server.ask("GET", "/_x-steady/nothing")[0], 404)

    def test_sessions(self):
        with self.serve(*SPANS) as server:
            one = {"X-Steady-Session": "one"}
            server.upsert(one)
            server.upsert(one, {"items": [{"name": 1}]})  # a type and two missing members
            server.upsert(one, {"items": [{**batch(1)["items"][0], "trace_id": "x" * 300}]})
            server.upsert(one, {"items": [{**batch(1)["items"][0], "id": None}]})
            server.ask("GET", "/nothing", one)
            server.upsert({"X-Steady-Session": "two"}, {})
            status, _, body = server.ask("GET", "/_x-steady/sessions/one")
            self.assertEqual(status, 200)
            self.assertEqual(json.loads(body), {
                "session_id": "one", "requests": 5, "sdk_issues": 4, "content_notes": 1,
                "ambiguous": 1, "spec_issues": 0})
            _, _, body = server.ask("GET", "/_x-steady/sessions/two")
            self.assertEqual(json.loads(body)["sdk_issues"], 1)
            self.assertEqual(server.ask("GET", "/_x-steady/sessions/three")[0], 404)

    def test_many_faults_fit_into_a_clients_head(self):
        """Python's http.client takes 100 header lines, and many clients 8 KB."""
        with self.serve(*SPANS) as server:
            client = http.client.HTTPConnection("127.0.0.1", server.port)
            client.request("PUT", "/v5/spans/batch", json.dumps({"items": [{}] * 1000}),
                           {"x-api-key": "k", "content-type": "application/json"})
            answer = client.getresponse()
            body = json.loads(answer.read())
            headers = {name.lower(): value for name, value in answer.getheaders()}
            client.close()
        self.assertEqual(answer.status, 400)
        self.assertEqual(headers["x-steady-error-count"], "3000")
        self.assertEqual(len(body["steady"]["errors"]), 3000)
        self.assertIn("x-steady-error-20-message", headers)
        self.assertNotIn("x-steady-error-21-code", headers)
        self.assertLess(sum(len(f"{n}: {v}\r\n") for n, v in headers.items()), 8192)

    def test_headers_are_plain_text_whatever_the_client_sends(self):
        with self.serve(*THINGS) as server:
            name = "gr\u00fc\u00dfe\r\nset-cookie: a=b\u0001" + "x" * 500
            _, headers, body = server.ask("POST", "/things",
                                          {"x-key": "k", "content-type": "application/json"},
                                          {"id": 1, "name": "n", name: 1})
            self.assertNotIn("set-cookie", headers)
            path = headers["x-steady-error-1-path"]
            self.assertTrue(path.startswith("body.gr??e??set-cookie"), path)
            self.assertTrue(path.isascii() and path.isprintable() and len(path) <= 160)
            self.assertEqual(json.loads(body)["steady"]["errors"][0]["path"], "body." + name)

    def test_lenient(self):
        with self.serve("--reject-on-sdk-error=false", *SPANS) as server:
            status, headers, _ = server.upsert(None, {"items": [{}]})
            self.assertEqual((status, headers["x-steady-request-valid"]), (200, "false"))
            status, _, _ = server.upsert({"X-Steady-Reject-On-Error": "true"}, {"items": [{}]})
            self.assertEqual(status, 400)
            self.assertEqual(server.admin("GET", "/store")[1], {"collections": []})

    def test_its_other_commands(self):
        steady = (self.steady,)
        self.assertEqual(run("validate", *THINGS, command=steady)[0], 0)
        self.assertEqual(run("--version", command=steady)[0], 0)
        self.assertIn("usage:", run("-h", command=steady)[1])
        code, _, err = run("explain", "E3008", command=steady)
        self.assertEqual(code, 2)
        self.assertIn("explanations are not played", err)
        code, _, err = run("--validator-query-array-format=tabs", *THINGS, command=steady)
        self.assertEqual(code, 2)
        self.assertIn("auto, repeat, comma, space, pipe, brackets", err)

    def test_flags_without_effect_are_said(self):
        server = self.serve("--interactive", "--log-level", "full", "--no-color", "--log=false",
                            *THINGS)
        code, out, err = server.stop()
        self.assertEqual(code, 0)
        self.assertEqual(err.splitlines(),
                         ["understudy: warning: --interactive has no effect here",
                          "understudy: warning: --log-level has no effect here"])
        self.assertEqual(len(out.splitlines()), 1)

    def test_a_document_in_place_of_a_verb(self):
        with Server(THINGS, command=(BINARY,)) as server:
            _, headers, _ = server.ask("GET", "/nothing")
            self.assertEqual(headers["content-type"], "application/problem+json")
            self.assertEqual(server.ask("GET", "/_x-steady/health")[0], 200)

    def test_a_slip_in_a_verb_is_no_document(self):
        code, _, err = run("sevre", *THINGS)
        self.assertEqual((code, err), (2, "understudy: unknown command sevre; did you mean serve?\n"))


if __name__ == "__main__":
    unittest.main()
