/*
 * violate: answers that break their own schema, on purpose.
 *
 * What does a client do with a 200 whose body its contract rules out? A fault
 * plan's `violate` names ways to break; the place is drawn from all places of
 * the real answer where that way is possible, and a break counts only if the
 * validator finds more wrong with the answer than before.
 */
#ifndef MOCK_VIOLATE_H
#define MOCK_VIOLATE_H

#include "fault/decide.h"
#include "schema/validate.h"
#include "json/writer.h"

/*
 * Returns `body`, a JSON text, broken in each of `kinds` (bits of enum
 * fault_violation; FAULT_WRONG_CONTENT_TYPE is the caller's business). `schema`
 * is what the body should fit, or NULL: then only FAULT_MALFORMED_JSON is
 * possible. The same body, schema, kinds and seed give the same result, which
 * lives in the arena (or is `body` itself, where nothing could be broken).
 *
 * Puts one object for each kind into the array that `notes` writes:
 * {"kind":"null","path":"/items/0/name"}, or {"kind":"wrong-const","skipped":
 * "the reason"}. An extra member where the schema allows others is no violation,
 * but some clients think so: it is added where there is no closed object, and
 * noted with "allowed":true.
 */
struct str violate_body(struct str body, const struct schema *schema, uint32_t kinds, uint64_t seed,
                        struct arena *arena, struct json_writer *notes);

#endif
