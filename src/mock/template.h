/*
 * template: the body of an error, written in an overlay, with what happened spliced in.
 *
 * A template is a JSON value. It is printed as it stands, but for three things:
 *
 *     "${status}"                    a string that is one variable: the variable's value
 *     "${field}: ${message}"         variables inside a text; "$${" stands for "${"
 *     {$each: violations, $item: T}  a list: T once for each violation
 *
 * Variables about the answer: status, title (the status in words), detail (one
 * sentence), count (of violations), now, uuid, request.method, request.path,
 * request.operation, request.header.NAME. About a violation: in (body, query,
 * path, header, cookie), path (items[0].id), pointer (/items/0/id), loc (["body",
 * "items", 0, "id"]), field (id), keyword, message, value, rule (file:line:column).
 * Outside of $each these are the first violation's; without any, `message` is the
 * detail and the others are null, or nothing inside a text.
 *
 * Templates are read once (template_check) and written straight from the
 * document's tree. Their depth is bounded, so is the recursion.
 */
#ifndef MOCK_TEMPLATE_H
#define MOCK_TEMPLATE_H

#include "mock/exchange.h"
#include "mock/overlay_words.h"

/* What a template tells of. */
struct template_scene {
    const struct exchange *exchange; /* may be NULL in tests: then nothing about the request */
    struct arena *arena;             /* for scratch */
    int status;
    struct str detail;                  /* empty: made of the first violation */
    const struct violation *violations; /* a list, or NULL */
    size_t count;
    const char *keyword; /* instead of the violations' own, or NULL */
};

/* Which variables a text may name. */
enum template_use {
    TEMPLATE_BODY,    /* all */
    TEMPLATE_MESSAGE, /* a violation's message: all but message and detail themselves */
};

/*
 * Reports what is wrong with a template: unknown variables (with the nearest),
 * an open "${", an $each without $item, too much nesting. True if it is good.
 */
bool template_check(const struct overlay_reader *reader, const struct json_node *node,
                    enum template_use use);

/* How variables are written into a text that is not JSON. */
enum template_escape {
    TEMPLATE_PLAIN,
    TEMPLATE_XML, /* & < > " ' as entities; for HTML too */
};

/* Appends the template's JSON text. The template must have passed template_check. */
void template_write(const struct json_node *node, const struct template_scene *scene,
                    struct buf *out);

/* Appends a text with its variables filled in, not as JSON. */
void template_write_text(struct str text, const struct template_scene *scene,
                         enum template_escape escape, struct buf *out);

#endif
