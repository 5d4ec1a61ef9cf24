/*
 * dialect_template: bodies of errors as an overlay writes them, over any dialect.
 *
 *     x-understudy:
 *       errors:
 *         422: {status: 400, body: {code: invalid, errors: {$each: violations, $item: ...}}}
 *         4XX: {content_type: text/plain, body: "${title}: ${detail}"}
 *         default: {body: {message: "${detail}"}}
 *
 * Keys are statuses as the dialect below would answer them: exact ones win over
 * 4XX and 5XX, these over default; an operation's entries win over the root's.
 * The dialect below still decides what is an error, and adds its headers; the
 * template gives the body, its content type, and another status if it says so.
 */
#ifndef MOCK_DIALECT_TEMPLATE_H
#define MOCK_DIALECT_TEMPLATE_H

#include "mock/dialect.h"
#include "mock/overlay_words.h"
#include "mock/template.h"

struct error_bodies;

/* Reads an `errors` object into the reader's arena; mistakes go to its diags. Never NULL. */
const struct error_bodies *error_bodies_read(const struct overlay_reader *reader,
                                             const struct json_node *node);

/*
 * `inner` with the bodies over it: `own` first, then `common` (either may be
 * NULL; with neither `inner` itself is returned). Lives in the arena.
 */
const struct dialect *dialect_with_bodies(struct arena *arena, const struct dialect *inner,
                                          const struct error_bodies *own,
                                          const struct error_bodies *common);

/*
 * Gives the exchange's answer the body that a template has for the scene's
 * status. False, and nothing happens, where there is no such template.
 */
bool dialect_dress(struct exchange *exchange, const struct template_scene *scene);

#endif
