/*
 * Any text as an OpenAPI document: it is refused with a reason, or it loads, all
 * of its operations are prepared or broken for a reason, and requests can be
 * routed to those that are sound.
 */
#include "contract_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_operation(const struct contract *contract, const struct operation *operation)
{
    struct route_match match;
    int state = operation->state;
    require(state == OPERATION_READY || state == OPERATION_BROKEN);
    require((state == OPERATION_BROKEN) == (operation->problems.errors > 0));
    if (state == OPERATION_READY)
        require(route_find(contract, operation->method, operation->path, &match) == ROUTE_FOUND);
    operation_success(operation);
    operation_response(operation, 404);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct contract *contract = contract_from(str_make((const char *)data, size));
    if (contract == NULL)
        return 0;
    contract_prepare_all(contract, NULL);
    for (size_t i = 0; i < contract->operation_count; i++)
        check_operation(contract, &contract->operations[i]);
    contract_release(contract);
    return 0;
}
