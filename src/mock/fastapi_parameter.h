/*
 * fastapi_parameter: parameters as FastAPI takes them from a request.
 *
 * There are no styles: a parameter is one text (the last in the query and in
 * cookies, the first of header lines) or, where its schema wants a list, all
 * the texts of that name. pydantic then makes numbers and booleans of them.
 */
#ifndef MOCK_FASTAPI_PARAMETER_H
#define MOCK_FASTAPI_PARAMETER_H

#include "mock/exchange.h"

/*
 * The value as the parameter's schema reads it; each text in it has a source
 * slice that is what was sent. What FastAPI would not have written (another
 * style, `content`) is read by parameter_read.
 */
enum parameter_outcome fastapi_parameter_read(const struct exchange *exchange,
                                              const struct parameter *parameter,
                                              const struct parameter_input *input,
                                              struct json_node **value);

#endif
