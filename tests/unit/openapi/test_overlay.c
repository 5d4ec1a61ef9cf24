/* overlay: what actions do to a document, and the mistakes that are told. */
#include "openapi/overlay.h"

#include "base/buf.h"
#include "support/unit.h"
#include "json/writer.h"
#include "json/yaml.h"

#include <time.h>

struct setup {
    struct arena arena;
    struct diags diags;
    struct source document_source;
    struct source overlay_source;
    struct json_node *document;
    struct json_node *overlay;
    bool applied;
};

static const struct overlay_limits no_limits;

static void apply(struct setup *setup, const char *document, const char *overlay)
{
    arena_init(&setup->arena, 4096, NULL);
    diags_init(&setup->diags);
    setup->document_source = (struct source){.name = "api.yaml", .text = str_from(document)};
    setup->overlay_source = (struct source){.name = "o.yaml", .text = str_from(overlay)};
    setup->document =
        json_read_document(&setup->arena, &setup->document_source, NULL, &setup->diags);
    setup->overlay = json_read_document(&setup->arena, &setup->overlay_source, NULL, &setup->diags);
    assert_non_null(setup->document);
    assert_non_null(setup->overlay);
    setup->applied =
        overlay_apply(&setup->arena, setup->overlay, setup->document, &no_limits, &setup->diags);
}

static void finish(struct setup *setup)
{
    diags_free(&setup->diags);
    arena_clear(&setup->arena);
}

/* The diagnostics, one a line, without remedies. */
static const char *told(struct setup *setup)
{
    struct buf out;
    buf_init(&out, &setup->arena);
    for (const struct diag *diag = setup->diags.first; diag != NULL; diag = diag->next) {
        struct source_position at = source_position(diag->place.source, diag->place.offset);
        buf_printf(&out, "%s%s:%u:%u: %s", out.len > 0 ? "\n" : "", diag->place.source->name,
                   at.line, at.column, diag->message);
    }
    return buf_text(&out);
}

static const char *as_json(struct setup *setup)
{
    struct buf out;
    buf_init(&out, &setup->arena);
    json_write(&out, setup->document, JSON_EXACT);
    return buf_text(&out);
}

#define HEAD "overlay: 1.0.0\ninfo: {title: t, version: 1.0.0}\nactions:\n"

struct change {
    const char *document;
    const char *actions;
    const char *result;
};

static void check_change(const struct change *change)
{
    struct setup setup;
    struct buf overlay;
    buf_init(&overlay, NULL);
    buf_printf(&overlay, "%s%s", HEAD, change->actions);
    apply(&setup, change->document, buf_text(&overlay));
    assert_string_equal(told(&setup), "");
    assert_true(setup.applied);
    assert_string_equal(as_json(&setup), change->result);
    finish(&setup);
    buf_free(&overlay);
}

static void test_actions_change_the_document(void **state)
{
    (void)state;
    static const struct change changes[] = {
        /* objects are merged, scalars replaced, members added at the end */
        {"{a: {b: 1, c: {d: 2}}}", "- {target: $, update: {a: {c: {e: 3}, b: x}, f: []}}",
         "{\"a\":{\"b\":\"x\",\"c\":{\"d\":2,\"e\":3}},\"f\":[]}"},
        /* arrays: an entry is appended, arrays are concatenated */
        {"{tags: [1]}", "- {target: $.tags, update: {n: 2}}", "{\"tags\":[1,{\"n\":2}]}"},
        {"{tags: [1]}", "- {target: $.tags, update: [2, 3]}", "{\"tags\":[1,2,3]}"},
        {"{tags: [1]}", "- {target: $, update: {tags: [2, 3]}}", "{\"tags\":[1,2,3]}"},
        {"{tags: [1]}", "- {target: $.tags, update: 7}", "{\"tags\":[1,7]}"},
        /* scalars: 1.1 allows them as targets */
        {"{a: {b: 1}}", "- {target: $.a.b, update: 2}", "{\"a\":{\"b\":2}}"},
        {"{a: [1, 2]}", "- {target: '$.a[1]', update: x}", "{\"a\":[1,\"x\"]}"},
        {"{a: null}", "- {target: $, update: {a: {b: 1}}}", "{\"a\":{\"b\":1}}"},
        {"{a: 1}", "- {target: $, update: {a: null}}", "{\"a\":null}"},
        /* every match gets its own copy */
        {"{p: {a: {get: {}}, b: {get: {x: 1}}, c: {put: {}}}}",
         "- {target: '$.p.*.get', update: {s: [t]}}\n- {target: $.p.a.get.s, update: u}",
         "{\"p\":{\"a\":{\"get\":{\"s\":[\"t\",\"u\"]}},\"b\":{\"get\":{\"x\":1,\"s\":[\"t\"]}},"
         "\"c\":{\"put\":{}}}}"},
        /* remove */
        {"{a: 1, b: {c: 2, d: 3}, e: 4}",
         "- {target: $.b.c, remove: true}\n- {target: $.e, remove: true}",
         "{\"a\":1,\"b\":{\"d\":3}}"},
        {"{a: [1, 2, 3]}",
         "- {target: '$.a[0]', remove: true}\n- {target: '$.a[-1]', remove: true}", "{\"a\":[2]}"},
        {"{a: [1, {b: 2}]}", "- {target: '$.a[*]', remove: true}", "{\"a\":[]}"},
        {"{servers: [{url: a}]}",
         "- {target: $.servers, remove: true}\n- {target: $, update: {servers: [{url: b}]}}",
         "{\"servers\":[{\"url\":\"b\"}]}"},
        {"{a: 1}", "- {target: $, update: {b: 2}, remove: false}", "{\"a\":1,\"b\":2}"},
        /* ways to write a name */
        {"{paths: {'/a b': {get: {}}}}", "- {target: \"$.paths['/a b'].get\", update: {x: 1}}",
         "{\"paths\":{\"/a b\":{\"get\":{\"x\":1}}}}"},
        {"{paths: {/a: 1}}", "- {target: '$[\"paths\"][\"/a\"]', update: 2}",
         "{\"paths\":{\"/a\":2}}"},
        {"{\"it's\": 1, \"\303\251\": 2, \"\360\237\230\200\": 3, \"a\\\\b\": 4}",
         "- {target: \"$['it\\\\'s']\", update: x}\n- {target: $.\303\251, update: y}\n"
         "- {target: \"$['\\\\ud83d\\\\uDE00']\", update: z}\n"
         "- {target: \"$['a\\\\\\\\b']\", remove: true}",
         "{\"it's\":\"x\",\"\303\251\":\"y\",\"\360\237\230\200\":\"z\"}"},
        {"{a: {b: [0, 1]}}", "- {target: \"$ [ 'a' ] .b [ 1 ]\", update: 2}",
         "{\"a\":{\"b\":[0,2]}}"},
        /* objects of many members, which are found by an index */
        {"{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: {k: 1}}",
         "- {target: $, update: {j: {l: 2}, i: 8, h: 7, z: 0, a: 0, b: 1, c: 2, d: 3, e: 4, f: 5}}",
         "{\"a\":0,\"b\":1,\"c\":2,\"d\":3,\"e\":4,\"f\":5,\"g\":7,\"h\":7,\"i\":8,"
         "\"j\":{\"k\":1,\"l\":2},\"z\":0}"},
        /* JSON documents, whose nodes know their text */
        {"{\"a\": {\"b\": [1]}}", "- {target: $.a.b, update: 2}", "{\"a\":{\"b\":[1,2]}}"},
        {"{\"a\":{\"b\":[1]}}", "- {target: $.a.b, update: 2}", "{\"a\":{\"b\":[1,2]}}"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        check_change(&changes[i]);
}

static void test_nodes_keep_their_place(void **state)
{
    (void)state;
    struct setup setup;
    apply(&setup, "a:\n  b: 1\n", HEAD "- target: $.a\n  update:\n    b: 2\n    c: {d: 3}\n");
    const struct json_node *a = json_member(setup.document, "a");
    assert_string_equal(a->source->name, "api.yaml");
    const struct json_node *b = json_member(a, "b");
    const struct json_node *d = json_member(json_member(a, "c"), "d");
    assert_string_equal(b->source->name, "o.yaml");
    assert_int_equal(source_position(b->source, b->offset).line, 6);
    assert_int_equal(source_position(d->source, d->offset).line, 7);
    assert_int_equal(source_position(d->source, d->name_offset).column, 9);
    assert_ptr_not_equal(
        b, json_member(
               json_member(json_element(json_member(setup.overlay, "actions"), 0), "update"), "b"));
    finish(&setup);
}

struct mistake {
    const char *overlay;
    const char *told;
};

static void check_mistakes(const char *document, const struct mistake *mistakes, size_t count,
                           bool applied)
{
    for (size_t i = 0; i < count; i++) {
        struct setup setup;
        apply(&setup, document, mistakes[i].overlay);
        assert_string_equal(told(&setup), mistakes[i].told);
        assert_int_equal(setup.applied, applied);
        finish(&setup);
    }
}

static void test_all_mistakes_in_an_overlay_are_told(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"[]", "o.yaml:1:1: an overlay must be an object, not array"},
        {"{}", "o.yaml:1:1: an overlay lacks the field \"overlay\"\n"
               "o.yaml:1:1: an overlay lacks the field \"info\"\n"
               "o.yaml:1:1: an overlay lacks the field \"actions\""},
        {"overlay: 2.0.0\ninfo: {titel: t, version: [1]}\naction: []\nx-mine: 1\nactions: []\n",
         "o.yaml:3:1: unknown field \"action\" in an overlay\n"
         "o.yaml:1:10: Overlay 2.0.0 is not supported; 1.0 is\n"
         "o.yaml:2:8: unknown field \"titel\" in the overlay's info\n"
         "o.yaml:2:27: \"version\" must be a string, not array\n"
         "o.yaml:2:7: the overlay's info lacks the field \"title\"\n"
         "o.yaml:5:10: \"actions\" must not be empty"},
        {"overlay: 1.1.0\ninfo: {title: t, version: v}\nactions:\n"
         "- {target: $.a, copy: $.b}\n- 7\n- {update: {}}\n- {target: 5, remove: yes}\n"
         "- {target: $.a..b, update: 1, x-y: 2, updat: 3}\n- {target: $, remove: true}\n",
         "o.yaml:4:17: `copy` is of Overlay 1.1 and not supported\n"
         "o.yaml:4:3: this action changes nothing\n"
         "o.yaml:5:3: an action must be an object, not number\n"
         "o.yaml:6:3: an action lacks the field \"target\"\n"
         "o.yaml:7:12: \"target\" must be a string, not number\n"
         "o.yaml:7:23: \"remove\" must be true or false, not string\n"
         "o.yaml:7:3: this action changes nothing\n"
         "o.yaml:8:39: unknown field \"updat\" in an action\n"
         "o.yaml:8:15: `..`, any depth, is not supported\n"
         "o.yaml:9:12: the document itself cannot be removed"},
    };
    check_mistakes("{a: 1}", mistakes, sizeof mistakes / sizeof *mistakes, false);
}

static void test_remedies_name_the_nearest_field(void **state)
{
    (void)state;
    struct setup setup;
    apply(&setup, "{}",
          "overlay: 1.0.0\ninfo: {title: t, version: v}\nactons: []\nactions: [{target: $, zzz: "
          "1}]\n");
    assert_string_equal(setup.diags.first->remedy, "did you mean \"actions\"?");
    assert_string_equal(setup.diags.first->next->remedy,
                        "the fields are target, description, update, remove and x-...");
    finish(&setup);
}

static void test_targets_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *target; /* as it stands in the file, in column 11 */
        unsigned column;
        const char *message;
    } targets[] = {
        {"paths", 11, "a target begins with `$`"},
        {"''", 12, "a target begins with `$`"},
        {"$paths", 12, "expected `.` or `[`"},
        {"$..get", 12, "`..`, any depth, is not supported"},
        {"$.a.", 15, "a name is missing"},
        {"$.", 13, "a name is missing"},
        {"$.paths./x", 19,
         "a name after `.` has only letters, digits and _, and begins with no digit"},
        {"$.a.x-y", 16,
         "a name after `.` has only letters, digits and _, and begins with no digit"},
        {"$.a.200", 15,
         "a name after `.` has only letters, digits and _, and begins with no digit"},
        {"\"$.\\u0061[?@.x]\"", 21, "filters are not supported"},
        {"$.a[1:2]", 16, "slices are not supported"},
        {"$.a[:2]", 15, "slices are not supported"},
        {"$.a['x','y']", 18, "several selectors in one bracket are not supported"},
        {"'$.a[''x'',''y'']'", 21, "several selectors in one bracket are not supported"},
        {"$.a[(@.length-1)]", 15, "expressions are not supported"},
        {"$.a[x]", 15, "a name in brackets must be in quotes"},
        {"$.a[01]", 15, "this is no index"},
        {"$.a[-0]", 15, "this is no index"},
        {"$.a[-]", 15, "this is no index"},
        {"$.a[99999999999999999999]", 15, "this is no index"},
        {"$.a[]", 15, "expected ['name'], [0] or [*]"},
        {"$.a[", 15, "the bracket is never closed"},
        {"$.a[0", 16, "the bracket is never closed"},
        {"$.a['x", 15, "the quoted name is never closed"},
        {"$.a['x\\q']", 17, "no such escape"},
        {"$.a['\\u12']", 16, "\\u takes four hexadecimal digits"},
        {"$.a['\\ud800']", 16, "half of a surrogate pair stands alone"},
        {"$.a['\\ud800\\u0041']", 16, "half of a surrogate pair stands alone"},
        {"'$.a '", 15, "blanks at the end"},
    };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct setup setup;
        struct buf overlay;
        struct buf expected;
        buf_init(&overlay, NULL);
        buf_init(&expected, NULL);
        buf_printf(&overlay, "%s- target: %s\n  update: {}\n", HEAD, targets[i].target);
        buf_printf(&expected, "o.yaml:4:%u: %s", targets[i].column, targets[i].message);
        apply(&setup, "{a: {x: 1}}", buf_text(&overlay));
        assert_string_equal(told(&setup), buf_text(&expected));
        assert_false(setup.applied);
        finish(&setup);
        buf_free(&overlay);
        buf_free(&expected);
    }
}

static void test_a_name_that_needs_quotes_is_shown_with_them(void **state)
{
    (void)state;
    struct setup setup;
    apply(&setup, "{}", HEAD "- {target: $.paths./v5/things.put, update: {}}\n");
    assert_string_equal(setup.diags.first->remedy, "write ['/v5/things'] in place of ./v5/things");
    finish(&setup);
}

static void test_targets_without_a_match_are_warned_of(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {HEAD "- {target: $.path, update: {}}\n",
         "o.yaml:4:13: the target matches nothing: there is no \"path\" in $"},
        {HEAD "- {target: \"$.paths['/b']['/pest'].get\", update: {}}\n",
         "o.yaml:4:20: the target matches nothing: there is no \"/b\" in $.paths"},
        {HEAD "- {target: '$.paths.*.get', update: {}}\n",
         "o.yaml:4:22: the target matches nothing: there is no \"get\" in $.paths.*"},
        {HEAD "- {target: '$.list[2]', update: {}}\n",
         "o.yaml:4:19: the target matches nothing: there is no element 2 in $.list"},
        {HEAD "- {target: '$.list[-3]', update: {}}\n",
         "o.yaml:4:19: the target matches nothing: there is no element -3 in $.list"},
        {HEAD "- {target: '$.none.*', remove: true}\n",
         "o.yaml:4:19: the target matches nothing: $.none is empty"},
        {HEAD "- {target: '$.list.x', remove: true}\n",
         "o.yaml:4:19: the target matches nothing: there is no \"x\" in $.list"},
    };
    check_mistakes("{paths: {/pets: {put: {}}}, list: [1, 2], none: {}}", mistakes,
                   sizeof mistakes / sizeof *mistakes, true);
}

static void test_the_nearest_name_is_suggested(void **state)
{
    (void)state;
    struct setup setup;
    apply(&setup, "{paths: {/pets: {put: {}}}}",
          HEAD
          "- {target: \"$.paths['/pest']\", update: {}}\n- {target: '$.paths.*.puts', update: {}}\n"
          "- {target: $.quiteother, update: {}}\n");
    assert_true(setup.applied);
    assert_int_equal(setup.diags.warnings, 3);
    assert_string_equal(setup.diags.first->remedy, "did you mean \"/pets\"?");
    assert_string_equal(setup.diags.first->next->remedy, "did you mean \"put\"?");
    assert_null(setup.diags.first->next->next->remedy);
    finish(&setup);
}

static void test_values_that_do_not_fit_are_all_told(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {HEAD "- {target: $, update: {object: 1, list: {}, text: [], object2: []}}\n"
              "- {target: $.object, update: 2}\n- {target: $.text, update: {}}\n",
         "o.yaml:4:32: number cannot be merged into object (api.yaml:1)\n"
         "o.yaml:4:41: object cannot be merged into array (api.yaml:1)\n"
         "o.yaml:4:51: array cannot be merged into string (api.yaml:1)\n"
         "o.yaml:5:30: number cannot be merged into object (api.yaml:1)\n"
         "o.yaml:6:28: object cannot be merged into string (api.yaml:1)"},
        {HEAD "- {target: $, update: [1]}\n",
         "o.yaml:4:23: array cannot be merged into object (api.yaml:1)"},
    };
    check_mistakes("{object: {}, list: [], text: x}", mistakes, sizeof mistakes / sizeof *mistakes,
                   false);
}

static void test_useless_and_lenient_fields_are_warned_of(void **state)
{
    (void)state;
    static const struct mistake mistakes[] = {
        {"overlay: 1.0\ninfo: {title: t, version: 2}\nactions:\n"
         "- {target: $.a, remove: true, update: 1}\n- {target: $}\n",
         "o.yaml:1:10: \"overlay\" must be a string, and this is a number\n"
         "o.yaml:2:27: \"version\" must be a string, and this is a number\n"
         "o.yaml:4:31: the update has no effect beside remove: true\n"
         "o.yaml:5:3: this action changes nothing"},
    };
    check_mistakes("{a: 1}", mistakes, 1, true);
}

static void test_a_broken_overlay_changes_nothing(void **state)
{
    (void)state;
    struct setup setup;
    apply(&setup, "{a: 1}", HEAD "- {target: $, update: {b: 1}}\n- {target: $..c, update: {}}\n");
    assert_false(setup.applied);
    assert_string_equal(as_json(&setup), "{\"a\":1}");
    assert_true(overlay_apply(&setup.arena, json_new(&setup.arena, JSON_OBJECT), NULL, &no_limits,
                              &setup.diags) == false);
    finish(&setup);
}

/* --- hostile overlays ------------------------------------------------------------ */

/* Generous: the machine may be busy and the build slow. */
enum { HOSTILE_SECONDS = 120 };

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void check_hostile(const char *document, struct buf *overlay, const char *message)
{
    struct setup setup;
    double start = seconds_now();
    apply(&setup, document, buf_text(overlay));
    assert_true(seconds_now() - start < HOSTILE_SECONDS);
    assert_false(setup.applied);
    assert_string_equal(setup.diags.first->message, message);
    finish(&setup);
    buf_free(overlay);
}

static void test_doubling_overlays_end(void **state)
{
    (void)state;
    struct buf overlay;
    buf_init(&overlay, NULL);
    buf_add_text(&overlay, HEAD);
    struct buf target;
    buf_init(&target, NULL);
    buf_add_text(&target, "$");
    for (int i = 0; i < 30; i++) {
        buf_printf(&overlay, "- {target: '%s', update: {a: {}, b: {}, c: {}, d: {}}}\n",
                   buf_text(&target));
        buf_add_text(&target, ".*");
    }
    buf_free(&target);
    struct setup setup;
    apply(&setup, "{}", HEAD "- {target: $.x, remove: true}\n");
    finish(&setup);
    arena_init(&setup.arena, 4096, NULL);
    diags_init(&setup.diags);
    setup.overlay_source = (struct source){.name = "o.yaml", .text = buf_str(&overlay)};
    setup.overlay = json_read_document(&setup.arena, &setup.overlay_source, NULL, &setup.diags);
    setup.document = json_new(&setup.arena, JSON_OBJECT);
    struct overlay_limits limits = {.max_nodes = 100000};
    assert_false(overlay_apply(&setup.arena, setup.overlay, setup.document, &limits, &setup.diags));
    assert_string_equal(setup.diags.first->message,
                        "with this action the document has more than 100000 values");
    finish(&setup);
    buf_free(&overlay);
}

static void test_deepening_overlays_end(void **state)
{
    (void)state;
    struct buf overlay;
    buf_init(&overlay, NULL);
    buf_add_text(&overlay, HEAD "- {target: $");
    for (int i = 0; i < 300; i++)
        buf_add_text(&overlay, ".a");
    buf_add_text(&overlay, ", update: ");
    for (int i = 0; i < 300; i++)
        buf_add_text(&overlay, "{a: ");
    for (int i = 0; i < 300; i++)
        buf_add_text(&overlay, "}");
    buf_add_text(&overlay, "}\n");
    struct buf document;
    buf_init(&document, NULL);
    for (int i = 0; i < 301; i++)
        buf_add_text(&document, "{a: ");
    for (int i = 0; i < 301; i++)
        buf_add_text(&document, "}");
    check_hostile(buf_text(&document), &overlay,
                  "with this action the document has more than 500 nested collections");
    buf_free(&document);
}

static void test_targets_that_look_at_everything_end(void **state)
{
    (void)state;
    struct buf overlay;
    buf_init(&overlay, NULL);
    buf_add_text(&overlay, HEAD);
    for (int i = 0; i < 10000; i++)
        buf_add_text(&overlay, "- {target: '$.*.x', update: {}}\n");
    struct buf document;
    buf_init(&document, NULL);
    buf_add_char(&document, '[');
    for (int i = 0; i < 50000; i++)
        buf_add_text(&document, "{}, ");
    buf_add_char(&document, ']');
    struct setup setup;
    double start = seconds_now();
    apply(&setup, buf_text(&document), buf_text(&overlay));
    assert_true(seconds_now() - start < HOSTILE_SECONDS);
    assert_false(setup.applied);
    assert_int_equal(setup.diags.errors, 1);
    finish(&setup);
    buf_free(&document);
    buf_free(&overlay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_actions_change_the_document),
        cmocka_unit_test(test_nodes_keep_their_place),
        cmocka_unit_test(test_all_mistakes_in_an_overlay_are_told),
        cmocka_unit_test(test_remedies_name_the_nearest_field),
        cmocka_unit_test(test_targets_that_are_refused),
        cmocka_unit_test(test_a_name_that_needs_quotes_is_shown_with_them),
        cmocka_unit_test(test_targets_without_a_match_are_warned_of),
        cmocka_unit_test(test_the_nearest_name_is_suggested),
        cmocka_unit_test(test_values_that_do_not_fit_are_all_told),
        cmocka_unit_test(test_useless_and_lenient_fields_are_warned_of),
        cmocka_unit_test(test_a_broken_overlay_changes_nothing),
        cmocka_unit_test(test_doubling_overlays_end),
        cmocka_unit_test(test_deepening_overlays_end),
        cmocka_unit_test(test_targets_that_look_at_everything_end),
    };
    return cmocka_run_group_tests_name("openapi/overlay", tests, NULL, NULL);
}
