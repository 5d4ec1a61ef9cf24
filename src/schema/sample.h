/*
 * sample: a text that matches a regular expression.
 *
 * For examples of schemas with a `pattern`. Knows literals, classes, escapes,
 * groups, alternatives, quantifiers and anchors; what looks around is passed
 * over, what refers back is out of reach. The caller checks the result against
 * the real pattern. Takes some 10 KB of stack.
 */
#ifndef SCHEMA_SAMPLE_H
#define SCHEMA_SAMPLE_H

#include "base/buf.h"
#include "base/rng.h"

/*
 * Appends a text that should match `expression`. False (with nothing appended)
 * where the expression uses something that is not known. `extra` is how often an
 * open-ended quantifier repeats beyond its least: raise it for longer texts. Which
 * of several alternatives is taken is drawn.
 */
bool sample_pattern(struct str expression, struct rng *rng, unsigned extra, struct buf *out);

#endif
