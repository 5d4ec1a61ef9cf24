#include "mock/mistake.h"

#include "json/writer.h"

static void put_place(struct json_writer *writer, struct place place)
{
    if (place.source == NULL)
        return;
    struct source_position at = source_position(place.source, place.offset);
    json_put_key(writer, "line");
    json_put_int(writer, at.line);
    json_put_key(writer, "column");
    json_put_int(writer, at.column);
}

static void put_diag(struct json_writer *writer, const struct diag *diag)
{
    json_begin_object(writer);
    json_put_key(writer, "level");
    json_put_text(writer, diag->level == DIAG_ERROR ? "error" : "warning");
    put_place(writer, diag->place);
    json_put_key(writer, "message");
    json_put_text(writer, diag->message);
    if (diag->remedy != NULL) {
        json_put_key(writer, "help");
        json_put_text(writer, diag->remedy);
    }
    json_end_object(writer);
}

void mistake_write_diags(const struct diags *diags, struct json_writer *writer)
{
    json_begin_array(writer);
    for (const struct diag *diag = diags->first; diag != NULL; diag = diag->next)
        put_diag(writer, diag);
    json_end_array(writer);
}

void mistake_answer_diags(struct exchange *exchange, int status, const char *message,
                          const struct diags *diags)
{
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "error");
    json_put_text(&writer, message);
    if (diags != NULL) {
        json_put_key(&writer, "diagnostics");
        mistake_write_diags(diags, &writer);
    }
    json_end_object(&writer);
    exchange->is_mistake = true;
    exchange_answer_json(exchange, status, &out);
}

void mistake_answer(struct exchange *exchange, int status, const char *message)
{
    mistake_answer_diags(exchange, status, message, NULL);
}
