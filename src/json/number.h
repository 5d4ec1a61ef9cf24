/*
 * number: JSON numbers compared by their decimal text, exactly, at any size.
 *
 * Doubles are not enough for a contract: 2^53+1 is not 2^53, 0.0075 is a
 * multiple of 0.0001, 1.0 is an integer. All functions take number nodes with
 * valid lexemes; those with small mantissas and exponents take a fast path.
 */
#ifndef JSON_NUMBER_H
#define JSON_NUMBER_H

#include "json/node.h"

/*
 * <0, 0, >0 by value: 1, 1.0 and 1e0 are equal, -0 is 0. Infinity is beyond
 * every other number, 1e400 too; where one is NaN the answer is 1. Exponents
 * beyond 10^18 count as 10^18.
 */
int json_number_compare(const struct json_node *a, const struct json_node *b);

/* True if the value has no fractional part (1.0, 1e3, 10e-1). */
bool json_number_is_integer(const struct json_node *number);

/*
 * True if number / divisor is an integer. divisor must be > 0. Exact, in time
 * proportional to the digits and whatever the exponents, for divisors of up to
 * 18 significant digits. With longer ones the time is quadratic, so there the
 * answer is false where either number has more than 4096 digits.
 */
bool json_number_is_multiple(const struct json_node *number, const struct json_node *divisor);

/* True and the value if it is an integer in the range of int64_t. */
bool json_number_to_int(const struct json_node *number, int64_t *out);

/*
 * Deep equality as JSON Schema defines it (4.2.2): numbers by value, objects
 * unordered. Names in an object must be unique, as the readers see to. Not
 * recursive; the time is near-linear in the size, whatever the names.
 */
bool json_equal(const struct json_node *a, const struct json_node *b);

/*
 * A hash that is equal for json_equal values, for uniqueItems and enum. Not
 * recursive. Not keyed: who may choose the values can make them collide.
 */
uint32_t json_value_hash(const struct json_node *node);

#endif
