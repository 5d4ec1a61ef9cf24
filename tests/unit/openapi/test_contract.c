#include "contract_text.h"

#include <pthread.h>

#define HEAD "openapi: 3.1.0\ninfo: {title: Pets, version: '1.2'}\n"

static struct diags diags;

static int start(void **state)
{
    (void)state;
    diags_init(&diags);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    diags_free(&diags);
    return 0;
}

/* --- a sound document ----------------------------------------------------------------- */

static const char pets[] =
    HEAD "servers: [{url: /v1}]\n"
         "x-understudy: {a: b}\n"
         "paths:\n"
         "  /pets/{petId}:\n"
         "    summary: ignored\n"
         "    x-anything: ignored\n"
         "    parameters:\n"
         "    - {name: petId, in: path, required: true, schema: {type: string}}\n"
         "    - {name: fields, in: query, style: pipeDelimited, schema: {type: array}}\n"
         "    - {name: X-Trace, in: header, schema: {type: string}}\n"
         "    put:\n"
         "      operationId: putPet\n"
         "      x-understudy: {action: upsert}\n"
         "      callbacks: {ignored: {}}\n"
         "      parameters:\n"
         "      - {name: session, in: cookie, schema: {type: string}}\n"
         "      - {name: x-trace, in: header, required: true, schema: {type: integer}}\n"
         "      - {name: Authorization, in: header, schema: {type: integer}}\n"
         "      - {name: verbose, in: query, allowEmptyValue: true, schema: {type: boolean}}\n"
         "      - $ref: '#/components/parameters/Filter'\n"
         "      requestBody:\n"
         "        $ref: '#/components/requestBodies/Pet'\n"
         "      responses:\n"
         "        '201': {description: d, headers: {X-Rate: {schema: {type: integer}},\n"
         "                                          Content-Type: {schema: {type: integer}}}}\n"
         "        '200': {$ref: '#/components/responses/Pet'}\n"
         "        4XX: {description: d}\n"
         "        default: {description: d}\n"
         "        x-more: ignored\n"
         "    get: {}\n"
         "  x-paths: ignored\n"
         "  /other:\n"
         "    $ref: '#/components/pathItems/Other'\n"
         "webhooks: {ignored: {post: {}}}\n"
         "components:\n"
         "  pathItems:\n"
         "    Other: {servers: [{url: 'http://h/v2'}],\n"
         "            delete: {responses: {2XX: {description: d}}, servers: [{url: /v3}]}}\n"
         "  parameters:\n"
         "    Filter: {name: filter, in: query, content: {application/json: {schema: {}}}}\n"
         "  requestBodies:\n"
         "    Pet: {required: true, content: {application/json: {schema: {type: object}},\n"
         "                                    text/*: {}}}\n"
         "  responses:\n"
         "    Pet: {description: d, content: {application/json: {schema: {type: object}}}}\n";

static void a_sound_document_is_taken_over_whole(void **state)
{
    (void)state;
    struct contract *contract = load_sound(pets);
    assert_str(contract->title, "Pets");
    assert_str(contract->version, "1.2");
    assert_false(contract->is_3_0);
    assert_non_null(contract->behavior);
    assert_int_equal(contract->operation_count, 3);
    assert_int_equal(contract->base_path_count, 3);
    assert_str(contract->base_paths[0], "/v1");
    assert_str(contract->base_paths[1], "/v2");
    assert_str(contract->base_paths[2], "/v3");

    struct operation *put = operation_named(contract, "putPet");
    assert_ptr_equal(put, operation_named(contract, "PUT /pets/{petId}"));
    assert_int_equal(put->method, HTTP_PUT);
    assert_str(put->path, "/pets/{petId}");
    assert_str(put->label, "PUT /pets/{petId}");
    assert_str(put->id, "putPet");
    assert_str(json_member_text(put->behavior, "action", str_from("")), "upsert");
    assert_int_equal(put->state, OPERATION_RAW);
    assert_int_equal(put->index, 0);

    struct operation *get = operation_named(contract, "GET /pets/{petId}");
    assert_int_equal(get->index, 1);
    assert_int_equal(get->id.len, 0);
    assert_null(get->behavior);
    assert_int_equal(get->parameter_count, 3);
    operation_named(contract, "DELETE /other");
    assert_null(contract_find_operation(contract, str_from("POST /other")));
    assert_null(contract_find_operation(contract, str_from("")));
    contract_release(contract);
}

static void parameters_are_merged_and_sorted(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum parameter_in in;
        enum parameter_style style;
        bool explode, required;
    } expected[] = {
        {"petId", PARAMETER_PATH, STYLE_SIMPLE, false, true},
        {"fields", PARAMETER_QUERY, STYLE_PIPE_DELIMITED, false, false},
        {"verbose", PARAMETER_QUERY, STYLE_FORM, true, false},
        {"filter", PARAMETER_QUERY, STYLE_SIMPLE, false, false},
        {"x-trace", PARAMETER_HEADER, STYLE_SIMPLE, false, true},
        {"session", PARAMETER_COOKIE, STYLE_FORM, true, false},
    };
    struct contract *contract = load_sound(pets);
    struct operation *put = operation_named(contract, "putPet");
    assert_int_equal(put->parameter_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < put->parameter_count; i++) {
        const struct parameter *parameter = &put->parameters[i];
        assert_str(parameter->name, expected[i].name);
        assert_int_equal(parameter->in, expected[i].in);
        assert_int_equal(parameter->style, expected[i].style);
        assert_int_equal(parameter->explode, expected[i].explode);
        assert_int_equal(parameter->required, expected[i].required);
        assert_ptr_equal(parameter->operation, put);
        assert_null(parameter->schema);
        assert_non_null(parameter->schema_node);
    }
    assert_true(put->parameters[2].allow_empty_value);
    assert_str(put->parameters[3].content_type, "application/json");
    contract_release(contract);
}

static void bodies_and_responses_are_found(void **state)
{
    (void)state;
    struct contract *contract = load_sound(pets);
    struct operation *put = operation_named(contract, "putPet");
    assert_true(put->body_required);
    assert_int_equal(put->body_count, 2);
    assert_str(put->bodies[0].range, "application/json");
    assert_non_null(put->bodies[0].schema_node);
    assert_str(put->bodies[1].range, "text/*");
    assert_null(put->bodies[1].schema_node);
    assert_non_null(put->body_node);

    assert_int_equal(put->response_count, 4);
    assert_int_equal(operation_response(put, 200)->status, 200);
    assert_int_equal(operation_response(put, 201)->status, 201);
    assert_int_equal(operation_response(put, 404)->status, -4);
    assert_int_equal(operation_response(put, 202)->status, 0);
    assert_int_equal(operation_success(put)->status, 200);
    assert_int_equal(operation_response(put, 200)->content_count, 1);
    const struct response_spec *created = operation_response(put, 201);
    assert_int_equal(created->header_count, 1);
    assert_str(created->headers[0].name, "X-Rate");

    struct operation *get = operation_named(contract, "GET /pets/{petId}");
    assert_null(operation_response(get, 200));
    assert_null(operation_success(get));
    struct operation *del = operation_named(contract, "DELETE /other");
    assert_int_equal(operation_success(del)->status, -2);
    assert_int_equal(operation_response(del, 299)->status, -2);
    assert_null(operation_response(del, 404));
    contract_release(contract);
}

static void the_contract_lives_while_it_is_referred_to(void **state)
{
    (void)state;
    struct contract *contract = load_sound(pets);
    assert_ptr_equal(contract_retain(contract), contract);
    contract_release(contract);
    assert_str(operation_named(contract, "putPet")->id, "putPet");
    contract_release(contract);
    contract_release(NULL);
}

/* --- schemas, lazily -------------------------------------------------------------------- */

static void preparing_compiles_every_schema(void **state)
{
    (void)state;
    struct contract *contract = load_sound(pets);
    struct operation *put = operation_named(contract, "putPet");
    assert_true(operation_prepare(contract, put, &diags));
    assert_true(operation_prepare(contract, put, NULL));
    assert_int_equal(put->state, OPERATION_READY);
    for (size_t i = 0; i < put->parameter_count; i++)
        assert_non_null(put->parameters[i].schema);
    assert_non_null(put->bodies[0].schema);
    assert_null(put->bodies[1].schema);
    assert_non_null(operation_response(put, 200)->content[0].schema);
    assert_non_null(operation_response(put, 201)->headers[0].schema);
    assert_int_equal(operation_named(contract, "DELETE /other")->state, OPERATION_RAW);
    assert_true(contract_prepare_all(contract, &diags));
    assert_int_equal(operation_named(contract, "DELETE /other")->state, OPERATION_READY);
    assert_int_equal(diags.errors + diags.warnings, 0);
    contract_release(contract);
}

static const char broken_schemas[] = HEAD
    "paths:\n"
    "  /a:\n"
    "    get: {parameters: [{name: q, in: query, schema: {$ref: '#/components/schemas/No'}}]}\n"
    "    put: {requestBody: {content: {application/json: {schema: {type: strnig}}}}}\n"
    "  /b:\n"
    "    get: {responses: {'200': {description: d, content: {application/json:\n"
    "          {schema: {$ref: '#/components/schemas/No'}}}}}}\n"
    "    put: {requestBody: {content: {application/json: {schema: {type: string}}}}}\n";

static void a_broken_schema_breaks_its_operation_only(void **state)
{
    (void)state;
    struct contract *contract = load_text(broken_schemas, &diags);
    assert_non_null(contract);
    assert_int_equal(diags.errors, 0);
    assert_false(operation_prepare(contract, operation_named(contract, "GET /a"), &diags));
    assert_false(operation_prepare(contract, operation_named(contract, "PUT /a"), NULL));
    assert_false(operation_prepare(contract, operation_named(contract, "GET /b"), NULL));
    assert_true(operation_prepare(contract, operation_named(contract, "PUT /b"), NULL));
    assert_int_equal(operation_named(contract, "GET /a")->state, OPERATION_BROKEN);
    assert_true(diags.errors >= 1);
    assert_true(operation_named(contract, "PUT /a")->problems.errors >= 1);
    size_t known = diags.errors;
    /* a second time it is known already */
    assert_false(operation_prepare(contract, operation_named(contract, "GET /a"), &diags));
    assert_int_equal(diags.errors, known);
    contract_release(contract);
}

static void all_mistakes_are_listed_once(void **state)
{
    (void)state;
    struct contract *contract = load_text(broken_schemas, &diags);
    assert_false(contract_prepare_all(contract, &diags));
    size_t errors = diags.errors;
    assert_true(errors >= 2);
    assert_false(contract_prepare_all(contract, &diags));
    assert_int_equal(diags.errors, errors);
    contract_release(contract);
}

struct race {
    struct contract *contract;
    struct operation *operation;
    atomic_int ready;
};

static void *prepare_in_thread(void *context)
{
    struct race *race = context;
    if (operation_prepare(race->contract, race->operation, NULL) &&
        race->operation->bodies[0].schema != NULL)
        atomic_fetch_add(&race->ready, 1);
    return NULL;
}

static void many_threads_may_prepare(void **state)
{
    (void)state;
    struct race race = {.contract = load_sound(pets)};
    race.operation = operation_named(race.contract, "putPet");
    pthread_t threads[8];
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, prepare_in_thread, &race), 0);
    for (size_t i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&race.ready), 8);
    contract_release(race.contract);
}

/* --- mistakes in one operation -------------------------------------------------------------- */

/* An operation beside a sound one: what is said of it, and that the other is served. */
static void expect_broken(const char *operation, const char *rest, const char *words)
{
    struct buf text;
    buf_init(&text, NULL);
    buf_printf(&text, HEAD "paths:\n  /good: {get: {}}\n  /bad/{x}:\n    get: %s\n%s", operation,
               rest);
    struct diags told;
    diags_init(&told);
    struct contract *contract = load_text(buf_text(&text), &told);
    assert_non_null(contract);
    struct operation *bad = operation_named(contract, "GET /bad/{x}");
    assert_says(&told, DIAG_ERROR, words);
    assert_says(&bad->problems, DIAG_ERROR, words);
    assert_int_equal(told.errors, bad->problems.errors);
    for (const struct diag *diag = told.first; diag != NULL; diag = diag->next)
        assert_non_null(diag->place.source);
    assert_int_equal(bad->state, OPERATION_BROKEN);
    assert_false(operation_prepare(contract, bad, NULL));
    assert_true(operation_prepare(contract, operation_named(contract, "GET /good"), NULL));
    struct route_match match;
    assert_int_equal(route_find(contract, HTTP_GET, str_from("/bad/1"), &match), ROUTE_FOUND);
    assert_ptr_equal(match.operation, bad);
    diags_free(&told);
    contract_release(contract);
    buf_free(&text);
}

static void broken_parameters_break_their_operation(void **state)
{
    (void)state;
    expect_broken("{parameters: {}}", "", "`parameters` is no list");
    expect_broken("{parameters: [5]}", "", "a parameter must be an object, not a number");
    expect_broken("{parameters: [{in: query}]}", "", "a parameter has no name");
    expect_broken("{parameters: [{name: q}]}", "", "does not say where it is");
    expect_broken("{parameters: [{name: q, in: body}]}", "",
                  "`in` of the parameter \"q\" cannot be \"body\"");
    expect_broken("{parameters: [{name: q, in: querry}]}", "", "\"q\" cannot be \"querry\"");
    expect_broken("{parameters: [{name: q, in: query, style: simple, schema: {}}]}", "",
                  "a query parameter cannot have this style");
    expect_broken("{parameters: [{name: x, in: path, style: form, schema: {}}]}", "",
                  "a path parameter cannot have this style");
    expect_broken("{parameters: [{name: q, in: header, style: 1, schema: {}}]}", "",
                  "a header parameter cannot have this style");
    expect_broken("{parameters: [{name: q, in: query, content: {}}]}", "", "has 0 media types");
    expect_broken("{parameters: [{name: q, in: query, content: {a/b: {}, c/d: {}}}]}", "",
                  "has 2 media types");
    expect_broken("{parameters: [{name: q, in: query, content: 5}]}", "",
                  "`content` must be an object");
    expect_broken("{parameters: [{$ref: '#/components/parameters/No'}]}", "",
                  "has no \"components\"");
    expect_broken("{}\n    parameters: [{$ref: '#/components/parameters/No'}]",
                  "components: {parameters: {Nu: {}}}\n", "\"No\"");
}

static void broken_bodies_and_responses_break_their_operation(void **state)
{
    (void)state;
    expect_broken("5", "", "GET /bad/{x} is no object");
    expect_broken("{requestBody: 5}", "", "a request body must be an object");
    expect_broken("{requestBody: {}}", "", "a request body has no `content`");
    expect_broken("{requestBody: {content: []}}", "", "`content` must be an object, not an array");
    expect_broken("{requestBody: {content: {a/b: 5}}}", "", "a media type must be an object");
    expect_broken("{requestBody: {content: {a/b: {encoding: {p: {style: simple}}}}}}", "",
                  "style that forms do not have");
    expect_broken("{requestBody: {content: {a/b: {encoding: {p: 5}}}}}", "",
                  "the encoding of \"p\" is no object");
    expect_broken("{requestBody: {$ref: '#/components/requestBodies/No'}}", "",
                  "has no \"components\"");
    expect_broken("{responses: []}", "", "`responses` must be an object");
    expect_broken("{responses: {'200': 5}}", "", "a response must be an object");
    expect_broken("{responses: {'20O': {}}}", "", "\"20O\" is no status");
    expect_broken("{responses: {'600': {}}}", "", "\"600\" is no status");
    expect_broken("{responses: {'200': {headers: {h: 5}}}}", "", "a header must be an object");
    expect_broken("{responses: {'200': {$ref: '#/components/responses/No'}}}", "",
                  "has no \"components\"");
}

static void broken_security_breaks_its_operation(void **state)
{
    (void)state;
    expect_broken("{security: {}}", "", "`security` is no list");
    expect_broken("{security: [5]}", "", "a security requirement is no object");
    expect_broken("{security: [{nobody: []}]}", "", "no usable security scheme \"nobody\"");
}

static void a_path_that_is_no_template_is_kept_out_of_the_routes(void **state)
{
    (void)state;
    static const struct {
        const char *path, *words;
    } cases[] = {
        {"pets", "does not start with a slash"},
        {"/a/{b", "has a brace that is not closed"},
        {"/a/b}", "closes a brace that is not open"},
        {"/a/{}", "has a variable without a name"},
        {"/a/{b{c}}", "has a brace within braces"},
        {"/a/{b/c}", "has a variable that crosses a slash"},
        {"/{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}{k}{l}{m}{n}{o}{p}{q}", "has more than 16 variables"},
        {"/////////////////////////////////////////////////////////////////",
         "has more than 64 segments"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text;
        buf_init(&text, NULL);
        buf_printf(&text, HEAD "paths: {/good: {get: {}}, '%s': {get: {operationId: bad}}}\n",
                   cases[i].path);
        struct diags told;
        diags_init(&told);
        struct contract *contract = load_text(buf_text(&text), &told);
        assert_non_null(contract);
        assert_int_equal(told.errors, 1);
        assert_says(&told, DIAG_ERROR, cases[i].words);
        struct operation *bad = operation_named(contract, "bad");
        assert_int_equal(bad->state, OPERATION_BROKEN);
        assert_true(operation_prepare(contract, operation_named(contract, "GET /good"), NULL));
        struct route_match match;
        assert_int_equal(route_find(contract, HTTP_GET, str_from("/good"), &match), ROUTE_FOUND);
        assert_int_not_equal(route_find(contract, HTTP_GET, str_from(cases[i].path), &match),
                             ROUTE_FOUND);
        diags_free(&told);
        contract_release(contract);
        buf_free(&text);
    }
}

static void a_broken_path_item_costs_nobody_else(void **state)
{
    (void)state;
    struct contract *contract = load_text(
        HEAD "paths: {/a: 5, /b: {$ref: '#/components/pathItems/No'}, /c: {get: {}}}\n", &diags);
    assert_non_null(contract);
    assert_int_equal(diags.errors, 2);
    assert_says(&diags, DIAG_ERROR, "a path item must be an object");
    assert_int_equal(contract->operation_count, 1);
    assert_true(operation_prepare(contract, operation_named(contract, "GET /c"), NULL));
    contract_release(contract);
}

static void a_mistake_that_many_share_is_told_once(void **state)
{
    (void)state;
    struct contract *contract =
        load_text(HEAD "security: [{nobody: []}]\n"
                       "paths: {/a: {parameters: [5], get: {}, put: {}, post: {security: []}}}\n",
                  &diags);
    assert_non_null(contract);
    assert_int_equal(diags.errors, 2);
    assert_int_equal(operation_named(contract, "GET /a")->problems.errors, 2);
    assert_int_equal(operation_named(contract, "PUT /a")->problems.errors, 2);
    assert_int_equal(operation_named(contract, "POST /a")->problems.errors, 1);
    contract_release(contract);
}

/* --- warnings --------------------------------------------------------------------------------- */

static void expect_warning(const char *text, const char *words)
{
    struct diags told;
    diags_init(&told);
    struct contract *contract = load_text(text, &told);
    assert_non_null(contract);
    if (told.errors > 0)
        show(&told);
    assert_int_equal(told.errors, 0);
    assert_says(&told, DIAG_WARNING, words);
    assert_true(contract_prepare_all(contract, NULL));
    diags_free(&told);
    contract_release(contract);
}

/* A word that OpenAPI does not know, in each kind of object. */
static void words_without_a_meaning_are_warned_of(void **state)
{
    (void)state;
    static const char *const remedies[] = {
        "\"responses\"", "\"parameters\"", "\"style\"",           "\"content\"",
        "\"headers\"",   "\"schema\"",     "\"securitySchemes\"", "\"x-understudy\"",
    };
    static const char *const operations[] = {
        "{respones: {}}",
        "{parametrs: []}",
        "{parameters: [{name: q, in: query, schema: {}, stlye: form}]}",
        "{requestBody: {content: {}, contnet: {}}}",
        "{responses: {'200': {description: d, haeders: {}}}}",
        "{responses: {'200': {description: d, content: {a/b: {shema: {}}}}}}",
        "{}\ncomponents: {securitySchema: {}}",
        "{x-understdy: {}}",
    };
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        struct diags told;
        struct buf text;
        diags_init(&told);
        buf_init(&text, NULL);
        buf_printf(&text, HEAD "x-other: 1\npaths:\n  /a:\n    get: %s\n", operations[i]);
        struct contract *contract = load_text(buf_text(&text), &told);
        assert_non_null(contract);
        assert_int_equal(told.warnings, 1);
        assert_int_equal(told.errors, 0);
        assert_non_null(strstr(told.first->remedy, remedies[i]));
        assert_non_null(told.first->place.source);
        diags_free(&told);
        contract_release(contract);
        buf_free(&text);
    }
    expect_warning(HEAD "path: {}\npaths: {/a: {get: {}}}\n",
                   "unknown word \"path\" in the document");
    expect_warning(HEAD "paths: {/a: {x-understudy: {}, get: {}}}\n", "no effect in a path item");
    struct contract *contract = load_sound(HEAD "paths: {/a: {get: {x-understudy: {}, x-u: 1}}}\n");
    contract_release(contract);
}

static void what_is_odd_but_can_be_served_is_a_warning(void **state)
{
    (void)state;
    expect_warning(HEAD "paths: {'/a/{b}': {get: {}}, '/a/{c}': {get: {}}}\n",
                   "GET /a/{c} can never be reached: GET /a/{b} has the same path");
    expect_warning(HEAD "paths: {'/a/{b}': {get: {}}}\n", "{b} of GET /a/{b} is not declared");
    expect_warning(HEAD "paths: {/a: {get: {parameters: [{name: b, in: path, required: true,\n"
                        "  schema: {}}]}}}\n",
                   "the path parameter \"b\" is not in /a, so it is ignored");
    expect_warning(HEAD "paths: {'/{b}': {get: {parameters: [{name: b, in: path, schema: {}}]}}}\n",
                   "\"b\" is not marked as required");
    expect_warning(HEAD "paths: {/a: {get: {parameters: [{name: b, in: query}]}}}\n",
                   "\"b\" has neither schema nor content");
    expect_warning(HEAD "paths: {/a: {get: {parameters: [{name: b, in: query, schema: {}},\n"
                        "  {name: b, in: query, schema: {}}]}}}\n",
                   "the query parameter \"b\" is listed twice");
    expect_warning(HEAD "paths: {/a: {get: {operationId: x}, put: {operationId: x}}}\n",
                   "the operationId \"x\" is used twice");
    expect_warning(HEAD "paths: {/a: {gett: {}}}\n", "\"gett\" of /a is no method");
    expect_warning(HEAD "paths: {'/a?b=c': {get: {}}}\n", "has no ? or #");
    expect_warning(HEAD "paths: {/a: {get: {requestBody: {content: {json: {}}}}}}\n",
                   "\"json\" is no media type");
    expect_warning(HEAD "paths: {/a: {$ref: '#/components/pathItems/A', get: {}}}\n"
                        "components: {pathItems: {A: {put: {}}}}\n",
                   "what stands beside $ref in a path item is ignored");
    expect_warning("openapi: 3.0.3\ninfo: {title: t, version: v}\npaths: {/a: {get: {}}}\n",
                   "GET /a has no responses");
    expect_warning("openapi: 3.1.0\npaths: {/a: {get: {}}}\n", "the document has no `info`");
    expect_warning(HEAD, "the document declares no operation");
    expect_warning(HEAD "jsonSchemaDialect: https://example.com/mine\npaths: {/a: {get: {}}}\n",
                   "this JSON Schema dialect is not known");
    expect_warning("openapi: 3.2.0\ninfo: {title: t, version: v}\npaths: {/a: {get: {}}}\n", "3.2");
}

static void servers_may_be_wrong_without_harm(void **state)
{
    (void)state;
    struct contract *contract = load_text(
        HEAD "servers: [{url: 'https://{host}/a'}, {}, {url: /b}, {url: '/{c}/../x/./y//'},\n"
             "  {url: '/{d}', variables: {d: {default: 5}}}]\n"
             "paths: {/a: {servers: 5, get: {}}}\n",
        &diags);
    assert_non_null(contract);
    assert_says(&diags, DIAG_ERROR, "the server variable \"host\" has no default");
    assert_says(&diags, DIAG_ERROR, "a server has no `url`");
    assert_says(&diags, DIAG_ERROR, "the server variable \"c\" has no default");
    assert_says(&diags, DIAG_ERROR, "`servers` is no list");
    assert_int_equal(contract->base_path_count, 2);
    assert_str(contract->base_paths[0], "/b");
    assert_str(contract->base_paths[1], "/5");
    assert_true(operation_prepare(contract, operation_named(contract, "GET /a"), NULL));
    contract_release(contract);
}

static void server_urls_give_base_paths(void **state)
{
    (void)state;
    struct contract *contract = load_sound(
        HEAD "servers:\n"
             "- url: https://h/a/../b/./c//?q#f\n"
             "- url: '{any}/v{n}'\n"
             "  variables: {any: {default: 'https://h:1/x'}, n: {default: '1', enum: ['1', '2']}}\n"
             "- url: ../up\n"
             "- url: .\n"
             "- url: 'https://{region}.h/{region}'\n"
             "  variables: {region: {default: eu, enum: [eu, us]}}\n"
             "paths: {/a: {get: {}}}\n");
    static const char *const expected[] = {"/b/c", "/x/v1", "/x/v2", "/up", "/eu", "/us"};
    assert_int_equal(contract->base_path_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < contract->base_path_count; i++)
        assert_str(contract->base_paths[i], expected[i]);
    contract_release(contract);
}

/* More values than anybody wants as base paths: the defaults stand for them. */
static void wide_server_variables_are_bounded(void **state)
{
    (void)state;
    struct contract *contract = load_sound(
        HEAD "servers:\n"
             "- url: '/{a}{b}{c}{d}{e}{f}{g}{h}'\n"
             "  variables: {a: &v {default: x, enum: [x, y]}, b: *v, c: *v, d: *v, e: *v, f: *v,\n"
             "              g: *v, h: *v}\n"
             "paths: {/a: {get: {}}}\n");
    assert_int_equal(contract->base_path_count, 64);
    assert_str(contract->base_paths[0], "/xxxxxxxx");
    contract_release(contract);
}

/* --- several files ---------------------------------------------------------------------------- */

static void write_into(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void remove_from(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(unlink(path), 0);
}

/*
 * A path item in a second file, which refers to a parameter and a schema of its
 * own, to a schema in a third, and to a URL that is mapped to a fourth. The
 * last two are first met when the operation is prepared; the options that named
 * the map are gone by then.
 */
static void parts_may_lie_in_other_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/understudy-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    write_into(folder, "main.yaml",
               HEAD "paths: {'/a/{id}': {$ref: 'items.yaml#/a'}, /b: {$ref: 'none.yaml'},\n"
                    "        /c: {get: {parameters: [{$ref: 'items.yaml#/no'}]}}}\n");
    write_into(folder, "items.yaml",
               "a:\n"
               "  parameters: [{$ref: '#/id'}]\n"
               "  get:\n"
               "    responses:\n"
               "      '200': {description: d, content: {application/json: {schema:\n"
               "              {$ref: 'schemas.yaml#/Pet'}}}}\n"
               "      '400': {description: d, content: {application/json: {schema:\n"
               "              {$ref: 'https://example.com/problem'}}}}\n"
               "  put: {requestBody: {content: {a/b: {schema: {$ref: 'schemas.yaml#/None'}}}}}\n"
               "id: {name: id, in: path, required: true, schema: {$ref: '#/number'}}\n"
               "number: {type: integer}\n");
    write_into(folder, "schemas.yaml",
               "Pet: {type: object, properties: {friends: {items: {$ref: '#/Pet'}}}}\n");
    write_into(folder, "problem.json", "{\"type\": \"object\"}");

    char main_path[128];
    char problem_path[128];
    snprintf(main_path, sizeof main_path, "%s/main.yaml", folder);
    snprintf(problem_path, sizeof problem_path, "%s/problem.json", folder);
    struct url_map *map = malloc(sizeof *map);
    assert_non_null(map);
    *map = (struct url_map){strdup("https://example.com/problem"), strdup(problem_path)};
    struct contract_options options = {.documents = {.maps = map, .map_count = 1}};
    struct contract *contract = contract_load(main_path, &options, &diags);
    free((void *)(uintptr_t)map->url);
    free((void *)(uintptr_t)map->path);
    free(map);
    assert_non_null(contract);
    assert_int_equal(diags.errors, 2); /* /b, and the parameter of /c */

    struct operation *get = operation_named(contract, "GET /a/{id}");
    if (!operation_prepare(contract, get, &diags))
        show(&diags);
    assert_int_equal(get->state, OPERATION_READY);
    assert_int_equal(get->parameter_count, 1);
    assert_non_null(operation_response(get, 200)->content[0].schema);
    assert_false(operation_prepare(contract, operation_named(contract, "PUT /a/{id}"), NULL));
    assert_false(operation_prepare(contract, operation_named(contract, "GET /c"), NULL));
    struct route_match match;
    assert_int_equal(route_find(contract, HTTP_GET, str_from("/a/7"), &match), ROUTE_FOUND);
    struct arena arena;
    arena_init(&arena, 256, NULL);
    struct json_node *value;
    struct parameter_input input = {.route = &match};
    assert_int_equal(parameter_read(&get->parameters[0], &input, &arena, &value),
                     PARAMETER_PRESENT);
    assert_int_equal(value->type, JSON_NUMBER);
    arena_clear(&arena);
    contract_release(contract);

    static const char *const files[] = {"main.yaml", "items.yaml", "schemas.yaml", "problem.json"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        remove_from(folder, files[i]);
    assert_int_equal(rmdir(folder), 0);
}

/* --- documents that cannot be served ------------------------------------------------------------
 */

static void expect_refused(const char *text, const char *words)
{
    struct diags told;
    diags_init(&told);
    assert_null(load_text(text, &told));
    assert_true(told.errors >= 1);
    assert_says(&told, DIAG_ERROR, words);
    /* the sources live on with the diagnostics */
    struct buf out;
    buf_init(&out, NULL);
    diags_print(&told, &out);
    assert_non_null(strstr(buf_text(&out), words));
    buf_free(&out);
    diags_free(&told);
}

static void what_is_no_openapi_is_refused(void **state)
{
    (void)state;
    expect_refused("paths: {/a: {get: {}}}\n", "openapi");
    expect_refused("swagger: '2.0'\npaths: {}\n", "Swagger");
    expect_refused("openapi: 4.0.0\npaths: {}\n", "4.0.0");
    expect_refused("- openapi\n", "object");
    expect_refused("openapi: 3.1.0\npaths: []\n", "`paths` must be an object, not an array");
    expect_refused("openapi: 3.0.0\ninfo: {title: t, version: v}\n", "the document has no `paths`");
    expect_refused("openapi: [", "");
    struct contract_options options = {.assert_formats = true};
    assert_null(contract_load("/nonexistent/openapi.yaml", &options, &diags));
    assert_int_equal(diags.errors, 1);
}

static void a_discarded_contract_leaves_readable_diagnostics(void **state)
{
    (void)state;
    struct contract *contract = load_text(HEAD "paths: {/a: {get: 5}}\n", &diags);
    assert_non_null(contract);
    contract_discard(contract, &diags);
    struct buf out;
    buf_init(&out, NULL);
    diags_print(&diags, &out);
    assert_non_null(strstr(buf_text(&out), "paths: {/a: {get: 5}}"));
    buf_free(&out);
}

static void methods_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < HTTP_METHOD_COUNT; i++)
        assert_int_equal(http_method_from(str_from(http_method_name((enum http_method)i))), i);
    assert_int_equal(http_method_from(str_from("get")), HTTP_METHOD_COUNT);
    assert_int_equal(http_method_from(str_from("")), HTTP_METHOD_COUNT);
    assert_int_equal(http_method_from(str_from("QUERY")), HTTP_METHOD_COUNT);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sound_document_is_taken_over_whole),
        TEST(parameters_are_merged_and_sorted),
        TEST(bodies_and_responses_are_found),
        TEST(the_contract_lives_while_it_is_referred_to),
        TEST(preparing_compiles_every_schema),
        TEST(a_broken_schema_breaks_its_operation_only),
        TEST(all_mistakes_are_listed_once),
        TEST(many_threads_may_prepare),
        TEST(broken_parameters_break_their_operation),
        TEST(broken_bodies_and_responses_break_their_operation),
        TEST(broken_security_breaks_its_operation),
        TEST(a_path_that_is_no_template_is_kept_out_of_the_routes),
        TEST(a_broken_path_item_costs_nobody_else),
        TEST(a_mistake_that_many_share_is_told_once),
        TEST(what_is_odd_but_can_be_served_is_a_warning),
        TEST(servers_may_be_wrong_without_harm),
        TEST(server_urls_give_base_paths),
        TEST(wide_server_variables_are_bounded),
        TEST(parts_may_lie_in_other_files),
        TEST(what_is_no_openapi_is_refused),
        TEST(words_without_a_meaning_are_warned_of),
        TEST(a_discarded_contract_leaves_readable_diagnostics),
        TEST(methods_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
