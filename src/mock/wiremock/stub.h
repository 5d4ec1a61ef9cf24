/*
 * stub: an operation of the contract, as WireMock would list a stub mapping.
 */
#ifndef WIREMOCK_STUB_H
#define WIREMOCK_STUB_H

#include "mock/bill.h"
#include "json/writer.h"

/* An operation of a bill, by where it is. */
struct stub {
    size_t part;
    const struct operation *operation;
};

/* Appends its id, a UUID that says which operation it is. */
void stub_write_id(const struct stub *stub, struct buf *out);

/* {"id":...,"name":...,"request":{"method":...,"urlPathTemplate":...},"response":{...},...} */
void stub_write(const struct stub *stub, struct json_writer *writer);

/* The label of the operation with that id; empty (not NULL) where there is none. */
struct str stub_find(const struct bill *bill, struct str id);

/* Calls for each operation of the bill, in order. */
void stub_each(const struct bill *bill, void (*each)(void *context, const struct stub *stub),
               void *context);

#endif
