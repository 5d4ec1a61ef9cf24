/*
 * overlay_check: an overlay's file as a list of actions that can be applied.
 *
 * All fields are looked at and all mistakes told, so that an author mends them
 * at once: unknown fields (with the nearest known one), wrong types, what is
 * missing, targets that are no JSONPath.
 */
#ifndef OPENAPI_OVERLAY_CHECK_H
#define OPENAPI_OVERLAY_CHECK_H

#include "base/diag.h"
#include "openapi/jsonpath.h"

struct overlay_action {
    const struct json_node *node;
    const struct json_node *target; /* a string */
    const struct json_node *update; /* or NULL */
    bool removes;
    struct jsonpath path; /* what `target` says */
};

struct overlay_actions {
    struct overlay_action *items;
    size_t count;
};

/* False if there was an error; the actions, in the arena, are then of no use. */
bool overlay_check(struct arena *arena, const struct json_node *overlay,
                   struct overlay_actions *actions, struct diags *diags);

#endif
