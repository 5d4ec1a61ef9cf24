/*
 * alias: other tools' names for the same things, translated to ours.
 *
 * A rule written in the words of WireMock, MockServer or toxiproxy becomes a
 * rule in native words before it is read, so that the rest of the program
 * knows one format only. A word is accepted where it means the same; one that
 * has no equivalent is refused with what to write instead. The table in
 * alias.c is the complete list.
 */
#ifndef FAULT_ALIAS_H
#define FAULT_ALIAS_H

#include "base/diag.h"
#include "fault/words.h"
#include "json/node.h"

/*
 * The rule in native words, in `arena`; its nodes keep the places of the
 * author's words. Words that nobody knows stay, for the reader to report. A
 * rule that is no object is returned as it is.
 */
struct json_node *alias_translate(struct arena *arena, const struct json_node *rule,
                                  struct diags *diags);

/* A `do` alone, as a rule with nothing but it. */
struct json_node *alias_translate_action(struct arena *arena, const struct json_node *action,
                                         struct diags *diags);

/* The alias nearest to a wrong word there, or NULL. */
const char *alias_nearest(enum words_where where, struct str word);

#endif
