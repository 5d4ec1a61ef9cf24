/*
 * behavior_names: do the names in an overlay exist in the document?
 *
 * `page` names query parameters, `key` members of the records, and all the
 * operations on one collection should name the same key. A slip there would
 * only show when a page is not cut, or a record not found.
 */
#ifndef MOCK_BEHAVIOR_NAMES_H
#define MOCK_BEHAVIOR_NAMES_H

#include "mock/part.h"

/*
 * Looks at all finished operations that act on the store. Errors for parameters
 * that there are not; warnings for keys, which may still work.
 */
void behavior_check_names(struct part *part, struct diags *diags);

#endif
