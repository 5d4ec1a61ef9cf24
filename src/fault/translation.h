/*
 * translation: building a rule in native words from one in other words.
 *
 * A translator takes a member that the author wrote and puts what it means at
 * a path of the native rule. The places of the author's words stay with it, so
 * that a diagnostic shows what the author knows. For the alias_*.c files only.
 */
#ifndef FAULT_TRANSLATION_H
#define FAULT_TRANSLATION_H

#include "base/diag.h"
#include "fault/words.h"
#include "json/node.h"

struct translation {
    struct arena *arena;
    struct diags *diags;
    const struct json_node *origin; /* the rule as written */
    struct json_node *rule;         /* the rule in native words */
};

struct alias;

/* Writes what `from`, a member with the alias's name, means into the native rule. */
typedef void translator(struct translation *t, const struct alias *alias,
                        const struct json_node *from);

enum { PATH_MAX_NAMES = 3 };

struct alias {
    enum words_where where;
    const char *word;
    translator *translate;
    const char *path[PATH_MAX_NAMES]; /* where it goes in the native rule; NULL after the last */
};

/* The entry of the table, or NULL. */
const struct alias *alias_find(enum words_where where, struct str word);

/* True and an error if the word is another tool's that has no equivalent. */
bool alias_refuse_foreign(struct translation *t, enum words_where where, struct str word,
                          struct place place);

/* --- building (translation.c) ---------------------------------------------------- */

/* `node`, at the place of what the author wrote. */
struct json_node *native_at(const struct json_node *from, struct json_node *node);
struct json_node *native_text(struct translation *t, const struct json_node *from,
                              const char *text);
struct json_node *native_uint(struct translation *t, const struct json_node *from, uint64_t number);

/* Sets a member of an object of ours, at the place of the name that the author wrote. */
void native_set(struct translation *t, struct json_node *object, const char *name,
                const struct json_node *from, struct json_node *value);

/* The object of that name, made where it is missing. */
struct json_node *native_object(struct translation *t, struct json_node *parent, const char *name,
                                const struct json_node *from);

/* Puts a value at a path of the native rule; an error if something stands there already. */
void native_put(struct translation *t, const char *const path[PATH_MAX_NAMES],
                const struct json_node *from, struct json_node *value);
void native_put_text(struct translation *t, const char *section, const char *name,
                     const struct json_node *from, const char *text);

/* "`statusCode` says again what `status` has said" */
void native_report_twice(struct translation *t, const struct json_node *from, const char *name);

/* --- translators ------------------------------------------------------------------ */

/* alias.c: to the same value, or part by part */
translator as_it_is, as_section, as_members, as_matcher, as_matchers, as_path_pattern;

/* alias_time.c: delays and slow bodies */
translator as_milliseconds, as_time, as_latency, as_distribution, as_dribble;

/* alias_wire.c: connections, broken bodies and toxiproxy's toxics */
translator as_wiremock_fault, as_close, as_drop_probability, as_malformed, as_percentage, as_toxic,
    as_attributes, as_stream, as_reset_peer, as_timeout, as_limit_data, as_slicer, as_bandwidth;

/* A number of some unit as a duration; what is no number stays, for the reader to report. */
struct json_node *duration_of(struct translation *t, const struct json_node *number,
                              const char *unit);

#endif
