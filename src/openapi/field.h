/*
 * field: the name=value pairs of a query, a form, a Cookie header or a multipart body.
 *
 * Names are decoded, values are as they were sent. Fields of one name are
 * chained in order, and so are those of one group: "filter[a]" and "filter[b]"
 * are of the group "filter".
 */
#ifndef OPENAPI_FIELD_H
#define OPENAPI_FIELD_H

#include "base/map.h"

struct field {
    struct str name;
    struct str value;           /* raw */
    struct str content_type;    /* of a multipart part, or empty */
    struct field *next_of_name; /* later ones */
    struct field *next_of_group;
    struct str keys; /* "[a][b]" of a name in brackets, or empty */
    bool used;       /* for the reader of a body */
};

struct field_list {
    struct field **items; /* in order of appearance */
    size_t count;
    size_t capacity;
    struct map names;  /* to struct field_chain */
    struct map groups; /* the same */
    struct arena *arena;
};

void field_list_init(struct field_list *list, struct arena *arena);

/* Adds a field; the slices are borrowed. */
struct field *field_list_add(struct field_list *list, struct str name, struct str value);

/* The first field of that name or group, or NULL. */
struct field *field_list_named(const struct field_list *list, struct str name);
struct field *field_list_grouped(const struct field_list *list, struct str group);

/*
 * Adds "a=1&b&c=" (WHATWG URL, 5.1): names with percent-escapes and '+'
 * decoded, "b" as an empty value. False if that would be more than `limit`
 * fields in all.
 */
bool field_list_add_form(struct field_list *list, struct str text, size_t limit);

/*
 * Adds the pairs of a Cookie header (RFC 6265, 4.2.1 and 5.4): "a=1; b=2",
 * values without the quotes around them, pairs without "=" left out.
 */
void field_list_add_cookies(struct field_list *list, struct str header);

#endif
