/*
 * rule_compare: two JSON values held against each other. Pure functions.
 */
#ifndef MOCK_RULE_COMPARE_H
#define MOCK_RULE_COMPARE_H

#include "json/node.h"

enum compare_as {
    COMPARE_VALUES,        /* numbers with numbers, strings with strings */
    COMPARE_NUMBERS,       /* exactly, at any size */
    COMPARE_STRINGS,       /* by code points */
    COMPARE_DATE_TIMES,    /* instants; any number of fraction digits counts */
    COMPARE_PYDANTIC_TIMES /* instants as pydantic holds them: to the microsecond */
};

enum compare_operator {
    OPERATOR_LESS,
    OPERATOR_LESS_OR_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_OR_EQUAL,
    OPERATOR_EQUAL,
    OPERATOR_NOT_EQUAL,
};

/* What becomes of two date-times of which only one has a zone. */
enum compare_mixed {
    MIXED_UTC,  /* the one without is taken for UTC */
    MIXED_PASS, /* the rule does not apply */
    MIXED_FAIL, /* the comparison itself fails, as in Python */
};

struct rule_comparison {
    enum compare_as as;
    enum compare_operator op;
    enum compare_mixed mixed;
};

enum compare_outcome {
    COMPARE_HOLDS, /* also where the values cannot be compared: types are the schema's business */
    COMPARE_BROKEN,
    COMPARE_FAILS, /* MIXED_FAIL */
};

/*
 * Date-times are RFC 3339 with leap seconds, and all that pydantic reads (see
 * schema/pydantic/time.h). Two without a zone are compared as they are.
 */
enum compare_outcome rule_compare(const struct rule_comparison *comparison,
                                  const struct json_node *left, const struct json_node *right);

#endif
