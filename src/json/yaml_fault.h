/*
 * yaml_fault: libyaml's syntax errors in words for the author of the text.
 *
 * libyaml says "did not find expected key" and points to where it gave up;
 * people need to know what they wrote, where it begins and what to write
 * instead. One error, one diagnostic.
 */
#ifndef JSON_YAML_FAULT_H
#define JSON_YAML_FAULT_H

#include "base/diag.h"

struct yaml_fault {
    const char *problem; /* libyaml's words */
    size_t offset;       /* in bytes; where the problem shows */
    const char *context; /* "while scanning a quoted scalar", or NULL */
    size_t context_offset;
    int value; /* reader errors: the byte or character at fault, else -1 */
};

/* Adds the one error that tells `fault`. */
void yaml_fault_report(const struct yaml_fault *fault, const struct source *source,
                       struct diags *diags);

#endif
