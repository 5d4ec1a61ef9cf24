#include "mock/answer.h"

#include "mock/dialect.h"
#include "mock/stream.h"
#include "schema/example.h"
#include "json/pointer.h"
#include "json/writer.h"

const struct media_type *answer_declared(const struct operation *operation, int status)
{
    const struct response_spec *response = operation_response(operation, status);
    for (size_t i = 0; response != NULL && i < response->content_count; i++)
        if (media_type_is_json(response->content[i].range))
            return &response->content[i];
    return NULL;
}

/* The `value` of an example object, which may stand among the components of the document. */
static const struct json_node *example_value(const struct exchange *exchange,
                                             const struct json_node *example)
{
    struct str reference = json_member_text(example, "$ref", str_from(""));
    if (str_starts_with(reference, "#"))
        example =
            json_pointer_find_fragment(exchange->part->contract->root, str_after(reference, 1));
    return json_member(example, "value");
}

const struct json_node *answer_find_example(const struct exchange *exchange,
                                            const struct media_type *content, struct str name)
{
    const struct json_node *examples = json_member(content->node, "examples");
    if (name.len > 0)
        return example_value(exchange, json_member_str(examples, name));
    const struct json_node *example = json_member(content->node, "example");
    if (example != NULL)
        return example;
    const struct json_node *first = json_is(examples, JSON_OBJECT) ? json_first(examples) : NULL;
    return first != NULL ? example_value(exchange, first) : NULL;
}

static void seed_rng(struct exchange *exchange, const struct answer_wish *wish, struct rng *rng)
{
    const struct generation *generation = &exchange->generation;
    bool random = wish->dynamic || generation->seed_kind == SEED_RANDOM;
    if (wish->has_seed)
        rng_seed_nth(rng, wish->seed, exchange->operation->index);
    else if (generation->seed_kind == SEED_GIVEN)
        rng_seed_nth(rng, generation->seed, exchange->operation->index);
    else if (random)
        world_rng(exchange->world, rng);
    else
        rng_seed_nth(rng, exchange->world->seed, exchange->operation->index);
}

static bool generate(struct exchange *exchange, const struct schema *schema,
                     const struct answer_wish *wish, struct example_lengths arrays, struct buf *out)
{
    struct rng rng;
    seed_rng(exchange, wish, &rng);
    struct example_options options = {
        .rng = &rng, .direction = DIRECTION_RESPONSE, .invent = wish->dynamic, .arrays = arrays};
    return example_write(schema, &options, exchange->arena, out);
}

/* Arrays in arrays can be too many; then an answer with fewer is better than none. */
enum answer_outcome answer_generate(struct exchange *exchange, const struct schema *schema,
                                    const struct answer_wish *wish, struct buf *out)
{
    struct example_lengths arrays = exchange->generation.arrays;
    static const struct example_lengths usual = {.given = false};
    if (generate(exchange, schema, wish, arrays, out) ||
        (arrays.given && generate(exchange, schema, wish, usual, out)))
        return ANSWER_WRITTEN;
    return ANSWER_IMPOSSIBLE;
}

enum answer_outcome answer_write(struct exchange *exchange, const struct media_type *content,
                                 const struct answer_wish *wish, struct buf *out)
{
    const struct json_node *example =
        wish->dynamic ? NULL : answer_find_example(exchange, content, wish->example);
    if (example != NULL) {
        json_write(out, example, JSON_EXACT);
        return ANSWER_WRITTEN;
    }
    if (wish->example.len > 0 && !wish->dynamic)
        return ANSWER_NO_EXAMPLE;
    if (content->schema == NULL) {
        buf_add_text(out, "{}");
        return ANSWER_WRITTEN;
    }
    return answer_generate(exchange, content->schema, wish, out);
}

void answer_example(struct exchange *exchange)
{
    const struct answer_wish wish = {.dynamic = exchange->mock->options.dynamic};
    const struct role *role = exchange->role;
    if (stream_answers(exchange))
        return;
    if (role->success == NULL) {
        exchange_answer_empty(exchange, role->status);
        return;
    }
    struct buf out = exchange_buf(exchange);
    if (answer_write(exchange, role->success, &wish, &out) == ANSWER_WRITTEN)
        exchange_answer(exchange, role->status, "application/json", buf_str(&out));
    else
        dialect_refuse(exchange, REFUSE_BROKEN,
                       "No example of the answer's schema could be made: give the "
                       "response an `example`, by an overlay for instance.");
}
