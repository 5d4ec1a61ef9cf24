/* problems: what several operations say about the same mistake, told once. */
#ifndef OPENAPI_PROBLEMS_H
#define OPENAPI_PROBLEMS_H

#include "base/diag.h"

/* Adds to `into` what `from` says and `into` does not: the same words at the same place. */
void problems_merge(struct diags *into, const struct diags *from);

#endif
