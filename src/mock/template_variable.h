/*
 * template_variable: what stands between "${" and "}" in a template.
 *
 * A variable is a row in a table: its name and a function that takes its value
 * from the scene. To add one, add a row (and a line to template.h).
 */
#ifndef MOCK_TEMPLATE_VARIABLE_H
#define MOCK_TEMPLATE_VARIABLE_H

#include "mock/template.h"

/* A scene with the violation that is told of now. */
struct telling {
    const struct template_scene *scene;
    const struct violation *violation; /* or NULL */
};

enum template_value_kind {
    VALUE_NONE,
    VALUE_TEXT, /* printed in quotes where it stands alone */
    VALUE_JSON,
};

struct template_value {
    enum template_value_kind kind;
    struct str text;
};

/* The value of a variable; VALUE_NONE where there is no such variable, or nothing to tell. */
struct template_value template_variable_value(const struct telling *telling, struct str name);

/* True if a template of that use may name it. */
bool template_variable_exists(struct str name, enum template_use use);

/* The nearest name, or all of them: for whoever got it wrong. */
const char *template_variable_help(struct arena *arena, struct str wrong, enum template_use use);

#endif
