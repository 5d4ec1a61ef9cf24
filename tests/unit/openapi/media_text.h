/* media_text: the media type of a body, compiled, for the tests of form and multipart. */
#ifndef UNIT_OPENAPI_MEDIA_TEXT_H
#define UNIT_OPENAPI_MEDIA_TEXT_H

#include "contract_text.h"

#include "json/writer.h"

static struct contract *media_contract;

/* `description` is what stands in the media type object, in YAML's flow style. */
static inline const struct media_type *media_from(const char *description)
{
    struct buf text;
    buf_init(&text, NULL);
    buf_printf(&text,
               "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /f:\n    post:\n"
               "      requestBody: {content: {x/y: {%s}}}\n",
               description);
    contract_release(media_contract);
    media_contract = load_sound(buf_text(&text));
    buf_free(&text);
    struct operation *operation = operation_named(media_contract, "POST /f");
    assert_true(operation_prepare(media_contract, operation, NULL));
    return &operation->bodies[0];
}

static inline int release_media(void **state)
{
    (void)state;
    contract_release(media_contract);
    media_contract = NULL;
    return 0;
}

/* The JSON text of what was read, or "refused: why". */
static inline const char *media_answer(const struct json_node *node, const char *problem)
{
    static char answer[4096];
    struct buf text;
    if (node == NULL) {
        assert_non_null(problem);
        snprintf(answer, sizeof answer, "refused: %s", problem);
        return answer;
    }
    buf_init(&text, NULL);
    json_write(&text, node, JSON_EXACT);
    snprintf(answer, sizeof answer, "%s", buf_text(&text));
    buf_free(&text);
    return answer;
}

#endif
