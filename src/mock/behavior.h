/*
 * behavior: the `x-understudy` object of an operation, read and checked.
 *
 *     x-understudy:
 *       collection: things
 *       action: upsert          # create, upsert, read, list, update, delete
 *       items: /items           # where the records are, in request and answer; default: the body
 *       key: [id]
 *       fill:                   # what the server adds where the client sent nothing
 *         id: {uuid: 4}
 *         owner: {header: x-owner, default: nobody}
 *         kind: {value: {a: 1}}
 *         created_at: {now: rfc3339}
 *         parent: {path: parent_id}
 *       wrap:                   # the same for the answer's own members, around the records
 *         object: {value: list}
 *         has_more: {page: more}
 *       page: {limit: limit, after: starting_after}   # list: names of query parameters
 */
#ifndef MOCK_BEHAVIOR_H
#define MOCK_BEHAVIOR_H

#include "mock/part.h"

/*
 * Reads it into the arena. NULL with errors in diags if anything in it is wrong.
 * Shapes and schemas are left for the caller, who knows the compiled answer.
 */
struct behavior *behavior_read(struct arena *arena, const struct json_node *node,
                               struct diags *diags);

#endif
