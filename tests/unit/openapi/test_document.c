/* document: files, mapped URLs and references between them, in a folder of its own. */
#include "openapi/document.h"

#include "base/buf.h"
#include "support/unit.h"
#include "json/writer.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct setup {
    struct arena arena;
    struct diags diags;
    struct document_set set;
    struct document_options options;
    char folder[64];
    char before[1024];
    bool loaded;
};

/* --- the folder ------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int enter_folder(void **state)
{
    struct setup *setup = calloc(1, sizeof *setup);
    strcpy(setup->folder, "/tmp/understudy-document-XXXXXX");
    if (mkdtemp(setup->folder) == NULL || getcwd(setup->before, sizeof setup->before) == NULL ||
        chdir(setup->folder) != 0)
        return -1;
    arena_init(&setup->arena, 4096, NULL);
    diags_init(&setup->diags);
    *state = setup;
    return 0;
}

static void remove_tree(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        remove(path);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char below[512];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        remove_tree(below);
    }
    closedir(folder);
    rmdir(path);
}

static int leave_folder(void **state)
{
    struct setup *setup = *state;
    int back = chdir(setup->before);
    remove_tree(setup->folder);
    diags_free(&setup->diags);
    arena_clear(&setup->arena);
    free(setup);
    return back;
}

/* --- helpers ----------------------------------------------------------------------- */

static bool load(struct setup *setup, const char *path)
{
    setup->loaded = document_load(&setup->set, &setup->arena, path, &setup->options, &setup->diags);
    return setup->loaded;
}

static const char *told(struct setup *setup)
{
    struct buf out;
    buf_init(&out, &setup->arena);
    for (const struct diag *diag = setup->diags.first; diag != NULL; diag = diag->next) {
        if (out.len > 0)
            buf_add_char(&out, '\n');
        if (diag->place.source != NULL) {
            struct source_position at = source_position(diag->place.source, diag->place.offset);
            buf_printf(&out, "%s:%u:%u: ", diag->place.source->name, at.line, at.column);
        }
        buf_add_text(&out, diag->message);
    }
    return buf_text(&out);
}

static const char *as_json(struct setup *setup, const struct json_node *node)
{
    if (node == NULL)
        return NULL;
    struct buf out;
    buf_init(&out, &setup->arena);
    json_write(&out, node, JSON_EXACT);
    return buf_text(&out);
}

/* What the member `name` of the main document's top leads to. */
static const struct json_node *resolve(struct setup *setup, const char *name,
                                       const struct document **document)
{
    *document = setup->set.documents[0];
    const struct json_node *node = json_member((*document)->root, name);
    assert_non_null(node);
    return document_resolve(&setup->set, document, node, &setup->diags);
}

static void assert_leads_to(struct setup *setup, const char *name, const char *json,
                            const char *path)
{
    const struct document *document;
    const struct json_node *node = resolve(setup, name, &document);
    assert_string_equal(told(setup), "");
    assert_string_equal(as_json(setup, node), json);
    assert_string_equal(document->path, path);
}

/* --- references --------------------------------------------------------------------- */

static void test_references_within_the_document(void **state)
{
    struct setup *setup = *state;
    write_file("api.yaml", "plain: {x: 1}\n"
                           "pointer: {$ref: '#/a/b'}\n"
                           "escaped: {$ref: '#/a/~1p~0q/0'}\n"
                           "percent: {$ref: '#/a/%7Bid%7D'}\n"
                           "chain: {$ref: '#/pointer'}\n"
                           "whole: {$ref: '#'}\n"
                           "a:\n  b: [1]\n  /p~q: [2]\n  '{id}': 3\n");
    assert_true(load(setup, "api.yaml"));
    assert_leads_to(setup, "plain", "{\"x\":1}", "api.yaml");
    assert_leads_to(setup, "pointer", "[1]", "api.yaml");
    assert_leads_to(setup, "escaped", "2", "api.yaml");
    assert_leads_to(setup, "percent", "3", "api.yaml");
    assert_leads_to(setup, "chain", "[1]", "api.yaml");
    const struct document *document;
    assert_ptr_equal(resolve(setup, "whole", &document), setup->set.documents[0]->root);
    assert_int_equal(setup->set.count, 1);
}

static void test_references_to_other_files(void **state)
{
    struct setup *setup = *state;
    mkdir("spec", 0700);
    mkdir("spec/sub folder", 0700);
    mkdir("common", 0700);
    write_file("spec/api.yaml", "part: {$ref: './sub%20folder/one.yaml#/a'}\n"
                                "raw: {$ref: 'sub folder/one.yaml#/a'}\n"
                                "whole: {$ref: ../common/two.json}\n"
                                "there: {$ref: 'sub%20folder/one.yaml#/back'}\n"
                                "here: {h: 1}\n"
                                "self: {$ref: 'api.yaml#/here'}\n"
                                "query: {$ref: 'odd%23name.yaml'}\n");
    write_file("spec/sub folder/one.yaml", "a: {$ref: '#/b'}\nb: {c: 1}\nback: {$ref: "
                                           "'../api.yaml#/here'}\n");
    write_file("common/two.json", "{\"two\": 2}");
    write_file("spec/odd#name.yaml", "odd: 1\n");
    assert_true(load(setup, "./spec/api.yaml"));
    assert_string_equal(setup->set.documents[0]->path, "./spec/api.yaml");
    assert_leads_to(setup, "part", "{\"c\":1}", "spec/sub folder/one.yaml");
    assert_leads_to(setup, "raw", "{\"c\":1}", "spec/sub folder/one.yaml");
    assert_leads_to(setup, "whole", "{\"two\":2}", "common/two.json");
    assert_leads_to(setup, "there", "{\"h\":1}", "./spec/api.yaml");
    assert_leads_to(setup, "self", "{\"h\":1}", "./spec/api.yaml");
    assert_leads_to(setup, "query", "{\"odd\":1}", "spec/odd#name.yaml");
    const struct document *main_document = setup->set.documents[0];
    assert_true(str_ends_with(main_document->uri, "/spec/api.yaml"));
    assert_ptr_equal(document_find(&setup->set, main_document->uri), main_document);
    assert_null(document_find(&setup->set, str_from("/nowhere")));
}

static void test_each_file_is_read_once(void **state)
{
    struct setup *setup = *state;
    write_file("api.yaml", "a: {$ref: 'b.yaml#/x'}\nb: {$ref: './b.yaml#/y'}\nc: {$ref: "
                           "'sub/../b.yaml'}\n");
    write_file("b.yaml", "x: {$ref: 'api.yaml#/b'}\ny: 7\n");
    assert_true(load(setup, "api.yaml"));
    assert_leads_to(setup, "a", "7", "b.yaml");
    assert_leads_to(setup, "b", "7", "b.yaml");
    const struct document *document;
    resolve(setup, "c", &document);
    assert_int_equal(setup->set.count, 2);
    assert_ptr_equal(document, setup->set.documents[1]);
}

static void test_urls_are_read_where_they_are_mapped(void **state)
{
    struct setup *setup = *state;
    mkdir("lib", 0700);
    mkdir("lib/deep", 0700);
    write_file("api.yaml", "exact: {$ref: 'https://example.com/one.yaml#/a'}\n"
                           "folder: {$ref: 'https://example.com/lib/deep/two.yaml#/b'}\n"
                           "file: {$ref: 'file:///not/here.yaml'}\n"
                           "other: {$ref: 'https://example.com/three.yaml'}\n");
    write_file("one-local.yaml", "a: {$ref: 'lib/deep/two.yaml#/b'}\n");
    write_file("lib/deep/two.yaml", "b: {$ref: '../../one.yaml#/a/$ref'}\n");
    const struct url_map maps[] = {{"https://example.com/one.yaml", "one-local.yaml"},
                                   {"https://example.com/lib/", "lib"}};
    setup->options.maps = maps;
    setup->options.map_count = 2;
    assert_true(load(setup, "api.yaml"));
    assert_leads_to(setup, "exact", "\"lib/deep/two.yaml#/b\"", "one-local.yaml");
    assert_leads_to(setup, "folder", "\"lib/deep/two.yaml#/b\"", "one-local.yaml");
    assert_int_equal(setup->set.count, 3);
    assert_true(str_is(setup->set.documents[1]->uri, "https://example.com/one.yaml"));
    const struct document *document;
    assert_null(resolve(setup, "other", &document));
    assert_null(resolve(setup, "file", &document));
    assert_string_equal(told(setup),
                        "api.yaml:4:15: https://example.com/three.yaml is not fetched from the "
                        "network\n"
                        "api.yaml:3:14: cannot read /not/here.yaml: No such file or directory");
    assert_string_equal(setup->diags.first->remedy, "say which file stands for it: --map "
                                                    "https://example.com/three.yaml=FILE");
}

static void test_references_that_lead_nowhere(void **state)
{
    struct setup *setup = *state;
    static const struct {
        const char *reference;
        const char *told;
        const char *remedy;
    } cases[] = {
        {"{$ref: '#/componets/schemas/Pet'}", "api.yaml has no \"componets\" at its top",
         "did you mean \"components\"?"},
        {"{$ref: '#/components/schemas/Pett'}",
         "there is no \"Pett\" in /components/schemas of api.yaml", "did you mean \"Pet\"?"},
        {"{$ref: '#/components/schemas/a~1c'}",
         "there is no \"a/c\" in /components/schemas of api.yaml", "did you mean \"a/b\"?"},
        {"{$ref: '#/components/schemas/Pet/9'}",
         "there is no \"9\" in /components/schemas/Pet of api.yaml", "check the path"},
        {"{$ref: '#Pet'}", "#Pet is no JSON pointer",
         "write a path from the top: #/components/..."},
        {"{$ref: '#/a~2'}", "#/a~2 is no JSON pointer",
         "in a JSON pointer ~ is written ~0 and / is written ~1"},
        {"{$ref: none.yaml}", "cannot read none.yaml: No such file or directory", "check the path"},
        {"{$ref: none.yaml#/x}", "cannot read none.yaml: No such file or directory",
         "check the path"},
        {"{$ref: sub/}", "cannot read sub/: Is a directory", "name a file in it"},
        {"{$ref: /dev/null}", "/dev/null is no ordinary file", "copy it to a file"},
        {"{$ref: 'a%00b'}", "no file has a NUL in its name", "take the %00 away"},
        {"{$ref: 5}", "a $ref must be a string, not number", "write $ref: '#/components/...'"},
        {"{$ref: '//host/x.yaml'}", "//host/x.yaml is not fetched from the network",
         "say which file stands for it: --map //host/x.yaml=FILE"},
    };
    mkdir("sub", 0700);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text;
        struct buf expected;
        buf_init(&text, &setup->arena);
        buf_init(&expected, &setup->arena);
        buf_printf(&text, "at: %s\ncomponents: {schemas: {Pet: [1], a/b: 2}}\n",
                   cases[i].reference);
        buf_printf(&expected, "api.yaml:1:12: %s", cases[i].told);
        write_file("api.yaml", buf_text(&text));
        assert_true(load(setup, "api.yaml"));
        const struct document *document;
        assert_null(resolve(setup, "at", &document));
        assert_ptr_equal(document, setup->set.documents[0]);
        assert_string_equal(told(setup), buf_text(&expected));
        assert_string_equal(setup->diags.first->remedy, cases[i].remedy);
        diags_free(&setup->diags);
    }
}

static void test_a_broken_file_is_told_once_and_named_again(void **state)
{
    struct setup *setup = *state;
    write_file("api.yaml", "a: {$ref: 'b.yaml#/x'}\nb: {$ref: 'b.yaml#/y'}\n");
    write_file("b.yaml", "x: 1\nx: 2\n");
    assert_true(load(setup, "api.yaml"));
    const struct document *document;
    assert_null(resolve(setup, "a", &document));
    assert_null(resolve(setup, "b", &document));
    assert_string_equal(told(setup),
                        "b.yaml:2:1: the key \"x\" is in this mapping already, at line 1\n"
                        "api.yaml:2:11: b.yaml could not be read");
    assert_int_equal(setup->set.count, 1);
}

static void test_circles_are_told_at_their_first_reference(void **state)
{
    struct setup *setup = *state;
    write_file("api.yaml", "a: {$ref: '#/a'}\nb: {$ref: 'b.yaml#/b'}\n");
    write_file("b.yaml", "b: {$ref: 'api.yaml#/b'}\n");
    assert_true(load(setup, "api.yaml"));
    const struct document *document;
    assert_null(resolve(setup, "a", &document));
    assert_null(resolve(setup, "b", &document));
    assert_string_equal(
        told(setup), "api.yaml:1:11: this $ref leads in a circle, or through more than 100 others\n"
                     "api.yaml:2:11: this $ref leads in a circle, or through more than 100 others");
}

static void test_chains_of_a_hundred_are_followed(void **state)
{
    struct setup *setup = *state;
    struct buf text;
    buf_init(&text, &setup->arena);
    for (int i = 0; i < 101; i++)
        buf_printf(&text, "r%d: {$ref: '#/r%d'}\n", i, i + 1);
    buf_add_text(&text, "r101: end\n");
    write_file("api.yaml", buf_text(&text));
    assert_true(load(setup, "api.yaml"));
    assert_leads_to(setup, "r1", "\"end\"", "api.yaml");
    const struct document *document;
    assert_null(resolve(setup, "r0", &document));
}

static void test_opening_by_uri(void **state)
{
    struct setup *setup = *state;
    write_file("api.yaml", "a: 1\n");
    write_file("b.yaml", "b: 1\n");
    assert_true(load(setup, "api.yaml"));
    const struct document *main_document = setup->set.documents[0];
    struct place place = json_place(main_document->root);
    const struct document *b =
        document_open(&setup->set, main_document, str_from("b.yaml"), place, &setup->diags);
    assert_non_null(b);
    assert_ptr_equal(document_open(&setup->set, b, str_from(""), place, &setup->diags), b);
    assert_ptr_equal(document_open(&setup->set, b, main_document->uri, place, &setup->diags),
                     main_document);
    assert_ptr_equal(document_find(&setup->set, b->uri), b);
    const struct document *at = main_document;
    const struct json_node *node =
        document_follow(&setup->set, &at, str_from("b.yaml#/b"), place, &setup->diags);
    assert_string_equal(as_json(setup, node), "1");
    assert_ptr_equal(at, b);
}

/* --- loading -------------------------------------------------------------------------- */

static void test_files_that_cannot_be_read(void **state)
{
    struct setup *setup = *state;
    mkdir("folder", 0700);
    write_file("large.yaml", "a: 0123456789\n");
    write_file("broken.yaml", "a: [\n");
    setup->options.max_file_bytes = 10;
    assert_false(load(setup, "none.yaml"));
    assert_false(load(setup, "folder"));
    assert_false(load(setup, "large.yaml"));
    assert_false(load(setup, "broken.yaml"));
    assert_false(load(setup, "broken.yaml/x"));
    assert_string_equal(told(setup), "cannot read none.yaml: No such file or directory\n"
                                     "cannot read folder: Is a directory\n"
                                     "large.yaml is larger than 10 bytes\n"
                                     "broken.yaml:1:4: the text ends where a value should be\n"
                                     "cannot read broken.yaml/x: Not a directory");
}

static void test_limits_are_those_of_the_options(void **state)
{
    struct setup *setup = *state;
    write_file("deep.yaml", "[[[[]]]]\n");
    write_file("wide.json", "[1, 2, 3, 4]");
    setup->options.max_depth = 3;
    setup->options.max_nodes = 4;
    assert_false(load(setup, "deep.yaml"));
    assert_false(load(setup, "wide.json"));
    assert_string_equal(told(setup), "deep.yaml:1:4: collections are nested more than 3 deep\n"
                                     "wide.json:1:11: more than 4 values");
}

static void test_overlays_are_applied_in_order(void **state)
{
    struct setup *setup = *state;
    write_file("api.yaml", "a: {b: 1}\nuse: {$ref: '#/a/c'}\n");
    write_file("one.yaml", "overlay: 1.0.0\ninfo: {title: t, version: v}\nactions:\n"
                           "- {target: $.a, update: {b: 2, c: {x: 1}}}\n");
    write_file("two.json",
               "{\"overlay\": \"1.0.0\", \"info\": {\"title\": \"t\", \"version\": \"v\"},"
               "\"actions\": [{\"target\": \"$.a.c\", \"update\": {\"y\": 2}}]}");
    const char *const overlays[] = {"one.yaml", "two.json"};
    setup->options.overlays = overlays;
    setup->options.overlay_count = 2;
    assert_true(load(setup, "api.yaml"));
    assert_leads_to(setup, "use", "{\"x\":1,\"y\":2}", "api.yaml");
    assert_leads_to(setup, "a", "{\"b\":2,\"c\":{\"x\":1,\"y\":2}}", "api.yaml");
    assert_int_equal(setup->set.count, 1);
}

static void test_mistakes_of_all_files_are_told_together(void **state)
{
    struct setup *setup = *state;
    write_file("api.yaml", "a: 1\na: 2\n");
    write_file("one.yaml", "overlay: 1.0.0\nactions: [{target: x}]\n");
    write_file("two.yaml", "overlay: [\n");
    const char *const overlays[] = {"one.yaml", "two.yaml", "three.yaml"};
    setup->options.overlays = overlays;
    setup->options.overlay_count = 3;
    assert_false(load(setup, "api.yaml"));
    assert_string_equal(told(setup),
                        "api.yaml:2:1: the key \"a\" is in this mapping already, at line 1\n"
                        "one.yaml:1:1: an overlay lacks the field \"info\"\n"
                        "one.yaml:2:11: this action changes nothing\n"
                        "one.yaml:2:20: a target begins with `$`\n"
                        "two.yaml:1:10: the text ends where a value should be\n"
                        "cannot read three.yaml: No such file or directory");
}

/* --- versions --------------------------------------------------------------------------- */

static void test_versions(void **state)
{
    struct setup *setup = *state;
    static const struct {
        const char *text;
        enum openapi_version version;
        const char *told;
    } cases[] = {
        {"openapi: 3.0.0", OPENAPI_3_0, ""},
        {"openapi: 3.0.4", OPENAPI_3_0, ""},
        {"openapi: 3.1.1", OPENAPI_3_1, ""},
        {"{\"openapi\": \"3.1.0\"}", OPENAPI_3_1, ""},
        {"openapi: '3.1'", OPENAPI_3_1, ""},
        {"openapi: 3.1", OPENAPI_3_1, "api.yaml:1:10: the version is a number here, not a string"},
        {"openapi: 3.2.0", OPENAPI_3_1,
         "api.yaml:1:10: OpenAPI 3.2 is read as 3.1: what is new in it is ignored"},
        {"openapi: 3.10.0", OPENAPI_UNSUPPORTED,
         "api.yaml:1:10: OpenAPI 3.10.0 is not supported; 3.0 and 3.1 are"},
        {"openapi: 2", OPENAPI_UNSUPPORTED,
         "api.yaml:1:10: the version is a number here, not a string\n"
         "api.yaml:1:10: OpenAPI 2 is not supported; 3.0 and 3.1 are"},
        {"openapi: [3]", OPENAPI_UNSUPPORTED,
         "api.yaml:1:10: the version must be a string, not array"},
        {"swagger: '2.0'", OPENAPI_UNSUPPORTED,
         "api.yaml:1:1: this is a Swagger 2.0 document; OpenAPI 3.0 and 3.1 are supported"},
        {"info: {}\noverlay: 1.0.0", OPENAPI_UNSUPPORTED,
         "api.yaml:2:1: this is an overlay, not an OpenAPI document"},
        {"asyncapi: 3.0.0", OPENAPI_UNSUPPORTED, "api.yaml:1:1: this is an AsyncAPI document"},
        {"openApi: 3.1.0", OPENAPI_UNSUPPORTED, "api.yaml:1:1: the field `openapi` is missing"},
        {"[]", OPENAPI_UNSUPPORTED, "api.yaml:1:1: an OpenAPI document is an object, not array"},
        {"text", OPENAPI_UNSUPPORTED, "api.yaml:1:1: an OpenAPI document is an object, not string"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file("api.yaml", cases[i].text);
        assert_true(load(setup, "api.yaml"));
        assert_int_equal(document_version(setup->set.documents[0], &setup->diags),
                         cases[i].version);
        assert_string_equal(told(setup), cases[i].told);
        diags_free(&setup->diags);
    }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_references_within_the_document),
        IN_FOLDER(test_references_to_other_files),
        IN_FOLDER(test_each_file_is_read_once),
        IN_FOLDER(test_urls_are_read_where_they_are_mapped),
        IN_FOLDER(test_references_that_lead_nowhere),
        IN_FOLDER(test_a_broken_file_is_told_once_and_named_again),
        IN_FOLDER(test_circles_are_told_at_their_first_reference),
        IN_FOLDER(test_chains_of_a_hundred_are_followed),
        IN_FOLDER(test_opening_by_uri),
        IN_FOLDER(test_files_that_cannot_be_read),
        IN_FOLDER(test_limits_are_those_of_the_options),
        IN_FOLDER(test_overlays_are_applied_in_order),
        IN_FOLDER(test_mistakes_of_all_files_are_told_together),
        IN_FOLDER(test_versions),
    };
    return cmocka_run_group_tests_name("openapi/document", tests, NULL, NULL);
}
