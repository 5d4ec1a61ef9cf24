/*
 * branches: why no alternative of an anyOf fits, or not exactly one of a oneOf.
 * Private to schema/.
 */
#ifndef SCHEMA_BRANCHES_H
#define SCHEMA_BRANCHES_H

#include "schema/run.h"

/*
 * Reports one violation of the keyword at `rule`, with what each branch has to
 * say, and which of them is nearest. False, always.
 */
bool branches_report(struct spot *spot, enum keyword keyword, const struct json_node *rule,
                     const struct schema_list *list, size_t matched);

#endif
