/*
 * read: values as pydantic v2 reads them, before they are validated.
 *
 * pydantic validates what it has converted: "5" is 5 where an integer is
 * wanted, and then has to be at least 1. So a backend's leniency is a tree that
 * was read by its schema and is validated afterwards. What was converted is
 * marked JSON_CONVERTED and keeps the place of what was sent; what pydantic
 * refuses although JSON Schema would not (the year 0, 1e20 for an integer) is
 * marked JSON_REFUSED.
 */
#ifndef SCHEMA_PYDANTIC_READ_H
#define SCHEMA_PYDANTIC_READ_H

#include "schema/validate.h"

enum pydantic_extent {
    PYDANTIC_NUMBERS, /* numbers and booleans: what a parameter's text can only spell */
    PYDANTIC_VALUES,  /* all that lax mode takes */
};

/*
 * The value as the schema reads it: the very node where nothing changes, else
 * a new one in the arena that shares what is unchanged. A union reads as the
 * member that pydantic's smart mode would choose. Thread-safe; bounded in time
 * (beyond that the rest is left as it is) and in stack.
 */
const struct json_node *pydantic_read(const struct schema *schema, const struct json_node *value,
                                      enum pydantic_extent extent, struct arena *arena);

/* The value as it was sent; reads the source of a converted one again. */
const struct json_node *pydantic_sent(const struct json_node *value, struct arena *arena);

#endif
