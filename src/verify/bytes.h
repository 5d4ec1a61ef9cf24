/*
 * bytes: what came over the wire, as JSON text.
 *
 * Clients may send any bytes; JSON holds only UTF-8.
 */
#ifndef VERIFY_BYTES_H
#define VERIFY_BYTES_H

#include "json/writer.h"

bool bytes_are_utf8(struct str bytes);

/* Puts a string; what is not UTF-8 shows as U+FFFD. */
void bytes_put(struct json_writer *writer, struct str bytes);
void bytes_put_member(struct json_writer *writer, const char *name, struct str bytes);

/* Puts a member with the bytes in base64. */
void bytes_put_base64(struct json_writer *writer, const char *name, struct str bytes);

#endif
