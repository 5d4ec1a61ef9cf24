/*
 * discriminator: which value of the discriminating property means which branch.
 * Private to schema/.
 *
 * OpenAPI's own means are the mapping and the schemas' names. Documents in the
 * wild rely as often on the branches themselves, each of which declares the
 * property with a `const` or an `enum`; these values count too where a mapping
 * does not name the branch. A discriminator must not change what is valid
 * (OpenAPI 3.1.1, 4.8.25.4), so values that do not point out one branch leave
 * the decision to the whole oneOf or anyOf.
 */
#ifndef SCHEMA_DISCRIMINATOR_H
#define SCHEMA_DISCRIMINATOR_H

#include "schema/compiler.h"

/*
 * Gives the discriminator rule of a schema, where it has one, its keys. A
 * discriminator whose property no branch declares is no discriminator: the rule
 * becomes the plain oneOf or anyOf, with a warning.
 */
void discriminator_finish(struct compiler *compiler, struct schema *schema);

#endif
