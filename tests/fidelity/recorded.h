/*
 * recorded: a recorded request, put to a stand-in in memory.
 *
 * What is returned lives in the arena that is passed.
 */
#ifndef FIDELITY_RECORDED_H
#define FIDELITY_RECORDED_H

#include "support/server.h"
#include "json/node.h"

struct recorded_answer {
    int status;
    const struct response *response;
    struct str text;
    struct json_node *body; /* NULL: not JSON */
};

/* The text as Python's json reads it, or NULL. */
struct json_node *recorded_parse(struct arena *arena, struct str text);

/*
 * Asks what `request` ({method, path, headers, body or body_base64}) says; a body that is no
 * string is none. Headers are an object, or pairs.
 */
struct recorded_answer recorded_ask(struct stand_in *stand_in, struct arena *arena,
                                    const struct json_node *request);

/* The same with another body than the recorded one. */
struct recorded_answer recorded_ask_with(struct stand_in *stand_in, struct arena *arena,
                                         const struct json_node *request, struct str body);

#endif
