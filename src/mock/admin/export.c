#include "mock/admin/export.h"

#include "verify/curl.h"
#include "verify/har.h"
#include "json/writer.h"

static const struct {
    const char *name;
    const char *type;
} formats[] = {
    [EXPORT_JSON] = {"json", "application/json"},
    [EXPORT_JSONL] = {"jsonl", "application/x-ndjson"},
    [EXPORT_HAR] = {"har", "application/json"},
    [EXPORT_CURL] = {"curl", "text/x-shellscript; charset=utf-8"},
};

enum { FORMATS = sizeof formats / sizeof *formats };

bool export_read_format(const struct admin_call *call, enum export_format *format)
{
    struct str wanted = admin_query(call, "format");
    *format = EXPORT_JSON;
    if (wanted.data == NULL)
        return true;
    for (int i = 0; i < FORMATS; i++) {
        if (!str_is(wanted, formats[i].name))
            continue;
        *format = (enum export_format)i;
        return true;
    }
    admin_refuse(call, 400, "format is one of json, jsonl, har and curl");
    return false;
}

static void write_lines(const struct journal_list *list, enum journal_secrets secrets,
                        struct buf *out)
{
    for (size_t i = 0; i < list->count; i++) {
        struct json_writer writer = json_writer_to(out);
        journal_write_json(list->entries[i], secrets, &writer);
        buf_add_char(out, '\n');
    }
}

static void write_script(const struct journal_list *list, enum journal_secrets secrets,
                         struct buf *out)
{
    buf_add_text(out, "#!/bin/sh\n");
    for (size_t i = 0; i < list->count; i++)
        curl_write(list->entries[i], secrets, out);
}

void export_answer(const struct admin_call *call, enum export_format format,
                   const struct journal_list *list)
{
    static const char *const choices[2] = {"show", "hide"};
    bool hide;
    if (!admin_query_choice(call, "secrets", choices, &hide))
        return;
    enum journal_secrets secrets = hide ? JOURNAL_HIDE_SECRETS : JOURNAL_SHOW_SECRETS;
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    if (format == EXPORT_HAR)
        har_write(list, call->exchange->mock->options.version, secrets, &writer);
    else if (format == EXPORT_CURL)
        write_script(list, secrets, &out);
    else
        write_lines(list, secrets, &out);
    exchange_answer(call->exchange, 200, formats[format].type, buf_str(&out));
}
