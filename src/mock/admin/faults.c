/* GET, PUT and DELETE /__admin/faults: the world's fault plan. */
#include "mock/faults.h"
#include "mock/admin/admin.h"
#include "mock/mistake.h"
#include "json/writer.h"
#include "json/yaml.h"

/* The plan, and what was warned of when it was read; NULL: nothing. */
static void show_plan(const struct admin_call *call, const struct diags *diags)
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
    if (diags != NULL && diags->first != NULL) {
        out.len--; /* the closing brace */
        json_put_key(&writer, "diagnostics");
        mistake_write_diags(diags, &writer);
        json_end_object(&writer);
    }
    exchange_answer_json(exchange, 200, &out);
}

void admin_show_faults(const struct admin_call *call)
{
    show_plan(call, NULL);
}

void admin_set_faults(const struct admin_call *call)
{
    struct exchange *exchange = call->exchange;
    struct source source = {.name = "the fault plan", .text = exchange->request->body};
    struct diags diags;
    diags_init(&diags);
    struct fault_plan *plan = faults_read(exchange->bill, &source, &diags);
    if (plan == NULL) {
        mistake_answer_diags(exchange, 422, "the fault plan has mistakes; the former one stays",
                             &diags);
    } else {
        world_set_faults(exchange->world, plan);
        fault_plan_release(plan);
        show_plan(call, &diags);
    }
    diags_free(&diags);
}

void admin_drop_faults(const struct admin_call *call)
{
    world_set_faults(call->exchange->world, NULL);
    exchange_answer_empty(call->exchange, 204);
}
