"""Random requests, the same for the same seed.

Values are drawn from the schemas of the app's own document: most fit, some are spoiled, some
are in forms that only pydantic takes. Texts are written in several styles and then, for some
requests, broken.
"""

import random
import string
from dataclasses import dataclass, field

import json_texts
import moments
from json_texts import Lexeme, Members


@dataclass
class Request:
    method: str
    path: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    kind: str = "valid"


WORDS = ["a", "ab", "abc", "abcdef", "cat", "dog", "wolf", "red", "x", "one", "null", "true", "5", "-1", "0", ""]
ALPHABET = "abcXYZ0189 _-./'\"\\<>&\t\n\r\x08\x0c\x01\x1f\x7f\x80é漢🚀\u2028\u2029\ufeff\ufffd\u0000\U0010ffff"

NUMBERS = """0 1 2 3 5 7 10 11 15 99 100 101 -1 -5 -10 -11 -0 1.0 5.0 1.5 0.5 0.1 -1.5 -0.0 1e2 1E2 1e+2 1e-2 15e-1
1e16 1e15 123456789012345680.0 1e20 1e22 1E-7 1e-5 0.0001 0.00001 1.10 100000.0 0.1000000000000000055511151231257827
2.5e-324 5e-324 1.7976931348623157e308 1e308 1e309 1e400 -1e400 12345678901234567890 -12345678901234567890
9223372036854775807 9223372036854775808 18446744073709551616 123456789012345678901234567890 9007199254740993
1704067200 1704067200.5 1704067200123 1704067200123456 20000000000 20000000001 253402300799 253402300800
-62135596800 -62135596801 86400 -86400 43200 3.3 0.30000000000000004 4.35 1e1000 NaN Infinity -Infinity""".split()

LAX_NUMBERS = """5 05 +5 -5 5.0 5.00 5. .5 1_000 1__0 _1 1_ 1e3 0x10 5.5 1e400 nan NaN inf Infinity -infinity +inf
12345678901234567890123 -0 00 -00.0 1E5 ５ ٣ 5\u00a0 +-5 --5 1,5 1e-7 99999999999999999999.0 1.5e300""".split() + [
    "", " 5 ", "\t5\n", " ", "5 5", "1 000"
]
LAX_FLAGS = "true True TRUE t T false f yes Yes y Y no n on ON off Off 1 0 1.0 2 -1 ja tru".split() + ["", " true"]

UUIDS = """550e8400-e29b-41d4-a716-446655440000 550E8400-E29B-41D4-A716-446655440000 550e8400e29b41d4a716446655440000
{550e8400-e29b-41d4-a716-446655440000} urn:uuid:550e8400-e29b-41d4-a716-446655440000 x
550e8400-e29b-41d4-a716-44665544000g 550e8400-e29b-41d4-a716-44665544000 550e8400-e29b-41d4-a716-4466554400000
550e8400-e29b-41d4-a716446655440000 550e8400e29b-41d4-a716-446655440000 {550e8400-e29b-41d4-a716-446655440000
550e8400-e29b-41d4-a716-446655440000} 550e8400e29b41d4a71644665544000 - 550e-8400-e29b-41d4-a716446655440000
550e8400--e29b-41d4-a716-446655440000 {} urn:uuid:x {550e8400e29b41d4a716446655440000} 550e8400-e29b-41d4-a716-44665544é000
00000000-0000-0000-0000-000000000000 urn:550e8400-e29b-41d4-a716-446655440000""".split()
URLS = """http://a http://a/ https://example.com/b?c=d#e x http:// https:// ftp://a/b http:a mailto:a@b.c //a /a a.b
http://a:99999 http://a:80/ http://[::1]/ http://[::1 http://a b http://ü.de/ HTTP://EXAMPLE.com/A/../B http://1.2.3.4
http://1.2.3.400 http://a/%zz http://user:pw@host:8080/p data:text/plain,x file:///etc http://a.b/c d http:///a
http://exa<mple.com http://a?b http://a#b urn:isbn:1 javascript:alert(1) http://xn--a""".split()
ADDRESSES = "1.2.3.4 0.0.0.0 255.255.255.255 256.1.1.1 1.2.3 1.2.3.4.5 01.2.3.4 x ::1 1.2.3.4/8".split()
ADDRESSES6 = "::1 :: 1:2:3:4:5:6:7:8 1::8 ::ffff:1.2.3.4 2001:DB8::1 1:2 :::1 g:: 1.2.3.4 ::1/64 fe80::1%eth0 01::1 00001:: x".split()
AMOUNTS = "1 1.5 -1.50 +3 1e5 1E-7 NaN Infinity x 1_000 .5 5. 0x1 00.10 --1 1,5".split() + ["", " 1 "]


class Generator:
    def __init__(self, seed: int, document: dict):
        self.random = random.Random(seed)
        self.schemas = document["components"]["schemas"]
        self.spoil = 0.0

    # ---- small draws ----

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def pick(self, choices):
        return self.random.choice(choices)

    def text(self, longest: int = 12) -> str:
        if self.chance(0.2):
            return self.pick(WORDS)
        return "".join(self.pick(ALPHABET) for _ in range(self.random.randint(0, longest)))

    def number(self):
        if self.chance(0.7):
            return Lexeme(self.pick(NUMBERS[:-3]))
        if self.chance(0.03):
            return Lexeme(self.pick(NUMBERS))
        return self.random.choice(
            [self.random.randint(-20, 120), self.random.uniform(-100, 100), self.random.randint(-(10**20), 10**20)]
        )

    def anything(self, depth: int = 3):
        kind = self.random.randint(0, 7 if depth > 0 else 4)
        if kind <= 1:
            return self.text()
        if kind == 2:
            return self.number()
        if kind == 3:
            return self.pick([True, False, None])
        if kind == 4:
            return self.pick(WORDS)
        if kind == 5:
            return [self.anything(depth - 1) for _ in range(self.random.randint(0, 3))]
        return self.free_object(depth)

    def free_object(self, depth: int = 3) -> Members:
        members = Members((self.text(5), self.anything(depth - 1)) for _ in range(self.random.randint(0, 3)))
        if members and self.chance(0.1):
            members.append((self.pick(members)[0], self.anything(depth - 1)))
        return members

    def nested(self, depth: int):
        value = self.anything(0)
        for _ in range(depth):
            value = [value] if self.chance(0.5) else Members([(self.text(2), value)])
        return value

    # ---- texts of formats ----

    def of_format(self, name: str) -> str:
        if name == "date-time":
            return moments.sound(self.random) if self.chance(0.6) else self.moment()
        if name == "date":
            return self.pick(moments.DATES) if self.chance(0.8) else self.moment()
        if name == "time":
            return moments.clock(self.random) if self.chance(0.9) else self.pick(moments.ODD)
        texts = {"duration": moments.DURATIONS, "uuid": UUIDS, "uri": URLS, "ipv4": ADDRESSES, "ipv6": ADDRESSES6}
        return self.pick(texts.get(name, WORDS))

    def moment(self) -> str:
        """A text or, now and then, a number."""
        if self.chance(0.1):
            return Lexeme(moments.unix_time(self.random))
        return moments.moment(self.random)

    # ---- values of schemas ----

    def resolve(self, schema: dict) -> dict:
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def value(self, schema: dict, depth: int = 4):
        if self.chance(self.spoil):
            return self.junk(schema)
        schema = self.resolve(schema)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return self.value(self.pick(schema[keyword]), depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.pick(schema["enum"])
        kind = schema.get("type")
        if kind == "object":
            return self.object_of(schema, depth)
        if kind == "array":
            return self.array_of(schema, depth)
        if kind == "string":
            return self.text_of(schema)
        if kind in ("integer", "number"):
            return self.number_of(schema)
        return {"boolean": self.pick([True, False]), "null": None}.get(kind, self.anything(depth))

    def text_of(self, schema: dict) -> str:
        if "format" in schema:
            return self.of_format(schema["format"])
        if schema.get("pattern", "").startswith("^(?!"):
            return self.pick(AMOUNTS)
        if "pattern" in schema:
            return self.pick(["ab", "abc", "abcdefg", "AB", "", "ab\n", "abé"])
        longest = schema.get("maxLength", 8)
        length = self.pick([longest, longest + 1, schema.get("minLength", 0)]) if self.chance(0.1) else 0
        return self.pick("aé漢🚀") * length if length else self.text(min(longest, 12))

    def number_of(self, schema: dict):
        if "multipleOf" in schema:
            return self.random.randint(-5, 10) * schema["multipleOf"] + self.pick([0, 0, schema["multipleOf"] / 4, 1])
        bounds = [schema[word] for word in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum") if word in schema]
        if bounds and self.chance(0.5):
            return int(self.pick(bounds)) + self.pick([-1, 0, 1])
        if schema["type"] == "integer" and self.chance(0.7):
            return self.random.randint(-5, 20)
        return self.number()

    def array_of(self, schema: dict, depth: int) -> list:
        if "prefixItems" in schema:
            items = [self.value(item, depth - 1) for item in schema["prefixItems"]]
            return items[: self.random.randint(0, 2)] + [1] * self.random.randint(0, 1) if self.chance(0.2) else items
        if depth <= 0:
            return []
        return [self.value(schema.get("items", {}), depth - 1) for _ in range(self.random.randint(0, 4))]

    def key_of(self, schema: dict) -> str:
        names = schema.get("propertyNames")
        if names is None or self.chance(0.2):
            return self.text(4)
        if names.get("format") == "uuid":
            return self.pick([UUIDS[0], "00000000-0000-0000-0000-000000000000", "x", "550e8400"])
        key = self.value(names | {"type": "string"} if "$ref" not in names else names, 0)
        return key if isinstance(key, str) else self.text(4)

    def object_of(self, schema: dict, depth: int) -> Members:
        members = Members()
        required = schema.get("required", [])
        for name, below in schema.get("properties", {}).items():
            wanted = 0.97 - self.spoil / 2 if name in required else 0.35
            if self.chance(wanted):
                members.append((name, self.value(below, depth - 1)))
        if "properties" not in schema and depth > 0:
            items = schema.get("additionalProperties")
            for _ in range(self.random.randint(0, 3)):
                key = self.key_of(schema)
                members.append((key, self.value(items if isinstance(items, dict) else {}, depth - 1)))
        if self.chance(0.05 + self.spoil):
            members.append((self.text(4), self.anything(1)))
        if members and self.chance(0.02):
            members.append((self.pick(members)[0], self.anything(1)))
        self.random.shuffle(members)
        return members

    def junk(self, schema: dict):
        """Something else than the schema says, or what pydantic makes of it."""
        kind = self.random.randint(0, 9)
        if kind <= 1:
            return self.anything(2)
        if kind == 2:
            return None
        if kind == 3:
            return self.number()
        if kind == 4:
            return self.pick(LAX_NUMBERS)
        if kind == 5:
            return self.pick(LAX_FLAGS)
        if kind == 6:
            return self.moment()
        if kind == 7:
            return self.pick([[], Members(), [None], Members([("a", 1)]), "", True])
        if kind == 8:
            return Members([("kind", self.pick(["cat", "dog", "wolf", "bird", 5, None, True, 1.5, [], Members()]))])
        return self.value(self.pick(list(self.schemas.values())), 2)

    # ---- requests ----

    def content_type(self) -> list[tuple[str, str]]:
        if self.chance(0.8):
            return [("content-type", "application/json")]
        if self.chance(0.03):
            return [("content-type", "text/plain"), ("Content-Type", "application/json")]
        kinds = ["application/json; charset=utf-8", "Application/JSON", "APPLICATION/JSON;x=y", "application/problem+json"]
        kinds += ["application/vnd.api+json", "text/json", "text/plain", "application/jsonx", "application/xml", "garbage"]
        kinds += ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/ json", "", None]
        kinds += ['application/json;charset="utf-16"', "application/json;", ";application/json", "application/json ; q", "application/"]
        kinds += ["application/ld+json+x", "application/json+xml", "application/x+JSON", "*/*", "application/*", "application//json", "/json"]
        kinds += ["application/json, text/plain", " application/json ", "application/+json", "json", "text/x+json", "application/a+json;q=1"]
        kind = self.pick(kinds)
        return [] if kind is None else [("content-type", kind)]

    def body(self, schema: dict) -> tuple[bytes, str]:
        self.spoil = self.pick([0, 0, 0.02, 0.1, 0.3])
        if self.chance(0.05):
            return self.pick(["", "null", " ", "[]", "{}", "5", '"x"', "true", "[[]]", " null ", "{} ", "\ufeff{}"]).encode(), "shape"
        value = self.value(schema, 5)
        if self.chance(0.01) and isinstance(value, Members):
            value.append((self.text(3), self.nested(self.random.randint(1, 240))))
        if self.chance(0.003) and isinstance(value, Members):
            value.append((self.text(3), Lexeme("-" * self.random.randint(0, 1) + "7" * self.pick([4299, 4300, 4301, 5000]))))
        text = json_texts.write(self.random, value)
        if self.chance(0.15):
            return json_texts.broken(self.random, text), "syntax"
        if self.chance(0.03):
            return json_texts.encoded(self.random, text), "syntax"
        return text.encode(), "field" if self.spoil else "valid"


class SpansGenerator(Generator):
    def item(self) -> Members:
        schema = self.schemas["SpanCreateRequest"]
        item = self.value(schema, 4)
        if isinstance(item, Members) and self.chance(0.9):
            item[:] = [(name, value) for name, value in item if name != "id"]
            item.append(("id", f"span-{self.random.getrandbits(40):x}"))
        if isinstance(item, Members) and self.chance(0.03):
            item.append((self.pick(["account_id", "object", "created_by", "Name", "name ", "NAME"]), self.anything(2)))
        return item

    def items(self) -> list:
        """Now and then with an id that comes twice, or that is none."""
        items = [self.item() for _ in range(self.pick([0, 1, 1, 2, 3, 5]))]
        if len(items) > 1 and self.chance(0.1):
            for item in items:
                if isinstance(item, Members):
                    item[:] = [(name, value) for name, value in item if name != "id"]
                    item.append(("id", self.pick(["a", "b", "a\u0000", "", None, "A"])))
        return items

    def keys(self) -> list[tuple[str, str]]:
        headers = []
        if self.chance(0.95):
            value = self.pick(["", " ", "k y", "0", "null"]) if self.chance(0.08) else "test-key"
            headers.append((self.pick(["x-api-key"] * 9 + ["X-API-Key"]), value))
            if self.chance(0.03):
                headers.append(("x-api-key", self.pick(["", "other"])))
        if self.chance(0.9):
            value = self.pick(["", " ", "a, b", '"', "\\", "0"]) if self.chance(0.08) else self.pick(["acct-1", "acct-2", "a b"])
            headers.append((self.pick(["x-selected-account-id"] * 9 + ["X-Selected-Account-Id"]), value))
            if self.chance(0.03):
                headers.append(("x-selected-account-id", self.pick(["", "acct-9"])))
        if self.chance(0.02):
            headers.append((self.pick(["accept", "x-unknown", "x_api_key", "authorization", "cookie"]), "x"))
        return headers

    def batch(self):
        items = self.items()
        if self.chance(self.spoil / 2):
            return self.junk({})
        batch = Members([("items", self.junk({}) if self.chance(self.spoil / 2) else items)])
        if self.chance(0.05):
            batch.append((self.text(3), self.anything(1)))
        return batch

    def value(self, schema: dict, depth: int = 4):
        if schema.get("title") == "SpanBatchRequest":
            return self.batch()
        return super().value(schema, depth)

    def request(self) -> Request:
        body, kind = self.body({"title": "SpanBatchRequest"})
        headers = self.content_type() + self.keys()
        self.random.shuffle(headers)
        method, path = "PUT", "/v5/spans/batch"
        if self.chance(0.02):
            method = self.pick(["GET", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "put", "FOO"])
        if self.chance(0.03):
            path = self.pick(["/v5/spans/batch/", "/v5/spans", "/v5//spans/batch", "/V5/spans/batch", "/v5/spans/batch?a=1",
                              "/v5/spans/batch/?a=%20b", "/v5/spans%2Fbatch", "/v5/spans/batch%2F", "/v5/spans/batch%20", "/v5/spans/batch;a",
                              "/v5/spans/batc%68?", "/v5/spans/./batch", "/v5/spans/%zz", "/v5/spans/batch/x", "//v5/spans/batch", "/v5/spans/b%61tch", "/", "/v5/spans/batch//"])
        return Request(method, path, headers, body, kind)


class ZooGenerator(Generator):
    def __init__(self, seed: int, document: dict):
        super().__init__(seed, document)
        self.operations = [
            (method.upper(), path, operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
        ]

    def parameter_text(self, schema: dict) -> str:
        if self.chance(self.spoil):
            return self.pick([self.pick(LAX_NUMBERS), self.pick(LAX_FLAGS), self.text(5), self.moment(), self.pick(NUMBERS)])
        value = self.value(schema, 1)
        if isinstance(value, bool):
            return str(value).lower()
        return "" if isinstance(value, (list, type(None))) else str(value)

    def texts_of(self, schema: dict) -> list[str]:
        options = [self.resolve(option) for option in schema.get("anyOf", [schema])]
        lists = [option for option in options if option.get("type") == "array"]
        if lists:
            return [self.parameter_text(lists[0]["items"]) for _ in range(self.random.randint(1, 3))]
        return [self.parameter_text(schema) for _ in range(2 if self.chance(0.05) else 1)]

    def quote(self, text: str, safe: str) -> str:
        plain = string.ascii_letters + string.digits + "-._~" + safe
        return "".join(c if c in plain else "".join(f"%{b:02X}" for b in c.encode()) for c in text)

    def place(self, request: Request, parameter: dict, query: list[str], cookies: list[str]) -> None:
        name, where = parameter["name"], parameter["in"]
        if where != "path" and not self.chance(0.9 if parameter.get("required") else 0.4):
            return
        for text in self.texts_of(parameter["schema"]):
            if where == "path":
                request.path = request.path.replace("{" + name + "}", self.quote(text, "") or "%20")
            elif where == "query":
                query.append(name + "=" + self.quote(text, ":+"))
            elif where == "header":
                request.headers.append((name, "".join(c for c in text if c in string.printable[:95])))
            else:
                cookies.append(name + "=" + "".join(c for c in text if c in string.ascii_letters + string.digits + "-._"))

    def request(self) -> Request:
        self.spoil = self.pick([0, 0.1, 0.3])
        method, path, operation = self.pick(self.operations)
        request = Request(method, path)
        query, cookies = [], []
        for parameter in operation.get("parameters", []):
            self.place(request, parameter, query, cookies)
        self.random.shuffle(query)
        if query:
            request.path += "?" + "&".join(query)
        if cookies:
            request.headers.append(("cookie", "; ".join(cookies)))
        if "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]["schema"]
            request.body, request.kind = self.body(content)
            if request.body or self.chance(0.5):
                request.headers += self.content_type()
        if self.chance(0.02):
            request.method = self.pick(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
        if self.chance(0.02):
            request.path = self.pick(["/", "/number/", "/slashed", "/slashed/", "/rooms/1/beds", "/nope?x=1", "/list//"])
        return request
