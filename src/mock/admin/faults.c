/* GET, PUT and DELETE /__admin/faults: the world's fault plan. */
#include "mock/faults.h"
#include "mock/admin/admin.h"
#include "json/writer.h"
#include "json/yaml.h"

void admin_show_faults(const struct admin_call *call)
{
    struct exchange *exchange = call->exchange;
    struct buf out = exchange_buf(exchange);
    struct json_writer writer = json_writer_to(&out);
    struct fault_state *state = world_faults(exchange->world);
    if (state != NULL)
        fault_state_write_json(state, clock_now_ns(&exchange->world->clock), &writer);
    else
        json_put_raw(&writer, str_from("{\"faults\":[]}"));
    fault_state_release(state);
    exchange_answer_json(exchange, 200, &out);
}

static void write_place(struct json_writer *writer, struct place place)
{
    if (place.source == NULL)
        return;
    struct source_position at = source_position(place.source, place.offset);
    json_put_key(writer, "line");
    json_put_int(writer, at.line);
    json_put_key(writer, "column");
    json_put_int(writer, at.column);
}

static void refuse_plan(const struct admin_call *call, const struct diags *diags)
{
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "error");
    json_put_text(&writer, "the fault plan has mistakes; the former one stays");
    json_put_key(&writer, "diagnostics");
    json_begin_array(&writer);
    for (const struct diag *diag = diags->first; diag != NULL; diag = diag->next) {
        json_begin_object(&writer);
        json_put_key(&writer, "level");
        json_put_text(&writer, diag->level == DIAG_ERROR ? "error" : "warning");
        write_place(&writer, diag->place);
        json_put_key(&writer, "message");
        json_put_text(&writer, diag->message);
        if (diag->remedy != NULL) {
            json_put_key(&writer, "help");
            json_put_text(&writer, diag->remedy);
        }
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    exchange_answer_json(call->exchange, 422, &out);
}

void admin_set_faults(const struct admin_call *call)
{
    struct exchange *exchange = call->exchange;
    struct source source = {.name = "the fault plan", .text = exchange->request->body};
    struct diags diags;
    diags_init(&diags);
    struct fault_plan *plan = faults_read(exchange->bill, &source, &diags);
    if (plan == NULL) {
        refuse_plan(call, &diags);
    } else {
        world_set_faults(exchange->world, plan);
        fault_plan_release(plan);
        admin_show_faults(call);
    }
    diags_free(&diags);
}

void admin_drop_faults(const struct admin_call *call)
{
    world_set_faults(call->exchange->world, NULL);
    exchange_answer_empty(call->exchange, 204);
}
