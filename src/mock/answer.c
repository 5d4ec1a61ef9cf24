#include "mock/answer.h"

#include "mock/dialect.h"
#include "schema/example.h"
#include "json/writer.h"

/* `example`, or the first of a media type's `examples` with its `value`. */
static const struct json_node *declared_example(const struct media_type *content)
{
    const struct json_node *example = json_member(content->node, "example");
    if (example != NULL)
        return example;
    const struct json_node *examples = json_member(content->node, "examples");
    const struct json_node *first = json_is(examples, JSON_OBJECT) ? json_first(examples) : NULL;
    return first != NULL ? json_member(first, "value") : NULL;
}

static bool write_example(struct exchange *exchange, const struct media_type *content,
                          struct buf *out)
{
    const struct json_node *example = declared_example(content);
    if (example != NULL) {
        json_write(out, example, JSON_EXACT);
        return true;
    }
    if (content->schema == NULL) {
        buf_add_text(out, "{}");
        return true;
    }
    struct rng rng;
    rng_seed_nth(&rng, exchange->world->seed, exchange->operation->index);
    struct example_options options = {.rng = &rng, .direction = DIRECTION_RESPONSE};
    return example_write(content->schema, &options, exchange->arena, out);
}

void answer_example(struct exchange *exchange)
{
    const struct role *role = exchange->role;
    if (role->success == NULL) {
        exchange_answer_empty(exchange, role->status);
        return;
    }
    struct buf out = exchange_buf(exchange);
    if (write_example(exchange, role->success, &out))
        exchange_answer(exchange, role->status, "application/json", buf_str(&out));
    else
        exchange->dialect->refuse(exchange, REFUSE_BROKEN,
                                  "No example of the answer's schema could be made: give the "
                                  "response an `example`, by an overlay for instance.");
}
