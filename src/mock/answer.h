/*
 * answer: answers out of the contract: examples, and values made from a schema.
 */
#ifndef MOCK_ANSWER_H
#define MOCK_ANSWER_H

#include "mock/exchange.h"

/* The JSON media type that the contract declares for a status, or NULL. */
const struct media_type *answer_declared(const struct operation *operation, int status);

/* What somebody wants an example to be like; all zero: whatever there is. */
struct answer_wish {
    struct str example; /* name of an entry of `examples`; empty: any */
    bool dynamic;       /* invent a value, even where the document gives one */
    bool has_seed;
    uint64_t seed; /* of what is invented; else the world's seed decides */
};

enum answer_outcome {
    ANSWER_WRITTEN,
    ANSWER_NO_EXAMPLE, /* none of that name */
    ANSWER_IMPOSSIBLE, /* no value of the schema could be made */
};

/*
 * Appends the media type's example, else that of its schema, else a generated
 * value. Without a wish it depends on the world's seed and the operation only;
 * a dynamic one without a seed differs from request to request.
 */
enum answer_outcome answer_write(struct exchange *exchange, const struct media_type *content,
                                 const struct answer_wish *wish, struct buf *out);

/* `example`, or one of the media type's `examples`: that of the name, else the first; or NULL. */
const struct json_node *answer_find_example(const struct exchange *exchange,
                                            const struct media_type *content, struct str name);

/* Appends a value that is made from the schema; ANSWER_WRITTEN or ANSWER_IMPOSSIBLE. */
enum answer_outcome answer_generate(struct exchange *exchange, const struct schema *schema,
                                    const struct answer_wish *wish, struct buf *out);

/* Answers with that, or with a stream of them, for the operation's success response. */
void answer_example(struct exchange *exchange);

#endif
