/* rules: what an overlay may demand, and how its mistakes are told. */
#include "mock/rules.h"

#include "mock/part.h"
#include "json/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/unit.h"

static const struct yaml_limits limits = {.max_depth = 50, .max_nodes = 10000};

struct reading {
    struct arena arena;
    struct source source;
    struct diags diags;
    struct service_rules *rules;
};

static void read_text(struct reading *reading, const char *text)
{
    arena_init(&reading->arena, 4096, NULL);
    diags_init(&reading->diags);
    reading->source = (struct source){.name = "overlay.yaml", .text = str_from(text)};
    struct json_node *node =
        json_read_document(&reading->arena, &reading->source, &limits, &reading->diags);
    struct overlay_reader reader = {&reading->arena, &reading->diags};
    assert_non_null(node);
    reading->rules = rules_read(&reader, node);
}

static void forget(struct reading *reading)
{
    diags_free(&reading->diags);
    arena_clear(&reading->arena);
}

static void test_every_word_is_read(void **state)
{
    (void)state;
    struct reading reading;
    read_text(&reading,
              "- {max_items: 10}\n"
              "- {max_items: 5, of: /tags, status: 413, detail: 'too many ${field}'}\n"
              "- {max_items: {tags: 3}}\n"
              "- {max_length: {id: 8, /owner/na~1me: 9}, error: {message: too long}}\n"
              "- {max_bytes: {id: 8}}\n"
              "- {forbid: {characters: \"\\0\", in: [id, name]}, body: {code: '${status}'}}\n"
              "- compare: {left: ends, op: '>=', right: starts, as: date-time, when: left, mixed: "
              "fail}\n"
              "  error: {type: value_error, message: m, at: ends}\n"
              "- reference: {member: up, to: id, same: [group, part], cycles: forbid}\n"
              "- compare: {left: a, op: '<', right: b}\n"
              "  error: {at: item}\n");
    const struct service_rules *rules = reading.rules;
    assert_int_equal(reading.diags.errors, 0);
    assert_int_equal(rules->count, 9);
    assert_true(rules->items[0].of_records && rules->items[0].limit == 10);
    assert_true(rules->items[0].answer.is_entry && !rules->items[0].answer.says_own_words);
    assert_int_equal(rules->items[0].schema->rules[0].keyword, KEYWORD_MAX_ITEMS);
    assert_false(rules->items[1].of_records);
    assert_true(str_is(rules->items[1].of.items[0], "tags"));
    assert_int_equal(rules->items[1].answer.status, 413);
    assert_false(rules->items[1].answer.is_entry);
    assert_int_equal(rules->items[2].limit, 0);
    assert_true(rules->items[3].answer.says_own_words);
    assert_int_equal(rules->items[4].answer.status, 400);
    assert_int_equal(rules->items[5].characters.len, 1);
    assert_non_null(rules->items[5].answer.body);
    const struct service_rule *comparison = &rules->items[6];
    assert_int_equal(comparison->comparison.as, COMPARE_DATE_TIMES);
    assert_int_equal(comparison->comparison.op, OPERATOR_GREATER_OR_EQUAL);
    assert_int_equal(comparison->comparison.mixed, MIXED_FAIL);
    assert_int_equal(comparison->when, WHEN_LEFT);
    assert_true(comparison->at_member && str_is(comparison->at.written, "ends"));
    const struct rule_reference *reference = &rules->items[7].reference;
    assert_int_equal(reference->same_count, 2);
    assert_true(reference->cycles_forbidden && !reference->unknown_forbidden);
    assert_int_equal(rules->items[7].answer.status, 409);
    assert_true(rules->has_references);
    assert_false(rules->items[8].at_member);
    assert_int_equal(rules->check_count, 6); /* tags, id, /owner/na~1me, id, id, name */
    const struct rule_member *nested = &rules->checks[2].member;
    assert_int_equal(nested->names.count, 2);
    assert_true(str_is(nested->names.items[1], "na/me"));
    forget(&reading);
}

static void test_slots_are_found_by_name(void **state)
{
    (void)state;
    struct reading reading;
    read_text(&reading, "- {max_length: {a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1}}\n"
                        "- {compare: {left: /a/x, op: '<', right: j}}\n");
    const struct service_rules *rules = reading.rules;
    assert_int_equal(rules->slot_count, 10);
    for (size_t i = 0; i < rules->slot_count; i++)
        assert_int_equal(rules_find_slot(rules, rules->slots[i].name, rules->slots[i].hash), i);
    struct str unknown = str_from("k");
    assert_true(rules_find_slot(rules, unknown, str_hash(unknown)) == SIZE_MAX);
    assert_int_equal(rules->items[1].left.slot, 0);
    forget(&reading);
}

struct mistake {
    const char *text;
    const char *place_and_message;
};

static const struct mistake mistakes[] = {
    {"{}", "1:1: error: rules must be a list"},
    {"[5]", "1:2: error: expected an object, got number"},
    {"[{}]", "1:2: error: the rule does not say what it demands"},
    {"[{max_items: 1, max_length: {a: 1}}]", "1:2: error: the rule demands several things at once"},
    {"[{max_itms: 1}]", "1:3: error: x-understudy has no word \"max_itms\" here"},
    {"[{max_items: 0}]", "1:14: error: the most items must be a whole number from 1 to 1000000000"},
    {"[{max_items: 1.5}]",
     "1:14: error: the most items must be a whole number from 1 to 1000000000"},
    {"[{max_items: '1'}]",
     "1:14: error: the most items must be a whole number from 1 to 1000000000"},
    {"[{max_items: 1, of: items}]", "1:21: error: of must be a JSON Pointer to the records"},
    {"[{max_items: {a: 1}, of: /items}]",
     "1:26: error: `of` is for a list in the body, but the limits are for members"},
    {"[{max_length: {a: 1}, of: /items}]", "1:27: error: `of` is for max_items"},
    {"[{max_length: 5}]", "1:15: error: this rule wants limits for members"},
    {"[{max_length: {}}]", "1:15: error: this rule wants limits for members"},
    {"[{max_length: {a: -1}}]",
     "1:19: error: the limit must be a whole number from 0 to 1000000000"},
    {"[{max_bytes: {/a~2: 1}}]", "1:21: error: this is no JSON Pointer into a record"},
    {"[{forbid: {in: [a]}}]", "1:11: error: the rule does not say which characters"},
    {"[{forbid: {characters: '', in: [a]}}]", "1:24: error: characters must be a non-empty string"},
    {"[{forbid: {characters: x}}]", "1:11: error: the rule does not list members"},
    {"[{forbid: {characters: x, in: a}}]", "1:31: error: the rule does not list members"},
    {"[{forbid: {characters: x, in: [5]}}]",
     "1:32: error: a member's name must be a non-empty string"},
    {"[{compare: {op: '<', right: b}}]", "1:12: error: the rule has no \"left\""},
    {"[{compare: {left: a, right: b}}]", "1:12: error: the rule has no \"op\""},
    {"[{compare: {left: a, op: '=>', right: b}}]", "1:26: error: unknown op \"=>\""},
    {"[{compare: {left: a, op: '<', right: b, as: datetime}}]",
     "1:45: error: unknown as \"datetime\""},
    {"[{compare: {left: a, op: '<', right: b, as: ''}}]", "1:45: error: unknown as \"\""},
    {"[{compare: {left: a, op: '<', right: b, wenn: both}}]",
     "1:41: error: x-understudy has no word \"wenn\" here"},
    {"[{reference: {member: a, to: b}}]", "1:14: error: the rule forbids nothing"},
    {"[{reference: {to: b, cycles: forbid}}]", "1:14: error: the rule has no \"member\""},
    {"[{reference: {member: a, to: b, cycles: no}}]", "1:41: error: unknown cycles \"no\""},
    {"[{max_items: 1, status: 200}]",
     "1:25: error: the status must be a whole number from 400 to 599"},
    {"[{max_items: 1, status: 409, error: {message: x}}]",
     "1:37: error: `error` makes an entry beside the schema's, whose status is 422"},
    {"[{max_items: 1, detail: x, error: {message: x}}]",
     "1:35: error: `error` makes an entry beside the schema's, whose status is 422"},
    {"[{max_items: 1, error: {type: tolong}}]", "1:31: error: unknown type of error \"tolong\""},
    {"[{max_bytes: {a: 1}, status: 422, error: {type: too_long}}]",
     "1:49: error: this rule has no error of that type"},
    {"[{max_items: 1, error: {type: too_long, message: x}}]",
     "1:50: error: this type of error has words of its own"},
    {"[{max_items: 1, error: {message: '${massage}'}}]",
     "1:37: error: there is no variable \"massage\" here"},
    {"[{max_items: 1, error: {message: '${message}'}}]",
     "1:37: error: there is no variable \"message\" here"},
    {"[{max_items: 1, error: {at: item}}]", "1:29: error: `at` is for comparisons"},
    {"[{max_items: 1, body: '${x}'}]", "1:26: error: there is no variable \"x\" here"},
    {"[{max_items: 1, content_type: text/plain, body: x}]",
     "1:31: error: there is no JSON body of that type"},
    {"[{max_items: 1, content_type: application/json}]",
     "1:31: error: there is no JSON body of that type"},
};

static void test_mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct reading reading;
        struct buf out;
        buf_init(&out, NULL);
        read_text(&reading, mistakes[i].text);
        diags_print(&reading.diags, &out);
        assert_non_null(strstr(buf_text(&out), "help: "));
        const char *first = buf_text(&out);
        assert_memory_equal(first, "overlay.yaml:", strlen("overlay.yaml:"));
        out.len = strcspn(first, "\n");
        assert_string_equal(buf_text(&out) + strlen("overlay.yaml:"),
                            mistakes[i].place_and_message);
        buf_free(&out);
        forget(&reading);
    }
}

/* ---- against a contract ---- */

static const char document[] =
    "openapi: 3.1.0\n"
    "info: {title: t, version: '1'}\n"
    "paths:\n"
    "  /things:\n"
    "    put:\n"
    "      requestBody: {content: {application/json: {schema: {type: array, items: {$ref: "
    "'#/components/schemas/Thing'}}}}}\n"
    "      responses: {'200': {description: d, content: {application/json: {schema: {type: array, "
    "items: {$ref: '#/components/schemas/Kept'}}}}}}\n"
    "      x-understudy: {collection: things, action: upsert, key: %s, rules: %s}\n"
    "    get:\n"
    "      responses: {'200': {description: d}}\n"
    "      x-understudy: {%s}\n"
    "components:\n"
    "  schemas:\n"
    "    Thing: {type: object, properties: {id: {type: string}, up: {type: string}, group: {type: "
    "string}, size: {type: integer}}}\n"
    "    Kept: {type: object, properties: {id: {type: string}, group: {type: string}}}\n";

/* What is wrong with the document, or NULL; to be freed. */
static char *load(const char *key, const char *rules, const char *on_get)
{
    char path[] = "/tmp/understudy-rules-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_true(dprintf(fd, document, key, rules, on_get) > 0);
    close(fd);
    struct diags diags;
    struct part_options options = {.dialect = DIALECT_AUTO};
    struct buf out;
    diags_init(&diags);
    buf_init(&out, NULL);
    struct part *part = part_load(path, &options, &diags);
    unlink(path);
    diags_print(&diags, &out);
    part_release(part);
    diags_free(&diags);
    if (part != NULL) {
        buf_free(&out);
        return NULL;
    }
    char *text = strdup(buf_text(&out));
    buf_free(&out);
    return text;
}

struct contract_mistake {
    const char *key;
    const char *rules;
    const char *on_get;
    const char *message; /* NULL: it is fine */
};

#define FINE_ON_GET "errors: {404: {body: x}}"

static const struct contract_mistake contract_mistakes[] = {
    {"[id]", "[{max_length: {id: 5}}]", FINE_ON_GET, NULL},
    {"[id]", "[{max_length: {idd: 5}}]", FINE_ON_GET,
     "the records in PUT /things have no member \"idd\""},
    {"[id]", "[{compare: {left: size, op: '<', right: sise}}]", FINE_ON_GET,
     "help: did you mean \"size\"?"},
    {"[id]", "[{compare: {left: size, op: '<', right: size}, error: {at: sixe}}]", FINE_ON_GET,
     "have no member \"sixe\""},
    {"[id]", "[{reference: {member: id, to: id, same: group, cycles: forbid}}]", FINE_ON_GET, NULL},
    {"[id]", "[{reference: {member: up, to: id, cycles: forbid}}]", FINE_ON_GET,
     "the records that are kept by PUT /things have no member \"up\""},
    {"[id]", "[{reference: {member: id, to: group, cycles: forbid}}]", FINE_ON_GET,
     "the store does not find records by \"group\""},
    {"[id, group]", "[{reference: {member: id, to: id, cycles: forbid}}]", FINE_ON_GET,
     "the store finds records by \"group\", too, which the rule does not tell"},
    {"[id, group]", "[{reference: {member: id, to: id, same: group, cycles: forbid}}]", FINE_ON_GET,
     NULL},
    {"[id]", "[]", "rules: [{max_items: 1}]",
     "GET /things takes no JSON body, so no rule could ever apply"},
    {"[id]", "[]", "rules: [], collection: things", "x-understudy does not name an action"},
    {"[id]", "[]", "", "x-understudy does not name a collection"},
};

static void test_rules_must_fit_the_contract(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof contract_mistakes / sizeof *contract_mistakes; i++) {
        const struct contract_mistake *mistake = &contract_mistakes[i];
        char *text = load(mistake->key, mistake->rules, mistake->on_get);
        if (mistake->message == NULL && text != NULL)
            fail_msg("%s", text);
        if (mistake->message != NULL) {
            assert_non_null(text);
            if (strstr(text, mistake->message) == NULL)
                fail_msg("expected \"%s\" in:\n%s", mistake->message, text);
        }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_word_is_read),
        cmocka_unit_test(test_slots_are_found_by_name),
        cmocka_unit_test(test_mistakes_are_told_with_their_place),
        cmocka_unit_test(test_rules_must_fit_the_contract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
