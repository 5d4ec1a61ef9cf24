/*
 * compiler: one call of schema_compile. Private to schema/.
 *
 * A call makes all programs that its root reaches, in an arena of its own. The
 * list of the schemas it made is also its queue, so nothing recurses however
 * deep a document is. If anything is wrong all of it is thrown away: nobody
 * ever sees a program with a hole.
 *
 *   compile.c   the queue and the publication
 *   rules.c     one schema object: its keywords into rules
 *   finish.c    what can be told only of the whole: cycles, dynamic scope,
 *               discriminators
 */
#ifndef SCHEMA_COMPILER_H
#define SCHEMA_COMPILER_H

#include "schema/registry.h"

struct compiler {
    struct schema_registry *registry;
    struct arena *arena; /* for the programs */
    struct diags *diags;
    struct schema **schemas; /* made by this call; on the heap */
    size_t count;
    size_t capacity;
    size_t next; /* the first that has no rules yet */
};

/*
 * The program for the schema at `node`, which lies in `resource`. One that is
 * new is queued and has no rules yet.
 */
struct schema *compiler_want(struct compiler *compiler, const struct json_node *node,
                             struct schema_resource *resource);

/* The set of places that a $dynamicRef to `name` may lead to. */
struct schema_dynamic_anchor *compiler_dynamic_anchor(struct compiler *compiler, struct str name);

/* Gives a schema its rules (rules.c). */
void rules_build(struct compiler *compiler, struct schema *schema);

/* Completes and checks all schemas of the call (finish.c). */
void compiler_finish(struct compiler *compiler);

#endif
