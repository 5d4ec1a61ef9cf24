#include "mock/wiremock/stub.h"

void stub_write_id(const struct stub *stub, struct buf *out)
{
    buf_printf(out, "00000000-0000-4000-9000-%04x%08x", (unsigned)stub->part,
               stub->operation->index);
}

static void put_str(struct json_writer *writer, const char *name, struct str text)
{
    json_put_key(writer, name);
    json_put_string(writer, text);
}

void stub_write(const struct stub *stub, struct json_writer *writer)
{
    const struct operation *operation = stub->operation;
    const struct response_spec *success = operation_success(operation);
    struct buf id;
    buf_init(&id, NULL);
    stub_write_id(stub, &id);
    json_begin_object(writer);
    put_str(writer, "id", buf_str(&id));
    put_str(writer, "name", operation->id.len > 0 ? operation->id : operation->label);
    json_put_key(writer, "request");
    json_begin_object(writer);
    put_str(writer, "method", str_from(http_method_name(operation->method)));
    put_str(writer, "urlPathTemplate", operation->path);
    json_end_object(writer);
    json_put_key(writer, "response");
    json_begin_object(writer);
    json_put_key(writer, "status");
    json_put_int(writer, success != NULL && success->status > 0 ? success->status : 200);
    json_end_object(writer);
    put_str(writer, "uuid", buf_str(&id));
    json_end_object(writer);
    buf_free(&id);
}

void stub_each(const struct bill *bill, void (*each)(void *context, const struct stub *stub),
               void *context)
{
    for (size_t part = 0; part < bill->count; part++) {
        const struct contract *contract = bill->parts[part]->contract;
        for (size_t i = 0; i < contract->operation_count; i++) {
            struct stub stub = {part, &contract->operations[i]};
            each(context, &stub);
        }
    }
}

struct search {
    struct str id;
    struct str found;
};

static void compare(void *context, const struct stub *stub)
{
    struct search *search = context;
    struct buf id;
    buf_init(&id, NULL);
    stub_write_id(stub, &id);
    if (str_equal_ignoring_case(buf_str(&id), search->id))
        search->found = stub->operation->label;
    buf_free(&id);
}

struct str stub_find(const struct bill *bill, struct str id)
{
    struct search search = {id, str_from("")};
    stub_each(bill, compare, &search);
    return search.found;
}
