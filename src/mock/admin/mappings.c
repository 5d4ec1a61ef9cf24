/*
 * WireMock's stub mappings, scenarios and version: GET, POST and DELETE /__admin/mappings, POST
 * /__admin/mappings/reset, GET /__admin/scenarios, POST /__admin/scenarios/reset, PUT
 * /__admin/scenarios/{name}/state, GET /__admin/version
 *
 * The contract's operations are our mappings, and nobody adds any at run time. Scenarios are those
 * of the fault plan.
 */
#include "mock/admin/wiremock.h"
#include "mock/wiremock/stub.h"

static void put_stub(void *context, const struct stub *stub)
{
    stub_write(stub, context);
}

void admin_list_mappings(const struct admin_call *call)
{
    const struct bill *bill = call->exchange->bill;
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "mappings");
    json_begin_array(&writer);
    stub_each(bill, put_stub, &writer);
    json_end_array(&writer);
    json_put_key(&writer, "meta");
    json_begin_object(&writer);
    json_put_key(&writer, "total");
    json_put_int(&writer, (int64_t)bill_operation_count(bill));
    json_end_object(&writer);
    json_end_object(&writer);
    exchange_answer_json(call->exchange, 200, &out);
}

void admin_refuse_mapping(const struct admin_call *call)
{
    wiremock_refuse(call, 422,
                    "answers come from the contract and the store, so mappings cannot be added; to "
                    "answer otherwise, PUT a fault plan to /__admin/faults, which knows WireMock's "
                    "words too");
}

/* There is nothing to reset: the mappings are the contract. */
void admin_reset_mappings(const struct admin_call *call)
{
    admin_answer_done(call);
}

/* ---- scenarios ---- */

void admin_list_scenarios(const struct admin_call *call)
{
    struct fault_state *faults = world_faults(call->exchange->world);
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "scenarios");
    if (faults != NULL)
        fault_state_write_scenarios(faults, &writer);
    else
        json_put_raw(&writer, str_from("[]"));
    json_end_object(&writer);
    fault_state_release(faults);
    exchange_answer_json(call->exchange, 200, &out);
}

void admin_reset_scenarios(const struct admin_call *call)
{
    struct fault_state *faults = world_faults(call->exchange->world);
    if (faults != NULL)
        fault_scenarios_reset(faults);
    fault_state_release(faults);
    admin_answer_done(call);
}

/* The state in the body; "Started" where there is no body. NULL data, and refused, for a mistake.
 */
static struct str wanted_state(const struct admin_call *call)
{
    static const struct str none = {NULL, 0};
    if (call->exchange->request->body.len == 0)
        return str_from("Started");
    const struct json_node *body = wiremock_body(call);
    struct str state = json_member_text(body, "state", none);
    if (body != NULL && state.data == NULL)
        wiremock_refuse(call, 422, "the body is {\"state\": \"a state of the scenario\"}");
    return state;
}

void admin_set_scenario(const struct admin_call *call)
{
    struct str name = call->segments[1];
    struct str state = wanted_state(call);
    if (state.data == NULL)
        return;
    struct arena *arena = call->exchange->arena;
    struct fault_state *faults = world_faults(call->exchange->world);
    enum fault_scenario_outcome outcome =
        faults != NULL ? fault_scenario_set(faults, name, state) : FAULT_SCENARIO_UNKNOWN;
    fault_state_release(faults);
    switch (outcome) {
    case FAULT_SCENARIO_SET:
        admin_answer_done(call);
        return;
    case FAULT_SCENARIO_UNKNOWN:
        wiremock_refuse(
            call, 404,
            arena_printf(arena, "Scenario %.*s does not exist", (int)name.len, name.data));
        return;
    case FAULT_SCENARIO_NO_STATE:
        wiremock_refuse(call, 422,
                        arena_printf(arena, "Scenario %.*s does not support state %.*s",
                                     (int)name.len, name.data, (int)state.len, state.data));
        return;
    }
}

void admin_version(const struct admin_call *call)
{
    struct buf out = exchange_buf(call->exchange);
    struct json_writer writer = json_writer_to(&out);
    json_begin_object(&writer);
    json_put_key(&writer, "version");
    json_put_text(&writer, call->exchange->mock->options.version);
    json_end_object(&writer);
    exchange_answer_json(call->exchange, 200, &out);
}
