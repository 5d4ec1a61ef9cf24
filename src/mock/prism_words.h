/*
 * prism_words: violations as Prism tells them: "Request body property items.0
 * must have required property 'name'". The second half is Ajv's wording.
 */
#ifndef MOCK_PRISM_WORDS_H
#define MOCK_PRISM_WORDS_H

#include "schema/validate.h"

/*
 * Where Prism says that it is: a missing member is a fault of the object
 * around it. NULL where the request as a whole lacks a parameter's place.
 */
const struct json_path *prism_path(const struct violation *violation);

/* Appends the message. */
void prism_message(const struct violation *violation, struct buf *out);

/* Appends the elements of `location` in JSON: "body","items","0". */
void prism_write_location(const struct violation *violation, struct buf *out);

/* Appends what comes after them: ],"severity":"Error","code":...,"message":... */
void prism_write_judgement(const struct violation *violation, struct buf *out);

#endif
