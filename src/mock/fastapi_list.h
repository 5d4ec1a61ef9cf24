/*
 * fastapi_list: the entries of `detail`: which violations pydantic reports, in
 * its order, each with its place and what was sent there.
 *
 * The validator tells every broken rule. pydantic tells at most one for each
 * value, none below a value that it refused, the sizes of a container only when
 * all in it is valid, and of a union what each member says. The words of an
 * entry are fastapi_error's.
 */
#ifndef MOCK_FASTAPI_LIST_H
#define MOCK_FASTAPI_LIST_H

#include "mock/exchange.h"
#include "schema/pydantic/read.h"

/*
 * Appends the entries for exchange->findings, with commas between them. False
 * if one of them holds a number that Python's json refuses to print (NaN,
 * infinity): FastAPI then answers 500.
 */
bool fastapi_list_write(struct exchange *exchange, struct buf *out);

/* How values were read before they were validated, for what lies at `path`. */
bool fastapi_reads_lax(const struct exchange *exchange, const struct json_path *path,
                       enum pydantic_extent *extent);

#endif
