"""One operation for each family of types and places that FastAPI has.

What is posted is answered, so that conversions show. Every field has a default: a request
names as many as it likes. `id` is what the stand-in keeps records by.
"""

import datetime as dt
import decimal
import ipaddress
import uuid
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal

from fastapi import Body, Cookie, FastAPI, Header, Path, Query
from pydantic import AnyUrl, BaseModel, ConfigDict, Field, HttpUrl


class Colour(str, Enum):
    red = "red"
    green = "green"
    blue = "it's \"blue\""


class Level(IntEnum):
    low = 1
    high = 10


class Record(BaseModel):
    id: str | None = None


class Scalars(Record):
    i: int = 0
    i_ge: Annotated[int, Field(ge=1)] = 1
    i_gt: Annotated[int, Field(gt=0)] = 1
    i_le: Annotated[int, Field(le=10)] = 1
    i_lt: Annotated[int, Field(lt=10)] = 1
    i_mul: Annotated[int, Field(multiple_of=5)] = 5
    i_all: Annotated[int, Field(ge=-10, le=10, multiple_of=3)] = 3
    f: float = 0.5
    f_ge: Annotated[float, Field(ge=1.5)] = 1.5
    f_lt: Annotated[float, Field(lt=1e20)] = 1.5
    f_mul: Annotated[float, Field(multiple_of=0.5)] = 0.5
    f_both: Annotated[float, Field(gt=-2.5, le=100)] = 0.5
    b: bool = False
    s: str = ""
    s_min: Annotated[str, Field(min_length=2)] = "ab"
    s_max: Annotated[str, Field(max_length=1)] = ""
    s_pat: Annotated[str, Field(pattern="^[a-z]+$", max_length=5)] = "ab"
    i_null: int | None = None
    b_null: bool | None = None
    nothing: None = None
    anything: Any = None


class Texts(Record):
    moment: dt.datetime = dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc)
    day: dt.date = dt.date(2020, 1, 1)
    hour: dt.time = dt.time(1, 2, 3)
    span_of_time: dt.timedelta = dt.timedelta(seconds=1)
    uid: uuid.UUID | None = None
    url: AnyUrl | None = None
    web: HttpUrl | None = None
    amount: decimal.Decimal | None = None
    address: ipaddress.IPv4Address | None = None
    colour: Colour = Colour.red
    level: Level = Level.low
    one: Literal["one"] = "one"
    mixed: Literal["one", 'two\'s', 3, True, None] = "one"
    several: Literal["a", "b", "c"] = "a"
    numbers: Literal[1, 2, 30] = 1
    price: Annotated[decimal.Decimal, Field(gt=0, le=1000)] = decimal.Decimal(1)
    address6: ipaddress.IPv6Address | None = None
    maybe_moment: dt.datetime | None = None
    camel: Annotated[str, Field(alias="camelCase", min_length=1, max_length=2)] = "a"


class Sub(BaseModel):
    a: int
    b: str = ""


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    x: int = 0
    sub: Sub | None = None


class Tree(BaseModel):
    value: int
    branches: list["Tree"] = []


class Containers(Record):
    ints: list[int] = []
    few: Annotated[list[int], Field(min_length=2, max_length=3)] = [1, 2]
    one: Annotated[list[str], Field(max_length=1)] = []
    pair: tuple[int, str] = (1, "a")
    lot: list[Any] = []
    nulls: list[int | None] = []
    free: dict[str, Any] = {}
    counts: dict[str, int] = {}
    sized: Annotated[dict[str, int], Field(min_length=1, max_length=2)] = {"a": 1}
    by_colour: dict[Colour, int] = {}
    by_short: dict[Annotated[str, Field(max_length=3)], list[int]] = {}
    by_uuid: dict[uuid.UUID, str] = {}
    sub: Sub | None = None
    subs: list[Sub] = []
    closed: Closed | None = None
    nested: dict[str, list[dict[str, Sub]]] = {}
    tree: Tree | None = None
    forest: dict[str, Tree] = {}
    grid: list[Annotated[list[float], Field(max_length=2)]] = []
    colours: Annotated[list[Colour], Field(min_length=1)] = [Colour.red]
    moments: list[dt.datetime] = []
    triple: tuple[bool, float, Sub | None] = (True, 1.5, None)


class Sets(BaseModel):
    """Apart: the order in which Python prints a set is that of its hashes."""

    distinct: set[int] = set()
    some: Annotated[set[str], Field(min_length=1, max_length=2)] = {"a"}
    colours: Annotated[set[Colour], Field(max_length=2)] = set()
    of_lists: set[tuple[int, str]] = set()


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int
    toys: list[str] = []


class Dog(BaseModel):
    kind: Literal["dog", "wolf"]
    good: bool


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


class Unions(Record):
    int_or_text: int | str = 0
    int_or_list: int | list[int] = 0
    number_or_flag: float | bool = 0.5
    small_or_short: Annotated[int, Field(le=5)] | Annotated[str, Field(max_length=3)] | None = None
    models: Sub | Closed = Sub(a=1)
    model_or_text: Sub | str | list[Sub] = ""
    literals: Literal["a", "b"] | int | Colour = 1
    moments: dt.date | uuid.UUID | bool = False
    maps: dict[str, int] | list[int | str] | None = None
    pet: Pet | None = None
    pets: list[Pet] = []
    pet_or_text: Pet | int | None = None
    deep: list[Sub | list[Closed | int]] = []
    flag_or_text: bool | Annotated[str, Field(min_length=2)] = True
    moment_or_number: dt.datetime | int = 0
    colour_or_level: Colour | Level = Colour.red
    by_name: dict[str, int | str] = {}
    tree_or_sub: Tree | Sub | None = None
    float_or_texts: float | list[str] = 0.5


app = FastAPI(title="zoo")


def named(record: Record) -> Record:
    record.id = record.id or "GENERATED"
    return record


@app.post("/scalars")
def scalars(record: Scalars) -> Scalars:
    return named(record)


@app.post("/texts")
def texts(record: Texts) -> Texts:
    return named(record)


@app.post("/containers")
def containers(record: Containers) -> Containers:
    return named(record)


@app.post("/unions")
def unions(record: Unions) -> Unions:
    return named(record)


@app.put("/rooms/{room}/beds/{bed}")
def bed(
    room: Annotated[int, Path(ge=1, le=99)],
    bed: Colour,
    sub: Sub,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    exact: bool = False,
    since: dt.datetime | None = None,
    tags: Annotated[list[str], Query(max_length=3)] = [],
    sizes: Annotated[list[int] | None, Query()] = None,
    word: Annotated[str | None, Query(min_length=2, alias="a-word")] = None,
    order: Literal["up", "down"] = "up",
    x_level: Annotated[Level | None, Header()] = None,
    x_ratio: Annotated[float, Header(gt=0)] = 1,
    x_lines: Annotated[list[int], Header()] = [],
    session: Annotated[str | None, Cookie(max_length=4)] = None,
    visits: Annotated[int, Cookie()] = 0,
) -> bool:
    return True


@app.get("/search/{what}")
def search(
    what: uuid.UUID,
    must: int,
    ratio: float,
    flag: Annotated[bool, Query()],
    x_must: Annotated[str, Header(min_length=1)],
    crumb: Annotated[int, Cookie()],
    either: int | bool | None = None,
) -> bool:
    return True


@app.get("/words/{level}/of/{day}")
def words(
    level: Level,
    day: dt.date,
    kinds: Annotated[list[Literal["a", "b"]], Query(min_length=1)] = ["a"],
    amount: Annotated[decimal.Decimal | None, Query(ge=0)] = None,
    hour: dt.time | None = None,
    uid: uuid.UUID | None = None,
    strict: Annotated[str, Query(pattern="^[a-z]{2,3}$")] = "ab",
    flags: Annotated[list[bool], Query()] = [],
    choice: Colour | None = None,
    ratio: Annotated[float, Query(gt=0, lt=1)] = 0.5,
    x_when: Annotated[dt.datetime | None, Header()] = None,
    trace: Annotated[str | None, Header(alias="Trace-Parent", max_length=5)] = None,
    mode: Annotated[Literal["on", "off"], Cookie()] = "on",
) -> bool:
    return True


@app.get("/items/special")
def special(n: int = 0) -> bool:
    return True


@app.get("/items/{number}")
def item(number: Annotated[int, Path(gt=0, le=10)]) -> bool:
    return True


@app.put("/items/{number}")
def put_item(number: float, body: Annotated[dict[str, int], Body(min_length=1)]) -> bool:
    return True


@app.post("/text")
def text(body: Annotated[str, Body(max_length=3)]) -> bool:
    return True


@app.post("/flag")
def flag(body: Annotated[bool | None, Body()] = None) -> bool:
    return True


@app.post("/anything")
def anything(body: Annotated[Any, Body()]) -> bool:
    return True


@app.post("/either")
def either(body: Annotated[int | list[Sub] | dict[str, float], Body()]) -> bool:
    return True


@app.post("/sets")
def sets(body: Sets) -> bool:
    return True


@app.post("/trees")
def trees(body: list[Tree]) -> bool:
    return True


@app.post("/pair")
def pair(cat: Cat, count: Annotated[int, Body(ge=0)], note: Annotated[str | None, Body(max_length=3)] = None) -> bool:
    return True


@app.post("/embedded")
def embedded(sub: Annotated[Sub, Body(embed=True)]) -> bool:
    return True


@app.post("/list")
def numbers(body: Annotated[list[int], Body(max_length=3)]) -> bool:
    return True


@app.post("/maybe")
def maybe(body: Sub | None = None) -> bool:
    return True


@app.post("/choice")
def choice(body: Sub | Closed) -> bool:
    return True


@app.post("/pet")
def pet(body: Pet) -> bool:
    return True


@app.post("/number")
def number(body: Annotated[int, Body(ge=0)]) -> bool:
    return True


@app.delete("/number")
def no_number() -> bool:
    return True


@app.get("/slashed/")
def slashed() -> bool:
    return True
