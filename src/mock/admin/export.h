/*
 * export: the journal as a file to keep, in one of several formats.
 */
#ifndef ADMIN_EXPORT_H
#define ADMIN_EXPORT_H

#include "mock/admin/admin.h"

enum export_format {
    EXPORT_JSON,  /* not a file: the list that the admin API gives */
    EXPORT_JSONL, /* journal_write_json, an entry a line */
    EXPORT_HAR,   /* HTTP Archive 1.2 */
    EXPORT_CURL,  /* a shell script */
};

/* ?format=; false, and refused, for one that nobody knows. */
bool export_read_format(const struct admin_call *call, enum export_format *format);

/* Answers with the file; ?secrets=hide masks credentials. */
void export_answer(const struct admin_call *call, enum export_format format,
                   const struct journal_list *list);

#endif
