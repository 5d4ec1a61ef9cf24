#include "openapi/problems.h"

static bool same(const struct diag *a, const struct diag *b)
{
    return a->place.source == b->place.source && a->place.offset == b->place.offset &&
           a->level == b->level && strcmp(a->message, b->message) == 0;
}

static bool says(const struct diags *diags, const struct diag *wanted)
{
    for (const struct diag *diag = diags->first; diag != NULL; diag = diag->next)
        if (same(diag, wanted))
            return true;
    return false;
}

static void add(struct diags *into, const struct diag *diag)
{
    if (diag->level == DIAG_ERROR)
        diag_error(into, diag->place, diag->remedy, "%s", diag->message);
    else
        diag_warning(into, diag->place, diag->remedy, "%s", diag->message);
}

void problems_merge(struct diags *into, const struct diags *from)
{
    for (const struct diag *diag = from->first; diag != NULL; diag = diag->next)
        if (!says(into, diag))
            add(into, diag);
}
