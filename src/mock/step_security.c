/* Does the request carry what one of the operation's security requirements asks for? */
#include "mock/dialect.h"
#include "mock/pipeline.h"

void step_security(struct exchange *exchange)
{
    const struct operation *operation = exchange->operation;
    struct parameter_input input = exchange_input(exchange);
    if (operation->security_count > 0 &&
        security_satisfied(operation, &input, exchange->arena) == NULL)
        dialect_refuse(exchange, REFUSE_UNAUTHORIZED, NULL);
}
