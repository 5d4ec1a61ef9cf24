/* yaml: texts and the JSON they mean; mistakes and the places that are blamed for them. */
#include "json/string_place.h"
#include "json/yaml.h"

#include "base/buf.h"
#include "support/unit.h"
#include "json/writer.h"

#include <stdio.h>
#include <time.h>

struct reading {
    struct arena arena;
    struct source source;
    struct diags diags;
    struct json_node *root;
};

typedef struct json_node *read_function(struct arena *arena, const struct source *source,
                                        const struct yaml_limits *limits, struct diags *diags);

static void begin(struct reading *reading, const char *name, struct str text)
{
    arena_init(&reading->arena, 4096, NULL);
    diags_init(&reading->diags);
    reading->source = (struct source){.name = name, .text = text};
}

static void end(struct reading *reading)
{
    diags_free(&reading->diags);
    arena_clear(&reading->arena);
}

static struct json_node *read_with(struct reading *reading, read_function *read, const char *text)
{
    begin(reading, "t.yaml", str_from(text));
    reading->root = read(&reading->arena, &reading->source, NULL, &reading->diags);
    return reading->root;
}

/* The tree as JSON text; the caller frees it with the arena. */
static const char *as_json(struct reading *reading, const struct json_node *node)
{
    struct buf out;
    buf_init(&out, &reading->arena);
    if (node != NULL)
        json_write(&out, node, JSON_EXACT);
    return buf_text(&out);
}

/* What every reader of nodes relies on. */
static void check_node(const struct json_node *node)
{
    assert_non_null(node->source);
    assert_true((size_t)node->offset + node->length <= node->source->text.len);
    if (node->type == JSON_STRING || node->type == JSON_NUMBER) {
        assert_non_null(node->c.valuestring);
        assert_int_equal(node->c.valuestring[node->size], '\0');
    }
    if (node->type < JSON_ARRAY) {
        assert_null(node->c.child);
        return;
    }
    size_t count = 0;
    const struct json_node *last = NULL;
    for (struct json_node *child = json_first(node); child != NULL; child = json_next(child)) {
        count++;
        if (last != NULL)
            assert_ptr_equal(child->c.prev, &last->c);
        last = child;
        if (node->type == JSON_OBJECT) {
            assert_int_equal(child->name_hash, str_hash(json_name(child)));
            assert_int_equal(child->c.string[child->name_length], '\0');
        } else {
            assert_null(child->c.string);
            assert_int_equal(child->name_length, 0);
            assert_int_equal(child->name_hash, 0);
        }
        check_node(child);
    }
    assert_int_equal(count, node->size);
    if (count > 0)
        assert_ptr_equal(node->c.child->prev, &last->c);
}

struct value_case {
    const char *text;
    const char *json;
};

static void check_value(const struct value_case *value, read_function *read)
{
    struct reading reading;
    read_with(&reading, read, value->text);
    struct buf told;
    buf_init(&told, NULL);
    diags_print(&reading.diags, &told);
    if (told.len > 0)
        print_message("%s\n%s", value->text, buf_text(&told));
    buf_free(&told);
    assert_non_null(reading.root);
    assert_int_equal(reading.diags.errors, 0);
    assert_int_equal(reading.diags.warnings, 0);
    assert_string_equal(as_json(&reading, reading.root), value->json);
    check_node(reading.root);
    end(&reading);
}

#define CHECK_VALUES(cases)                                                                        \
    for (size_t i = 0; i < sizeof(cases) / sizeof *(cases); i++)                                   \
    check_value(&(cases)[i], yaml_read)

static void test_plain_scalars_follow_the_core_schema(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"- null\n- Null\n- NULL\n- ~\n-\n- nUll\n", "[null,null,null,null,null,\"nUll\"]"},
        {"[true, True, TRUE, false, False, FALSE, tRue]",
         "[true,true,true,false,false,false,\"tRue\"]"},
        {"[y, n, yes, No, on, OFF]", "[\"y\",\"n\",\"yes\",\"No\",\"on\",\"OFF\"]"},
        {"[1, 0, -1, +1, -0]", "[1,0,-1,1,-0]"},
        {"[007, 044925, -0012, 00, +00]", "[7,44925,-12,0,0]"},
        {"[0o17, 0o0, 0xFf, 0x00ff, 0o8, 0xg, 0b11, -0x1]",
         "[15,0,255,255,\"0o8\",\"0xg\",\"0b11\",\"-0x1\"]"},
        {"[0xFFFFFFFFFFFFFFFFFFFF, 0x52908400098527886E0F7030069857D2E4169EE7]",
         "[1208925819614629174706175,471360049350540672339372329809862569580528312039]"},
        {"[1.10, 1., .5, -.5, +0.5, 01.5, 1e5, 1E-05, 1.e3, .5e+3]",
         "[1.10,1.0,0.5,-0.5,0.5,1.5,1e5,1E-05,1.0e3,0.5e+3]"},
        {"[12345678901234567890123, 3.141592653589793238462643]",
         "[12345678901234567890123,3.141592653589793238462643]"},
        {"[., +, -1-, 1e, 1e+, .e1, e5, 1.2.3, 1_000, 12:30:45, 2001-01-01, 0x, 0o]",
         "[\".\",\"+\",\"-1-\",\"1e\",\"1e+\",\".e1\",\"e5\",\"1.2.3\",\"1_000\",\"12:30:45\","
         "\"2001-01-01\",\"0x\",\"0o\"]"},
        {"[\"1\", 'true', \"null\", '']", "[\"1\",\"true\",\"null\",\"\"]"},
        {"|\n  1\n", "\"1\\n\""},
        {">-\n  a\n  b\n\n  c\n", "\"a b\\nc\""},
        {"plain text\n  over lines", "\"plain text over lines\""},
        {"\"tab\\t nul\\0 e\\u00e9 \\U0001F600\"",
         "\"tab\\t nul\\u0000 e\303\251 \360\237\230\200\""},
        {"'it''s'", "\"it's\""},
    };
    CHECK_VALUES(cases);
}

static void test_keys_are_their_text(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"200: ok\non: 1\nnull: 2\n~: 3\ny: 4\n1.0: 5\n0x1F: 6\n",
         "{\"200\":\"ok\",\"on\":1,\"null\":2,\"~\":3,\"y\":4,\"1.0\":5,\"0x1F\":6}"},
        {"'200': a\n\"a\\tb\": b\n", "{\"200\":\"a\",\"a\\tb\":\"b\"}"},
        {"{a, b: , c: 1}", "{\"a\":null,\"b\":null,\"c\":1}"},
        {"? a\n: 1\n? b\n", "{\"a\":1,\"b\":null}"},
        {"?\n: nameless\n", "{\"\":\"nameless\"}"},
        {"&k 0x10: *k\n", "{\"0x10\":16}"},
        {"- &k 'a b'\n- *k : 1\n", "[\"a b\",{\"a b\":1}]"},
        {"- &k 0200\n- {*k : 1}\n", "[200,{\"0200\":1}]"},
        {"!!str 1: 2\n", "{\"1\":2}"},
    };
    CHECK_VALUES(cases);
}

static void test_collections(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"a:\n  b:\n  - 1\n  - c: d\n    e: [f, {g: h}]\n  i: {}\nj: []\n",
         "{\"a\":{\"b\":[1,{\"c\":\"d\",\"e\":[\"f\",{\"g\":\"h\"}]}],\"i\":{}},\"j\":[]}"},
        {"- - 1\n  - 2\n-\n- - - 3\n", "[[1,2],null,[[3]]]"},
        {"--- # comment\na: 1\n...\n", "{\"a\":1}"},
        {"%YAML 1.2\n---\na: 1\n", "{\"a\":1}"},
        {"---\n", "null"},
        {"a: 1\r\nb:\r\n  - x\r\n", "{\"a\":1,\"b\":[\"x\"]}"},
        {"[a: 1, b]", "[{\"a\":1},\"b\"]"},
        {"nine: {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9}\n",
         "{\"nine\":{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9}}"},
    };
    CHECK_VALUES(cases);
}

static void test_aliases_are_copies(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"a: &x {b: [1, c]}\nd: *x\ne: [*x]\n",
         "{\"a\":{\"b\":[1,\"c\"]},\"d\":{\"b\":[1,\"c\"]},\"e\":[{\"b\":[1,\"c\"]}]}"},
        {"- &x 1\n- &x 2\n- *x\n", "[1,2,2]"},
        {"- &x\n- *x\n", "[null,null]"},
        {"&root a: 1\n", "{\"a\":1}"},
        {"a: &outer\n  b: &inner [1]\n  c: *inner\nd: *outer\n",
         "{\"a\":{\"b\":[1],\"c\":[1]},\"d\":{\"b\":[1],\"c\":[1]}}"},
        {"- &x [1, &x 2, *x]\n- *x\n", "[[1,2,2],2]"},
    };
    CHECK_VALUES(cases);
}

static void test_merge_keys(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"- &b {x: 1, y: 2}\n- {<<: *b, y: 3, z: 4}\n",
         "[{\"x\":1,\"y\":2},{\"x\":1,\"y\":3,\"z\":4}]"},
        {"- &b {x: 1, y: 2}\n- {y: 3, <<: *b, z: 4}\n",
         "[{\"x\":1,\"y\":2},{\"y\":3,\"x\":1,\"z\":4}]"},
        {"- &b {x: 1}\n- &c {x: 2, y: 3}\n- {<<: [*b, *c], z: 4}\n",
         "[{\"x\":1},{\"x\":2,\"y\":3},{\"x\":1,\"y\":3,\"z\":4}]"},
        {"<<: {a: {b: 1}}\nc: 2\n", "{\"a\":{\"b\":1},\"c\":2}"},
        {"- &b {<<: {x: 1}, y: 2}\n- <<: *b\n- *b\n",
         "[{\"x\":1,\"y\":2},{\"x\":1,\"y\":2},{\"x\":1,\"y\":2}]"},
        {"- {<<: &b {x: [1]}, y: 2}\n- *b\n", "[{\"x\":[1],\"y\":2},{\"x\":[1]}]"},
        {"<<: []\na: 1\n", "{\"a\":1}"},
        {"\"<<\": 1\n", "{\"<<\":1}"},
        {"- <<\n", "[\"<<\"]"},
    };
    CHECK_VALUES(cases);
}

static void test_core_tags(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"[!!str 1, ! 1, !!str null, !!str , ! '2']", "[\"1\",\"1\",\"null\",\"\",\"2\"]"},
        {"[!!int \"12\", !!float 1, !!bool 'true', !!null '', !!null ~]", "[12,1,true,null,null]"},
        {"!!map {a: !!seq [1]}", "{\"a\":[1]}"},
        {"&a !!str 5", "\"5\""},
        {"!!str &a 5", "\"5\""},
    };
    CHECK_VALUES(cases);
}

static void test_unknown_tags_and_not_finite_numbers_are_warned_of(void **state)
{
    (void)state;
    struct reading reading;
    read_with(&reading, yaml_read, "a: !thing 1\nb: !thing {c: .inf, d: -.INF, e: .nan}\n");
    assert_non_null(reading.root);
    assert_int_equal(reading.diags.errors, 0);
    assert_int_equal(reading.diags.warnings, 5);
    assert_string_equal(as_json(&reading, reading.root),
                        "{\"a\":1,\"b\":{\"c\":null,\"d\":null,\"e\":null}}");
    struct buf line;
    buf_init(&line, &reading.arena);
    diag_print_line(reading.diags.first->next->next, &line);
    assert_string_equal(buf_text(&line), "t.yaml:2:15: .inf has no JSON form and becomes null "
                                         "(write a number, or put it in quotes)");
    end(&reading);
}

static void test_flags_tell_quoted_strings_and_plain_integers(void **state)
{
    (void)state;
    struct reading reading;
    read_with(&reading, yaml_read, "[a, 'a', &x a, !!str a, !!str 1, 1, 0x10, 1.0]");
    static const uint8_t expected[] = {
        0, JSON_QUOTED, 0, 0, JSON_QUOTED, JSON_PLAIN_INTEGER, JSON_PLAIN_INTEGER, 0};
    for (size_t i = 0; i < sizeof expected; i++)
        assert_int_equal(json_element(reading.root, i)->flags, expected[i]);
    assert_true(json_element(reading.root, 6)->c.valuedouble == 16);
    end(&reading);
}

static const struct json_node *at(const struct json_node *node, const char *name)
{
    return json_member(node, name);
}

static void assert_source_text(const struct json_node *node, const char *expected)
{
    assert_non_null(node);
    struct str text = json_source_text(node);
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.data, expected, text.len);
}

static void assert_position(struct place place, uint32_t line, uint32_t column)
{
    struct source_position position = source_position(place.source, place.offset);
    assert_int_equal(position.line, line);
    assert_int_equal(position.column, column);
}

static void test_nodes_know_their_place(void **state)
{
    (void)state;
    struct reading reading;
    read_with(&reading, yaml_read,
              "plain: h\303\251llo w\303\266rld  # c\n"
              "\"\360\237\230\200\": {a: [1, 2], b: 'x y'}\n"
              "block: |\n  text\n\nmap:\n  k: &anchor !!str v\n  list:\n  - 1\n  - two\nempty:\n"
              "again: *anchor\n");
    const struct json_node *root = reading.root;
    assert_source_text(at(root, "plain"), "h\303\251llo w\303\266rld");
    const struct json_node *flow = at(root, "\360\237\230\200");
    assert_source_text(flow, "{a: [1, 2], b: 'x y'}");
    assert_source_text(at(flow, "a"), "[1, 2]");
    assert_source_text(at(flow, "b"), "'x y'");
    assert_position(json_place(flow), 2, 6);
    assert_position(json_name_place(flow), 2, 1);
    assert_position(json_name_place(at(flow, "b")), 2, 18);
    assert_source_text(at(root, "block"), "|\n  text");
    const struct json_node *map = at(root, "map");
    assert_source_text(map, "k: &anchor !!str v\n  list:\n  - 1\n  - two");
    assert_source_text(at(map, "k"), "v");
    assert_source_text(at(map, "list"), "- 1\n  - two");
    assert_position(json_place(json_element(at(map, "list"), 1)), 10, 5);
    assert_source_text(at(root, "empty"), "");
    assert_source_text(at(root, "again"), "v");
    assert_position(json_name_place(at(root, "again")), 12, 1);
    end(&reading);
}

/* --- mistakes ------------------------------------------------------------------- */

struct fault_case {
    const char *text;
    const char *told; /* of all errors, as lines, without the remedy */
};

static void print_told(const struct reading *reading, struct buf *out)
{
    for (const struct diag *diag = reading->diags.first; diag != NULL; diag = diag->next) {
        struct source_position position = source_position(diag->place.source, diag->place.offset);
        buf_printf(out, "%s%u:%u: %s", out->len > 0 ? "\n" : "", position.line, position.column,
                   diag->message);
    }
}

static void check_fault(const struct fault_case *fault, read_function *read, const char *name)
{
    struct reading reading;
    begin(&reading, name, str_from(fault->text));
    assert_null(read(&reading.arena, &reading.source, NULL, &reading.diags));
    struct buf told;
    buf_init(&told, &reading.arena);
    print_told(&reading, &told);
    if (strcmp(buf_text(&told), fault->told) != 0)
        print_message("%s\n", fault->text);
    assert_string_equal(buf_text(&told), fault->told);
    end(&reading);
}

static void test_syntax_errors(void **state)
{
    (void)state;
    static const struct fault_case cases[] = {
        {"a:\n\tb: 1\n", "2:1: a tab cannot be used for indentation"},
        {"a:\n    b: 1\n\tc: 2\n", "3:1: a tab cannot be used for indentation"},
        {"a: |\n\tx\n", "2:1: a tab cannot be used for indentation"},
        {"a: 1\nb\nc: 2\n", "2:1: this line is neither `key: value` nor a list entry"},
        {"a: b: c\n", "1:5: `: ` in the middle of a text"},
        {"a: 1\n  b: 2\n", "2:4: `: ` in the middle of a text"},
        {"a: \"x\" y\nb: 1\n", "1:8: expected another key of the mapping begun at line 1"},
        {"a:\n  - 1\n - 2\n", "3:2: expected another key of the mapping begun at line 1"},
        {"- 1\nb: 2\n", "2:1: expected `- `, the next entry of the list begun at line 1"},
        {"  a: 1\nb: 2\n", "2:1: this does not belong to the document above it"},
        {"a: - 1\n", "1:4: a list cannot begin here"},
        {"a: ? b\n", "1:4: `? ` cannot stand here"},
        {"\n\na: [1, 2\nb: 3\n", "4:2: expected `,` or `]` in the list begun at line 3"},
        {"a: {b: 1 c: 2}\n", "1:11: expected `,` or `}` in the mapping begun at line 1"},
        {"a: [1, 2", "1:4: the list is never closed"},
        {"a:\n  - {b: 1\n", "2:5: the mapping is never closed"},
        {"a: [1, }\n", "1:8: expected a value here"},
        {"a: [1,\n", "1:6: the text ends where a value should be"},
        {"a: [\n\n", "1:4: the text ends where a value should be"},
        {"a: \"never\nb: 1\n", "1:4: the quoted text is never closed"},
        {"a: 'x\n---\ny'\n", "1:4: the quoted text runs into `---` or `...`"},
        {"a: \"\\d\"\n", "1:5: no such escape in a double-quoted text"},
        {"a: \"\\xZZ\"\n",
         "1:7: this escape takes hexadecimal digits: \\xHH, \\uHHHH or \\UHHHHHHHH"},
        {"a: \"\\ud83d\\ude00\"\n", "1:7: YAML has no surrogate-pair escapes"},
        {"a: |0\n  x\n", "1:5: the indentation after `|` or `>` is a digit from 1 to 9"},
        {"a: |x\n  x\n", "1:5: the text after `|` or `>` begins on the next line"},
        {"a: @x\n", "1:4: a text cannot begin with `@`"},
        {"a: %x\n", "1:4: a text cannot begin with `%`"},
        {"a: **b**\n", "1:4: `*` begins an alias, and no name follows"},
        {"a: & b\n", "1:4: `&` begins an anchor, and no name follows"},
        {"a: !<x\n", "1:4: `!` begins a tag, and this is none"},
        {"a: !e!x y\n", "1:4: this tag has a handle that no %TAG line declares"},
        {"%YAML 1.3\n---\na: 1\n", "1:1: this version of YAML is not supported"},
        {"a: \303\251\377\n", "1:5: the byte 0xFF is not UTF-8"},
        {"a: \"\303\251\001\"\n", "1:6: the control character U+0001 is not allowed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_fault(&cases[i], yaml_read, "t.yaml");
}

static void test_mistakes_of_meaning_are_all_told(void **state)
{
    (void)state;
    static const struct fault_case cases[] = {
        {"", "1:1: the file holds no document"},
        {"# only a comment\n", "1:1: the file holds no document"},
        {"a: 1\n---\nb: 2\n", "2:1: a second document begins here"},
        {"a: 1\nb: 2\na: 3\nb: 4\n", "3:1: the key \"a\" is in this mapping already, at line 1\n"
                                     "4:1: the key \"b\" is in this mapping already, at line 2"},
        {"x:\n  200: 1\n  '200': 2\n",
         "3:3: the key \"200\" is in this mapping already, at line 2"},
        {"- {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, e: 10}\n",
         "1:58: the key \"e\" is in this mapping already, at line 1"},
        {"a: *x\nb: [*y]\n*z : 1\n<<: *w\n", "1:4: no anchor &x stands above this alias\n"
                                             "2:5: no anchor &y stands above this alias\n"
                                             "3:1: no anchor &z stands above this alias\n"
                                             "4:5: no anchor &w stands above this alias"},
        {"a: &x [1, *x]\n",
         "1:11: the alias *x stands inside its own anchor, which would never end"},
        {"a: {{x}}\n[b]: {c: [d]}\ne: {{y}}\n", "1:5: a key must be a text, not a mapping\n"
                                                "2:1: a key must be a text, not a list\n"
                                                "3:5: a key must be a text, not a mapping"},
        {"<<: 1\n<<: [{}, 2]\n", "1:1: `<<` takes a mapping or a list of mappings\n"
                                 "2:1: `<<` takes a mapping or a list of mappings"},
        {"a: {<<: {b: 1}, <<: {c: 2}}\n", "1:17: this mapping has a `<<` already"},
        {"<<: {}\na: 1\na: 2\n", "3:1: the key \"a\" is in this mapping already, at line 2"},
        {"a: !!int x\nb: !!map [1]\nc: !!bool 1\n", "1:10: the value does not fit its tag !!int\n"
                                                    "2:4: the value does not fit its tag !!map\n"
                                                    "3:11: the value does not fit its tag !!bool"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_fault(&cases[i], yaml_read, "t.yaml");
}

static void test_every_error_has_a_remedy_where_one_helps(void **state)
{
    (void)state;
    static const char *const texts[] = {"a: 1\na: 2\n", "a: b: c\n", "a: [\n", "a: *x\n", "\377\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct reading reading;
        assert_null(read_with(&reading, yaml_read, texts[i]));
        assert_non_null(reading.diags.first->remedy);
        end(&reading);
    }
}

/* --- encodings --------------------------------------------------------------------- */

static void check_encoding(const char *bytes, size_t len, const char *json)
{
    struct reading reading;
    begin(&reading, "t.yaml", str_make(bytes, len));
    reading.root = json_read_document(&reading.arena, &reading.source, NULL, &reading.diags);
    assert_non_null(reading.root);
    assert_string_equal(as_json(&reading, reading.root), json);
    const struct json_node *first = json_first(reading.root);
    assert_position(json_name_place(first), 1, first->name_offset + 1);
    check_node(reading.root);
    end(&reading);
}

#define CHECK_ENCODING(bytes, json) check_encoding(bytes, sizeof(bytes) - 1, json)

static void test_byte_order_marks_and_utf16(void **state)
{
    (void)state;
    CHECK_ENCODING("\xef\xbb\xbf"
                   "a: \303\251\n",
                   "{\"a\":\"\303\251\"}");
    CHECK_ENCODING("\xef\xbb\xbf{\"a\": 1}", "{\"a\":1}");
    CHECK_ENCODING("\xff\xfe"
                   "a\0:\0 \0\x3d\xd8\x00\xde\n\0",
                   "{\"a\":\"\360\237\230\200\"}");
    CHECK_ENCODING("\xfe\xff\0{\0\"\0a\0\"\0:\0\"\0\xe9\0\"\0}", "{\"a\":\"\303\251\"}");
    CHECK_ENCODING("a\0:\0 \0b\0", "{\"a\":\"b\"}");
}

static void test_broken_encodings(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *message;
    } cases[] = {
        {"\xff\xfe\0\0a\0\0\0", 8, "the file is UTF-32"},
        {"\xff\xfe"
         "a\0\x00\xd8",
         6, "the UTF-16 text is broken at byte 4"},
        {"\xff\xfe"
         "a\0\x00\xdc:\0",
         8, "the UTF-16 text is broken at byte 4"},
        {"a\0:\0b", 5, "the UTF-16 text is broken at byte 4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading;
        begin(&reading, "t.yaml", str_make(cases[i].bytes, cases[i].len));
        assert_null(yaml_read(&reading.arena, &reading.source, NULL, &reading.diags));
        assert_string_equal(reading.diags.first->message, cases[i].message);
        end(&reading);
    }
}

/* --- either language ---------------------------------------------------------------- */

static void test_documents_of_either_language(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"{\"a\": \"\\ud83d\\ude00\", \"b\": [1.0, 1e400]}",
         "{\"a\":\"\\ud83d\\ude00\",\"b\":[1.0,1e400]}"},
        {"\n  [1, 2]", "[1,2]"},
        {"{a: 1, b: yes}", "{\"a\":1,\"b\":\"yes\"}"},
        {"{\"a\": 1,}", "{\"a\":1}"},
        {"a: 1", "{\"a\":1}"},
        {"\"text\"", "\"text\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_value(&cases[i], json_read_document);
}

static void test_json_faults_in_words(void **state)
{
    (void)state;
    static const struct fault_case cases[] = {
        {"{\"a\": 1,}", "1:9: a trailing comma is not allowed in JSON"},
        {"[1, 2, ]", "1:8: a trailing comma is not allowed in JSON"},
        {"{\"a\": 'b'}", "1:7: JSON strings are in double quotes"},
        {"{'a': 1}", "1:2: JSON strings are in double quotes"},
        {"{a: 1}", "1:2: JSON names are in double quotes"},
        {"{\"a\": 1 // note\n}", "1:9: JSON has no comments"},
        {"# note\n{}", "1:1: JSON has no comments"},
        {"{\"a\": True}", "1:7: JSON has no such word"},
        {"{\"a\": NaN}", "1:7: JSON has no such word"},
        {"{\"a\": 01}", "1:8: a JSON number has no leading zeros"},
        {"{\"a\": 1.}", "1:8: a JSON number does not end in `.`"},
        {"{\"a\": .5}", "1:7: a JSON number begins with a digit or `-`"},
        {"{\"a\" 1}", "1:6: expected `:` after the name"},
        {"{\"a\": 1 \"b\": 2}", "1:9: expected `,` or the end of the list or object"},
        {"{\"a\": [1, 2", "1:12: the document ends too early"},
        {"", "1:1: the document ends too early"},
        {"{} {}", "1:4: the text goes on after the end of the document"},
        {"{\"a\": \"x\ny\"}", "1:9: a control character inside a string"},
        {"{\"a\": \"\\q\"}", "1:8: JSON has no such escape"},
        {"{\"a\": \"\\u12\"}", "1:9: \\u takes four hexadecimal digits"},
        {"{\"a\": \"x}", "1:7: the string is never closed"},
        {"{\"a\": \"\\ud800\"}", "1:8: half of a surrogate pair stands alone"},
        {"{\"a\": \"\377\"}", "1:8: the bytes are not UTF-8"},
        {"{\"a\": 1, \"b\": 2, \"a\": 3}", "1:18: the name \"a\" is in this object already"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_fault(&cases[i], json_read_document, "t.json");
}

static void test_the_language_that_was_meant_is_blamed(void **state)
{
    (void)state;
    static const struct fault_case cases[] = {
        {"{\"a\": 1,, \"b\": 2}", "1:9: expected a name in double quotes"},
        {"{\"a\": tru, \"b\": \"\\q\"}", "1:7: JSON has no such word"},
        {"{a: 1, b: [}", "1:12: expected a value here"},
        {"[a, b", "1:1: the list is never closed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_fault(&cases[i], json_read_document, "t.yaml");
}

static void test_places_inside_strings(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t index;
        size_t column;
    } cases[] = {
        {"[$.abc]", 2, 4},
        {"['it''s x']", 5, 9},
        {"['it''s x']", 0, 3},
        {"[\"a\\tb\"]", 2, 6},
        {"[\"\\u00e9b\"]", 2, 9},
        {"[\"\\U0001F600b\"]", 4, 13},
        {"{\"a\": \"\\ud83d\\ude00b\"}", 4, 20},
        {"[\"ab\"]", 99, 5},
        {"- |\n  abc\n", 2, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reading reading;
        read_with(&reading, json_read_document, cases[i].text);
        struct place place = json_place_in_string(json_first(reading.root), cases[i].index);
        assert_int_equal(source_position(place.source, place.offset).column, cases[i].column);
        end(&reading);
    }
}

/* --- hostile texts -------------------------------------------------------------------- */

/* Generous: the machine may be busy and the build slow; what is prevented takes minutes. */
enum { HOSTILE_SECONDS = 5 };

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void add_times(struct buf *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_add_text(out, text);
}

static void check_hostile(struct buf *text, const char *message)
{
    struct reading reading;
    begin(&reading, "t.yaml", buf_str(text));
    double start = seconds_now();
    assert_null(yaml_read(&reading.arena, &reading.source, NULL, &reading.diags));
    assert_true(seconds_now() - start < HOSTILE_SECONDS);
    assert_string_equal(reading.diags.first->message, message);
    assert_true(reading.arena.used < 64u << 20);
    end(&reading);
    buf_free(text);
}

static void test_deep_nesting_is_refused_at_once(void **state)
{
    (void)state;
    static const char *const openings[] = {"[", "{a: ", "- ", "? ", "[{a: "};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        struct buf text;
        buf_init(&text, NULL);
        add_times(&text, openings[i], 100000);
        check_hostile(&text, "collections are nested more than 500 deep");
    }
}

static void test_indented_nesting_up_to_the_limit(void **state)
{
    (void)state;
    for (size_t depth = 500; depth <= 501; depth++) {
        struct buf text;
        buf_init(&text, NULL);
        add_times(&text, "[", depth);
        add_times(&text, "]", depth);
        struct reading reading;
        read_with(&reading, yaml_read, buf_text(&text));
        assert_int_equal(reading.root != NULL, depth == 500);
        end(&reading);
        buf_free(&text);
    }
}

static void test_billion_laughs(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, NULL);
    buf_add_text(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
        buf_printf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            buf_printf(&text, "%s*a%d", j > 0 ? ", " : "", i - 1);
        buf_add_text(&text, "]\n");
    }
    check_hostile(&text, "aliases expand to more than 10 times the document");
}

static void test_billion_laughs_by_merging(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, NULL);
    buf_add_text(&text, "- &m {");
    for (int i = 0; i < 1000; i++)
        buf_printf(&text, "k%d: 1, ", i);
    buf_add_text(&text, "}\n");
    add_times(&text, "- {<<: *m}\n", 100000);
    check_hostile(&text, "aliases expand to more than 10 times the document");
}

static void test_aliases_cannot_nest_past_the_limit(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, NULL);
    buf_add_text(&text, "- &a0 []\n");
    for (int i = 1; i < 1000; i++)
        buf_printf(&text, "- &a%d [*a%d]\n", i, i - 1);
    add_times(&text, "- 1\n", 100000); /* the budget alone would allow it */
    struct buf reordered;
    buf_init(&reordered, NULL);
    add_times(&reordered, "- 1\n", 100000);
    buf_add_str(&reordered, str_make(text.data, text.len));
    buf_free(&text);
    check_hostile(&reordered, "collections are nested more than 500 deep");
}

static void test_many_anchors_are_found_fast(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, NULL);
    for (int i = 0; i < 100000; i++)
        buf_printf(&text, "- &anchor%d %d\n", i, i);
    buf_add_text(&text, "- *anchor7\n- *nowhere\n");
    check_hostile(&text, "no anchor &nowhere stands above this alias");
}

static void test_many_repeated_keys_are_summed_up(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, NULL);
    add_times(&text, "a: 1\n", 100000);
    struct reading reading;
    double start = seconds_now();
    assert_null(read_with(&reading, yaml_read, buf_text(&text)));
    assert_true(seconds_now() - start < HOSTILE_SECONDS);
    assert_int_equal(reading.diags.errors, 21);
    end(&reading);
    buf_free(&text);
}

static void test_node_limit(void **state)
{
    (void)state;
    struct reading reading;
    struct yaml_limits limits = {.max_nodes = 5};
    begin(&reading, "t.yaml", str_from("[1, 2, 3, 4]"));
    assert_non_null(yaml_read(&reading.arena, &reading.source, &limits, &reading.diags));
    end(&reading);
    begin(&reading, "t.yaml", str_from("[1, 2, 3, 4, 5]"));
    assert_null(yaml_read(&reading.arena, &reading.source, &limits, &reading.diags));
    assert_string_equal(reading.diags.first->message, "more than 5 values");
    end(&reading);
    begin(&reading, "t.yaml", str_from("[&a [1, 2], *a]"));
    assert_null(yaml_read(&reading.arena, &reading.source, &limits, &reading.diags));
    assert_string_equal(reading.diags.first->message, "more than 5 values");
    end(&reading);
}

static void test_json_limits(void **state)
{
    (void)state;
    struct reading reading;
    struct buf text;
    buf_init(&text, NULL);
    add_times(&text, "[", 100000);
    begin(&reading, "t", buf_str(&text));
    assert_null(json_read_document(&reading.arena, &reading.source, NULL, &reading.diags));
    assert_string_equal(reading.diags.first->message, "collections are nested more than 500 deep");
    end(&reading);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_scalars_follow_the_core_schema),
        cmocka_unit_test(test_keys_are_their_text),
        cmocka_unit_test(test_collections),
        cmocka_unit_test(test_aliases_are_copies),
        cmocka_unit_test(test_merge_keys),
        cmocka_unit_test(test_core_tags),
        cmocka_unit_test(test_unknown_tags_and_not_finite_numbers_are_warned_of),
        cmocka_unit_test(test_flags_tell_quoted_strings_and_plain_integers),
        cmocka_unit_test(test_nodes_know_their_place),
        cmocka_unit_test(test_syntax_errors),
        cmocka_unit_test(test_mistakes_of_meaning_are_all_told),
        cmocka_unit_test(test_every_error_has_a_remedy_where_one_helps),
        cmocka_unit_test(test_byte_order_marks_and_utf16),
        cmocka_unit_test(test_broken_encodings),
        cmocka_unit_test(test_documents_of_either_language),
        cmocka_unit_test(test_json_faults_in_words),
        cmocka_unit_test(test_the_language_that_was_meant_is_blamed),
        cmocka_unit_test(test_places_inside_strings),
        cmocka_unit_test(test_deep_nesting_is_refused_at_once),
        cmocka_unit_test(test_indented_nesting_up_to_the_limit),
        cmocka_unit_test(test_billion_laughs),
        cmocka_unit_test(test_billion_laughs_by_merging),
        cmocka_unit_test(test_aliases_cannot_nest_past_the_limit),
        cmocka_unit_test(test_many_anchors_are_found_fast),
        cmocka_unit_test(test_many_repeated_keys_are_summed_up),
        cmocka_unit_test(test_node_limit),
        cmocka_unit_test(test_json_limits),
    };
    return cmocka_run_group_tests_name("json/yaml", tests, NULL, NULL);
}
